"""Mutual information gap."""

import numpy as np

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_codes, varying_factors, whole
from diffrep.metrics.information import entropy, equal_frequency_bins, equal_width_bins, mutual_information
from diffrep.metrics.measured import Measured


def mig(codes: np.ndarray, factors: np.ndarray, *, bins: int = 20) -> Measured:
    """By how much the most informative code dimension of a factor beats the runner-up.

    codes    [n, L] float; with L = 1 the runner-up counts as 0, with no dimension that varies the gap is 0
    factors  [n, K] int: ground-truth values; a factor that never varies is left out, and with none left it is nan
    returns  `mig` with bins of equal width, as published runs have it, and `mig_quantile` with bins of equal counts,
             which one outlier cannot empty; means over factors, in [0, 1], higher is better
    arrays   `mutual_information` and `mutual_information_quantile` [L, K] nats, `gaps` and `gaps_quantile` [K]

    Chen et al. 2018, arXiv:1802.04942, section 4. The plug-in bias falls with n: compare at equal n only.
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    kept, dims = varying_factors(factors), active_dimensions(codes)
    values: dict[str, float] = {}
    arrays: dict[str, np.ndarray] = {}
    for suffix, binned in (("", equal_width_bins), ("_quantile", equal_frequency_bins)):
        shared = mutual_information(binned(codes[:, dims], bins), factors[:, kept])
        gaps = _gaps(shared, entropy(factors[:, kept]))
        values["mig" + suffix] = float(gaps.mean()) if kept.any() else float("nan")
        arrays |= {"mutual_information" + suffix: whole(shared, dims, kept), "gaps" + suffix: whole(gaps, kept)}
    return Measured(values, reasons=dict.fromkeys(values, CONSTANT_FACTORS), arrays=arrays)


def _gaps(shared: np.ndarray, entropies: np.ndarray) -> np.ndarray:
    """[L, K] nats and [K] nats -> [K]."""
    ranked = np.sort(np.pad(shared, ((2, 0), (0, 0))), axis=0)  # two rows of zeros stand for missing runners-up
    return (ranked[-1] - ranked[-2]) / entropies
