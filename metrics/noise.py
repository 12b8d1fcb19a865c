"""How far a score would move by chance alone, where its rows must not be drawn again with replacement.

There are two sources, which are never added up. `estimator`: the score draws, and other draws from the same rows would
have given another value. `rows`: other test rows of the same kind would have. All methods and training seeds of a table
share the draws and the test rows, so that neither shows in the spread over seeds: it is a doubt of its own about the
number itself, and less of one about differences, in which a part of it cancels.

DCI and InfoMEC are left without. Their scores grow with the number of rows (DCI's D of one code is 0.19 on 600 rows and
0.32 on 3,000), so that blocks say too little of the whole (half of the spread over fresh samples), and their trees and
regressions cost too much to be fitted several times.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

REPEATS = 5  # estimator seeds, and blocks of rows

ESTIMATOR, ROWS = SOURCES = ("estimator", "rows")

Noise = dict[str, dict[str, float]]  # metric -> source -> standard deviation, in the metric's own units


def estimator_noise(score: Callable[[int], Mapping[str, float]], *, seed: int) -> Noise:
    """The spread of scores over five estimator seeds, on the same rows.

    score    seed -> metric -> value
    seed     the first of the five, which follow one another: the one whose score is reported
    returns  metric -> {"estimator": standard deviation (n - 1)}, 0 or more, in its own units; without the metrics of
             which a value is nan

    >>> estimator_noise(lambda seed: {"drawn": seed * 2.0, "not drawn": 1.0}, seed=3)
    {'drawn': {'estimator': 3.1622776601683795}, 'not drawn': {'estimator': 0.0}}
    """
    return _spreads([score(seed + repeat) for repeat in range(REPEATS)], ESTIMATOR)


def row_noise(score: Callable[[np.ndarray], Mapping[str, float]], rows: int, *, seed: int) -> Noise:
    """How far scores would move from one sample of rows to another, from five disjoint blocks of them.

    score    row numbers [m] -> metric -> value on these rows alone
    rows     n: how many there are, in any order; nothing is said of fewer than five
    seed     of the blocks
    returns  metric -> {"rows": standard deviation over blocks / sqrt(5)}, what n rows have where variance falls as
             1 / n; 0 or more, in its own units; without the metrics of which a block's value is nan

    For MIG of 3,000 rows it is within a tenth of the spread over fresh samples of 3,000, although each block's own
    bias is larger.

    >>> values = np.random.default_rng(0).normal(size=10_000)  # of which the mean has sd 0.01
    >>> round(row_noise(lambda rows: {"mean": values[rows].mean()}, 10_000, seed=0)["mean"]["rows"], 2)
    0.01
    """
    if rows < REPEATS:
        return {}
    blocks = np.array_split(np.random.default_rng(seed).permutation(rows), REPEATS)
    return _spreads([score(block) for block in blocks], ROWS, scale=1 / np.sqrt(REPEATS))


def mean_noise(values: Mapping[str, np.ndarray]) -> Noise:
    """How far means over cases would move from one sample of cases to another: their standard errors.

    values   metric -> [n] float, one for each image or pair, of which the metric is the mean
    returns  metric -> {"rows": standard deviation (n - 1) / sqrt(n)}, 0 or more, in its own units; nothing of fewer
             than two cases

    >>> mean_noise({"mse": np.array([1.0, 2.0, 3.0, 2.0])})
    {'mse': {'rows': 0.408248290463863}}
    """
    return {name: {ROWS: float(stats.sem(cases))} for name, cases in values.items() if len(cases) > 1}


def _spreads(scores: list[Mapping[str, float]], source: str, scale: float = 1.0) -> Noise:
    spreads = {name: np.std([score[name] for score in scores], ddof=1) * scale for name in scores[0]}
    return {name: {source: float(sd)} for name, sd in spreads.items() if not np.isnan(sd)}
