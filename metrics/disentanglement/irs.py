"""Interventional robustness: does a dimension stay where it is while one factor is held and all others move?"""

import numpy as np

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_codes, varying_factors, whole
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.numerics.information import equal_width_bins

QUANTILE = 0.99  # of deviations from a group's mean; the paper has the largest, which grows with n
NUMBERS = ("irs", "irs_active_dims")


def irs(codes: np.ndarray, factors: np.ndarray, *, compat: bool = False) -> Measured:
    """How little a dimension deviates while the factor it follows best is held, in shares of its largest deviation.

    codes    [n, L] float, standardised so that all dimensions weigh comparably; those that never vary are left out
    factors  [n, K] int: ground-truth values, in 20 bins of equal width; a factor that never varies is left out, and
             with none left the score is nan
    compat   as disentanglement_lib has it: codes on their own scale, so that large dimensions decide; dimensions of
             variance exactly 0 are left out, no factor is
    returns  `irs`: mean over dimensions, weighed by their largest deviation, of 1 - the least over factors of the
             0.99 quantile of deviations from the mean of the rows of one value, averaged over values; at most 1,
             higher is better, 0 where no dimension varies and a little below for some saturated codes
             `irs_active_dims`: dimensions looked at, also with `compat`
    arrays   `irs_scores` [L, K]: before the best factor is chosen; `irs_deviation` [L]: the weights

    ValueError for what `checked_codes` refuses. Chance is not 0, because a quantile stays below the maximum:
    Gaussian noise scores about 0.3 at n = 1,000 and 0.35 to 0.4 at 10,000.

    Suter et al. 2019, arXiv:1811.00007: the interventional robustness score.

    >>> factors = np.random.default_rng(0).integers(4, size=(500, 2))
    >>> round(irs(factors.astype(float), factors)["irs"], 6)
    1.0
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    dims = codes.var(axis=0) > 0 if compat else active_dimensions(codes)
    kept = varying_factors(factors) | compat
    if not kept.any():
        return missing(NUMBERS, CONSTANT_FACTORS)
    if not dims.any():
        return Measured(dict.fromkeys(NUMBERS, 0.0))
    looked = codes[:, dims] if compat else codes[:, dims] / codes[:, dims].std(axis=0)
    largest = np.abs(looked - looked.mean(axis=0)).max(axis=0)
    held = equal_width_bins(factors[:, kept])
    scores = 1.0 - np.stack([_deviation(looked, column) for column in held.T], axis=1) / largest[:, None]
    values = (np.average(scores.max(axis=1), weights=largest), dims.sum())
    return Measured(
        dict(zip(NUMBERS, values, strict=True)),
        arrays={"irs_scores": whole(scores, dims, kept), "irs_deviation": whole(largest, dims)},
    )


def _deviation(codes: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Quantile of distances to the mean of the rows of one value, averaged over values: [n, L], [n] -> [L]."""
    groups = [codes[column == value] for value in np.unique(column)]
    return np.mean([np.quantile(np.abs(group - group.mean(axis=0)), QUANTILE, axis=0) for group in groups], axis=0)
