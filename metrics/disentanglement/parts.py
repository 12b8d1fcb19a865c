"""Which part of a code tells which factor."""

from collections.abc import Sequence

import numpy as np

from diffrep.metrics.codes import checked_codes, varying_factors
from diffrep.metrics.numerics.information import entropy, equal_width_bins, mutual_information


def part_information(
    codes: np.ndarray, factors: np.ndarray, parts: Sequence[Sequence[int]], *, bins: int = 20
) -> np.ndarray:
    """Mutual information of each part's best single dimension with each factor, in shares of the factor's entropy.

    codes    [n, d] float
    factors  [n, K] int
    parts    dimensions of each part; the best and not the sum, which would favour parts of many dimensions
    returns  [parts, K] in [0, 1], nan for a factor that never varies; the same estimate as MIG's, equal-width bins,
             and with it a chance of about (bins - 1) (values - 1) / 2n nats

    Chen et al. 2018, arXiv:1802.04942, section 4, for the estimate. ValueError for codes that `checked_codes` refuses.

    >>> factors = np.array([[0], [1], [2], [3]])
    >>> codes = np.hstack([factors, factors // 2, 0 * factors])
    >>> part_information(codes, factors, parts=[(0, 1), (1,), (2,)]).round(3).tolist()
    [[1.0], [0.5], [0.0]]
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    shared = mutual_information(equal_width_bins(codes, bins), factors)
    best = np.array([shared[list(part)].max(axis=0) for part in parts]).reshape(len(parts), factors.shape[1])
    return best / np.where(varying_factors(factors), entropy(factors), np.nan)
