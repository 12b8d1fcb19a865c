"""Mean and spread over seeds after each part of a training: what tells an undertrained method from a worse one."""

import pandas as pd

from diffrep.reports.reading.study import Study

POINT = ["row", "share", "metric"]


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
