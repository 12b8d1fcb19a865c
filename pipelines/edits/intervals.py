"""Numbers with their intervals over test pairs, which are never mixed into a spread over seeds."""

from collections.abc import Mapping

import numpy as np

from diffrep.metrics.means import factor_mean
from diffrep.metrics.measured import Interval, Measured
from diffrep.metrics.uncertainty import LEAST_UNITS, WeightedScores, row_intervals


def pair_intervals(score: WeightedScores, pairs: np.ndarray, *, seed: int) -> dict[str, Interval]:
    """The 95 % bootstrap interval of every number of `score`, see `row_intervals`.

    pairs    [n] whose case each row is: cases of one pair are drawn together
    returns  name -> ends; empty where the pairs are too few to resample
    """
    if len(np.unique(pairs)) < LEAST_UNITS:
        return {}
    return row_intervals(score, len(pairs), clusters=pairs, seed=seed)


def resampled(score: WeightedScores, pairs: np.ndarray, *, seed: int, reasons: Mapping[str, str]) -> Measured:
    """The numbers of `score` with every case counted once, and their intervals over pairs [n]."""
    values = {name: found[0] for name, found in score(np.ones((1, len(pairs)))).items()}
    why = {name: reason for name, reason in reasons.items() if name in values}
    return Measured(values, reasons=why, intervals=pair_intervals(score, pairs, seed=seed))


def case_means(values: Mapping[str, np.ndarray], pairs: np.ndarray, *, seed: int) -> Measured:
    """The mean of every array [n] over cases, and its interval."""
    score = lambda weights: {name: weights @ each / weights.sum(1) for name, each in values.items()}  # noqa: E731
    means = {name: each.mean() for name, each in values.items()}
    return Measured(means, intervals=pair_intervals(score, pairs, seed=seed))


def factor_means(
    values: Mapping[str, np.ndarray], factor: np.ndarray, pairs: np.ndarray, *, seed: int, reason: str
) -> Measured:
    """The mean of every array [n] over each factor's cases, then over factors, and its interval; nan is left out."""
    score = lambda weights: {name: factor_mean(each, factor, weights) for name, each in values.items()}  # noqa: E731
    return resampled(score, pairs, seed=seed, reasons=dict.fromkeys(values, reason))
