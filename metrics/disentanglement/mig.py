"""Mutual information gap."""

import numpy as np

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_codes, varying_factors, whole
from diffrep.metrics.disentanglement.gap import gap_to_runner_up
from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.information import entropy, equal_frequency_bins, equal_width_bins, mutual_information

CONSTANT_FACTOR = "a factor is constant in this sample, and the published code divides by its entropy"


def mig(codes: np.ndarray, factors: np.ndarray, *, bins: int = 20, compat: bool = False) -> Measured:
    """By how much the most informative code dimension of a factor beats the runner-up.

    codes    [n, L] float; with L = 1 the runner-up counts as 0, with no dimension that varies the gap is 0
    factors  [n, K] int: ground-truth values; a factor that never varies is left out, and with none left it is nan
    compat   as disentanglement_lib has it: constant dimensions stay, one constant factor makes the score nan
    returns  `mig` with bins of equal width, as published runs have it, and `mig_quantile` with bins of equal counts,
             which one outlier cannot empty; means over factors, in [0, 1], higher is better, chance near 0
    arrays   `mutual_information` and `mutual_information_quantile` [L, K] nats, `gaps` and `gaps_quantile` [K]

    ValueError for what `checked_codes` refuses; with `compat` also for L = 1.

    Chen et al. 2018, arXiv:1802.04942, section 4. The plug-in bias falls with n: compare at equal n only.

    >>> factors = np.random.default_rng(0).integers(4, size=(5000, 2))
    >>> codes = factors.astype(float)
    >>> round(mig(codes, factors)["mig"], 2), mig(np.hstack([codes, codes]), factors)["mig"]
    (1.0, 0.0)
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    kept, dims = varying_factors(factors), active_dimensions(codes) | compat
    measurable = kept.all() if compat else kept.any()
    values: dict[str, float] = {}
    arrays: dict[str, np.ndarray] = {}
    for suffix, binned in (("", equal_width_bins), ("_quantile", equal_frequency_bins)):
        shared = mutual_information(binned(codes[:, dims], bins), factors[:, kept])
        gaps = gap_to_runner_up(shared, 0.0, compat=compat) / entropy(factors[:, kept])
        values["mig" + suffix] = float(gaps.mean()) if measurable else float("nan")
        arrays |= {"mutual_information" + suffix: whole(shared, dims, kept), "gaps" + suffix: whole(gaps, kept)}
    reason = CONSTANT_FACTOR if kept.any() else CONSTANT_FACTORS
    return Measured(values, reasons=dict.fromkeys(values, reason), arrays=arrays)
