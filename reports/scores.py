"""Mean and spread over seeds of every row and metric, and why a value is absent."""

import statistics
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diffrep.reports.load import ANCHORS, Grid

NO_RESULT = "no result file yet"


@dataclass(frozen=True)
class Score:
    """The values of one metric in one row, one per seed that has one, and a reason for each seed without."""

    values: tuple[float, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def mean(self) -> float | None:
        """Mean over the seeds that have a value, summed exactly: equal values give that value; None without any."""
        return statistics.mean(self.values) if self.values else None

    @property
    def sd(self) -> float | None:
        """Standard deviation over seeds with n - 1 below the line; None below two values."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class Row:
    """One grid entry or anchor of one data set. `scores` holds every metric of the data set."""

    name: str
    kind: str
    n_seeds: int
    scores: dict[str, Score]


def rows_of(frame: pd.DataFrame, dataset: str, grid: Grid) -> list[Row]:
    """Rows of the data set's tables: methods in grid order, run or not, then the anchors that have results.

    frame    as load.tidy gives it
    returns  rows that all have the same metrics; a method's seed without a file counts as absent, an anchor's does
             not, since most anchors are defined for some stages only
    """
    here = frame[frame["dataset"] == dataset]
    metrics = list(dict.fromkeys(here["metric"]))
    rows = [_row(here, "method", method, grid, metrics) for method in grid.methods]
    anchors = [_row(here, "anchor", anchor, grid, metrics) for anchor in ANCHORS]
    return rows + [row for row in anchors if row.n_seeds]


def _row(here: pd.DataFrame, kind: str, name: str, grid: Grid, metrics: list[str]) -> Row:
    own = here[(here["kind"] == kind) & (here["method"] == name)]
    table = {(m, s): (v, r) for m, s, v, r in zip(own["metric"], own["seed"], own["value"], own["reason"], strict=True)}
    missing = NO_RESULT if kind == "method" else ""
    scores = {m: _score([table.get((m, seed), (np.nan, missing)) for seed in grid.seeds]) for m in metrics}
    return Row(name, kind, int(own["seed"].nunique()), scores)


def _score(cells: list[tuple[float, str]]) -> Score:
    values = tuple(float(value) for value, _ in cells if not np.isnan(value))
    return Score(values, tuple(reason for value, reason in cells if np.isnan(value) and reason))


def metrics_of(rows: list[Row]) -> list[str]:
    """The metrics that the rows have, in the order of the result files."""
    return list(rows[0].scores) if rows else []
