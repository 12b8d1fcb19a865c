"""Intervals over test pairs, written beside the values that they belong to and never mixed into a spread over seeds."""

from collections.abc import Callable, Mapping

import numpy as np

from diffrep.metrics.uncertainty import LEAST_UNITS, row_intervals
from diffrep.pipelines.results import Result


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
