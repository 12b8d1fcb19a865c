"""Which parts of a code are worth swapping when there is no time to swap them all."""

import numpy as np

from diffrep.metrics.codes import checked_codes
from diffrep.metrics.numerics.information import equal_width_bins, mutual_information


def top_parts(
    codes: np.ndarray,
    factors: np.ndarray,
    parts: list[tuple[int, ...]],
    *,
    seed: int,
    random_parts: int = 2,
    bins: int = 20,
) -> np.ndarray:
    """For each factor the part that tells most of it, and a few others by lot.

    codes    [n, d] float
    factors  [n, k] int: factors or attributes
    parts    dimensions of each part; what a part tells is the mutual information of its best single dimension, in
             equal-width bins (the largest and not the sum, which would favour parts of many dimensions)
    returns  indices into `parts`, ascending, each once; at most k + `random_parts`
    raises   ValueError where there is no part

    >>> factors = np.arange(12)[:, None] % 4
    >>> codes = np.hstack([np.zeros((12, 1)), factors, factors // 2])
    >>> top_parts(codes, factors, [(0,), (1,), (2,)], seed=0, random_parts=0)
    array([1])
    """
    if not parts:
        raise ValueError("there are no parts to choose from: this method declares none")
    shared = mutual_information(equal_width_bins(checked_codes(codes, factors), bins), np.asarray(factors))
    told = np.array([shared[list(part)].max(0) for part in parts])
    best = np.unique(told.argmax(0))
    others = np.setdiff1d(np.arange(len(parts)), best)
    drawn = np.random.default_rng(seed).permutation(others)[:random_parts]
    return np.sort(np.concatenate([best, drawn]))
