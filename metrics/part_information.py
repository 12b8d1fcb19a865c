"""Which part of a code tells which factor."""

from collections.abc import Sequence

import numpy as np

from diffrep.metrics.codes import checked_codes, varying_factors
from diffrep.metrics.information import entropy, equal_width_bins, mutual_information


def part_information(
    codes: np.ndarray, factors: np.ndarray, parts: Sequence[Sequence[int]], *, bins: int = 20
) -> np.ndarray:
    """Mutual information of each part's best single dimension with each factor, in shares of the factor's entropy.

    codes    [n, d] float
    factors  [n, K] int
    parts    dimensions of each part; the best and not the sum, which would favour parts of many dimensions
    returns  [parts, K] in [0, 1], nan for a factor that never varies; the same estimate as MIG's, equal-width bins
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    shared = mutual_information(equal_width_bins(codes, bins), factors)
    best = np.array([shared[list(part)].max(axis=0) for part in parts]).reshape(len(parts), factors.shape[1])
    return best / np.where(varying_factors(factors), entropy(factors), np.nan)
