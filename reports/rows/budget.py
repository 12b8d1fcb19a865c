"""Mean and spread over seeds after each part of a training: what tells an undertrained method from a worse one."""

import numpy as np
import pandas as pd

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.metrics.uncertainty import LEAST_SEEDS, t_interval
from diffrep.reports.reading.study import Study

CURVE, POINT = ["row", "metric"], ["row", "share", "metric"]
FOLLOWED = ("average_precision", "dci_disentanglement", "mse_random_start")  # a panel each


def budget_points(curves: pd.DataFrame, dataset: str, study: Study) -> pd.DataFrame:
    """One line per method, share and measure that has a value, in the order of the grid.

    curves   as `budget_curves` gives them
    returns  row, share, metric, images seen (nan where there are no steps), n of seeds, mean, sd (nan below two seeds);
             gain: the mean over seeds of what each has gained since the share before, and its 95 % t-interval, gain_low
             and gain_high (nan below three seeds)

    Both ends of a gain are of one seed, so that what seeds differ by at both takes no part in it.
    """
    here = curves[(curves["dataset"] == dataset) & curves["row"].isin(study.methods)].dropna(subset=["value"])
    here = here.assign(gain=here.groupby([*CURVE, "seed"], sort=False, dropna=False)["value"].diff())
    return here.groupby(POINT, as_index=False, sort=False).agg(
        images=("images", "first"), n=("value", "size"), mean=("value", "mean"), sd=("value", "std"),
        gain=("gain", "mean"), gain_low=("gain", lambda gains: _interval(gains)[0]),
        gain_high=("gain", lambda gains: _interval(gains)[1]),
    )  # fmt: skip


def _interval(gains: pd.Series) -> tuple[float, float]:
    known = gains.dropna().to_numpy()
    return t_interval(known, float(known.mean())) if len(known) >= LEAST_SEEDS else (np.nan, np.nan)


def to_csv(points: pd.DataFrame) -> str:
    """The points at full precision; absent ones blank."""
    return points.to_csv(index=False, lineterminator="\n")


def still_rising(points: pd.DataFrame) -> dict[str, list[str]]:
    """Heading of a measure -> the methods that the last share has made better, by a t-test of one sample.

    points  as `budget_points` gives them; measures in which no method has three seeds at two shares are left out

    The 95 % interval of the gain then holds no nought; it is not corrected for the number of methods.
    """
    found: dict[str, list[str]] = {}
    for name in FOLLOWED:
        lines = points[(points["metric"] == name) & points["images"].notna()].groupby("row", sort=False).tail(1)
        known = lines.dropna(subset=["gain_low"])
        worst = known["gain_low"] if CATALOGUE[name].better == "up" else -known["gain_high"]
        if len(known):
            found[CATALOGUE[name].heading] = list(known["row"][worst > 0])
    return found


def rising_sentence(points: pd.DataFrame) -> str:
    """The same in words; empty where nothing can be told."""
    found = [f"{heading} {', '.join(rows) or 'none'}" for heading, rows in still_rising(points).items()]
    if not found:
        return ""
    last = f"from {sorted(points['share'].unique())[-2]:g} of the steps to all of them"
    return f"Still better, {last}, by the 95 % interval of each seed's own gain: {'; '.join(found)}."
