"""Modularity: does each dimension tell of one factor alone?"""

import numpy as np

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_codes, varying_factors, whole
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.numerics.information import binned_information

BINS = 20
BIASES = 3.0  # plug-in biases of its top factor that a dimension's information must exceed to be informative
NUMBERS = ("modularity", "modularity_informative")


def modularity(codes: np.ndarray, factors: np.ndarray, *, compat: bool = False) -> Measured:
    """How far the information of a dimension is of one factor: 1 less its mean squared information of the others.

    codes    [n, L] float; dimensions that never vary are left out
    factors  [n, K] int: ground-truth values; a factor that never varies is left out, and with none or one left the
             scores are nan
    compat   as disentanglement_lib has it: a constant dimension counts as 0 in the mean, a constant factor as one
             more that no dimension tells of
    returns  `modularity`: mean over dimensions of 1 - sum of squared information of all factors but the top one, in
             shares of the top one's times K - 1; in [0, 1], higher is better, 0 where no dimension varies
             `modularity_informative`: the same over dimensions that know more of their top factor than chance, three
             times the plug-in bias (20 - 1) (n_k - 1) / 2n; nan where dimensions vary and none does
    arrays   `modularity_per_dim` [L], `modularity_information` [L, K] nats

    ValueError for what `checked_codes` refuses. Pure noise scores 0.67 and a rotation of all factors 0.93: read it
    beside a score of how much is known. The value moves with n: compare at equal n only.

    Ridgeway and Mozer 2018, arXiv:1802.05312, section 3; 20 bins of equal width.

    >>> factors = np.random.default_rng(0).integers(4, size=(5000, 2))
    >>> mixed = factors.sum(axis=1, keepdims=True).astype(float)
    >>> [round(modularity(codes, factors)["modularity"], 1) for codes in (factors.astype(float), mixed)]
    [1.0, 0.0]
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    active, varying = active_dimensions(codes), varying_factors(factors)
    dims, kept = active | compat, varying | compat
    if kept.sum() < 2 or not varying.any():
        reason = "one factor: nothing to keep apart" if varying.any() else CONSTANT_FACTORS
        return missing(NUMBERS, reason)
    shared = binned_information(codes, factors, BINS)[np.ix_(dims, kept)]
    per_dim = _per_dimension(shared)
    informative = shared.max(axis=1) > BIASES * _bias(factors[:, kept])[shared.argmax(axis=1)]
    nothing = np.nan if active.any() else 0.0
    values = [per_dim.mean() if dims.any() else 0.0, per_dim[informative].mean() if informative.any() else nothing]
    return Measured(
        dict(zip(NUMBERS, values, strict=True)),
        reasons={NUMBERS[1]: "no dimension knows more of a factor than chance"},
        arrays={"modularity_per_dim": whole(per_dim, dims), "modularity_information": whole(shared, dims, kept)},
    )


def _per_dimension(shared: np.ndarray) -> np.ndarray:
    """[L, K] nats -> [L]; 0 for a dimension that tells nothing."""
    top = shared.max(axis=1)
    relative = np.divide(shared, top[:, None], out=np.ones_like(shared), where=top[:, None] > 0)
    return 1.0 - ((relative**2).sum(axis=1) - 1.0) / (shared.shape[1] - 1)


def _bias(factors: np.ndarray) -> np.ndarray:
    """What the plug-in estimate adds to no information at all, to first order: [n, K] -> [K] nats."""
    values = np.array([len(np.unique(column)) for column in factors.T])
    return (BINS - 1) * (values - 1) / (2.0 * len(factors))
