"""Mean and spread over seeds after each part of a training: what tells an undertrained method from a worse one."""

import pandas as pd

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.reading.study import Study

POINT = ["row", "share", "metric"]
FOLLOWED = ("average_precision", "dci_disentanglement", "mse_random_start")  # a panel each


def budget_points(curves: pd.DataFrame, dataset: str, study: Study) -> pd.DataFrame:
    """One line per method, share and measure that has a value, in the order of the grid.

    curves   as `budget_curves` gives them
    returns  row, share, metric, images seen (nan where there are no steps), n of seeds, mean, sd (nan below two seeds)
    """
    here = curves[(curves["dataset"] == dataset) & curves["row"].isin(study.methods)].dropna(subset=["value"])
    return here.groupby(POINT, as_index=False, sort=False).agg(
        images=("images", "first"), n=("value", "size"), mean=("value", "mean"), sd=("value", "std")
    )


def to_csv(points: pd.DataFrame) -> str:
    """The points at full precision; absent ones blank."""
    return points.to_csv(index=False, lineterminator="\n")


def still_rising(points: pd.DataFrame) -> dict[str, list[str]]:
    """Heading of a measure -> the methods that the last share has made better by more than their seeds' spread.

    points  as `budget_points` gives them; measures without a method that has two shares and two seeds are left out

    The spread is one standard deviation at the end of the training.
    """
    found: dict[str, list[str]] = {}
    for name in FOLLOWED:
        lines = points[(points["metric"] == name) & points["images"].notna()]
        ends = [(row, own.iloc[-2:]) for row, own in lines.groupby("row", sort=False) if len(own) > 1]
        known = [(row, end["mean"].diff().iloc[-1], end["sd"].iloc[-1]) for row, end in ends if end["n"].iloc[-1] > 1]
        sign = 1 if CATALOGUE[name].better == "up" else -1
        if known:
            found[CATALOGUE[name].heading] = [str(row) for row, gain, sd in known if sign * gain > sd]
    return found


def rising_sentence(points: pd.DataFrame) -> str:
    """The same in words; empty where nothing can be told."""
    found = [f"{heading} {', '.join(rows) or 'none'}" for heading, rows in still_rising(points).items()]
    if not found:
        return ""
    last = f"from {sorted(points['share'].unique())[-2]:g} of the steps to all of them"
    return f"Still better, {last}, by more than the seeds' spread: {'; '.join(found)}."
