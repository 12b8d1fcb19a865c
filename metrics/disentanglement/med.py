"""MED: disentanglement and completeness from mutual information, which costs no predictor."""

import numpy as np

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_codes, varying_factors, whole
from diffrep.metrics.disentanglement.dci import dci_scores
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.numerics.information import binned_information

TOP = 2  # dimensions of each factor in the second pair of scores
NUMBERS = ("med_disentanglement", "med_completeness", f"med_disentanglement_top{TOP}", f"med_completeness_top{TOP}")
NOTHING_SHARED = "a factor shares nothing with any dimension, and the published code divides by it"
ONE_FACTOR = "one factor: no dimension is more disentangled than another"


def med(codes: np.ndarray, factors: np.ndarray, *, compat: bool = False) -> Measured:
    """D and C of `dci_scores`, with the share of a factor's information in a dimension as importance.

    codes    [n, L] float; dimensions that never vary are left out
    factors  [n, K] int: ground-truth values; a factor that never varies is left out, and with none left all is nan
    compat   as the authors' code has it: nothing is left out; a constant dimension makes the base of C larger, a
             constant factor all scores nan
    returns  `med_disentanglement`, `med_completeness`: in [0, 1], higher is better, chance near 0; D is nan with
             K = 1, 0 with L = 1, whose shares are all 1; C is nan with L = 1; both are 0 where no dimension varies
             `med_disentanglement_top2`, `med_completeness_top2`: the same of a part of the dimensions alone. Each
             dimension belongs to the factor it shares most with; of each factor the two of highest D stay
    arrays   `med_importance` [L, K]: of 20 bins of equal width, columns sum to 1; `med_top` bool [L]: which stay

    ValueError for what `checked_codes` refuses. The plug-in bias of noise dimensions weighs in, and falls with n:
    compare at equal n only, best 10,000.

    Cao et al. 2022, arXiv:2206.04756: MED and top-k MED, with k = 2.

    >>> factors = np.random.default_rng(0).integers(4, size=(10_000, 2))
    >>> result = med(np.hstack([factors, factors]).astype(float), factors)  # each factor is told twice
    >>> {name: round(value, 1) for name, value in result.items() if "top" not in name}
    {'med_disentanglement': 1.0, 'med_completeness': 0.5}
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    dims, kept = active_dimensions(codes) | compat, varying_factors(factors) | compat
    if not kept.any():
        return _undefined(CONSTANT_FACTORS)
    shared = binned_information(codes, factors)[np.ix_(dims, kept)]
    total = shared.sum(axis=0)
    if compat and not total.all():
        return _undefined(NOTHING_SHARED)
    importance = np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)
    scores = dci_scores(importance)
    top = _most_disentangled(importance, scores.arrays.get("disentanglement", np.zeros(0)))
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for names, measured in ((NUMBERS[:2], scores), (NUMBERS[2:], dci_scores(importance[top]))):
        values |= zip(names, measured.values(), strict=True)
        reasons |= {
            new: measured.reasons[old] for new, old in zip(names, measured, strict=True) if np.isnan(measured[old])
        }
    if kept.sum() == 1 and dims.any():
        values[NUMBERS[3]], reasons[NUMBERS[3]] = np.nan, ONE_FACTOR
    stays = np.zeros(len(dims), dtype=bool)
    stays[dims] = top
    return Measured(values, reasons=reasons, arrays={"med_importance": whole(importance, dims, kept), "med_top": stays})


def _most_disentangled(importance: np.ndarray, disentanglement: np.ndarray) -> np.ndarray:
    """Of the dimensions that share most with the same factor, those of highest D: [L, K], [L] -> bool [L]."""
    order = np.argsort(-disentanglement, kind="stable")
    factor = importance[order].argmax(axis=1)
    stays = np.zeros(len(importance), dtype=bool)
    for k in range(importance.shape[1]):
        stays[order[factor == k][:TOP]] = True
    return stays


def _undefined(reason: str) -> Measured:
    return missing(NUMBERS, reason)
