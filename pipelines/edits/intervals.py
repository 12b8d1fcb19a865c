"""Intervals over test pairs, written beside the values that they belong to and never mixed into a spread over seeds."""

from collections.abc import Callable, Mapping

import numpy as np

from diffrep.metrics.means import factor_mean
from diffrep.metrics.measured import Measured
from diffrep.metrics.uncertainty import LEAST_UNITS, row_intervals
from diffrep.pipelines.core.results import Result


def fill_intervals(
    filled: Result,
    score: Callable[[np.ndarray], Mapping[str, np.ndarray]],
    clusters: np.ndarray,
    *,
    seed: int,
    suffix: str = "",
) -> None:
    """Put the 95 % bootstrap interval of every number of `score`, see `row_intervals`, beside it.

    clusters  [n] whose case each row is (the pair): cases of one are drawn together. Where they are too few to resample
              no interval is written
    suffix    behind the names
    """
    if len(np.unique(clusters)) >= LEAST_UNITS:
        filled.add_intervals(row_intervals(score, len(clusters), clusters=clusters, seed=seed), suffix)


def fill_mean(filled: Result, values: Mapping[str, np.ndarray], clusters: np.ndarray, *, seed: int) -> None:
    """Fill in the mean of every array [n], and its interval."""
    score = lambda weights: {name: weights @ each / weights.sum(1) for name, each in values.items()}  # noqa: E731
    filled.update({name: each.mean() for name, each in values.items()})
    fill_intervals(filled, score, clusters, seed=seed)


def fill_factor_mean(
    filled: Result, name: str, values: np.ndarray, factor: np.ndarray, clusters: np.ndarray, *, seed: int
) -> None:
    """Fill in the mean of values [n] over each factor's cases, then over factors, and its interval; nan is left out."""
    score = lambda weights: {name: factor_mean(values, factor, weights)}  # noqa: E731
    mean = score(np.ones((1, len(values))))[name][0]
    filled.add(Measured({name: mean}, reasons={name: "no case tells"}))
    fill_intervals(filled, score, clusters, seed=seed)
