"""Explicitness: can each value of each factor be told from the others by a linear classifier?"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_parts, varying_factors
from diffrep.metrics.measured import Measured
from diffrep.metrics.probes.scores import auroc


def explicitness(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    compat: bool = False,
) -> Measured:
    """How well logistic regression from all dimensions ranks test rows for each value of each factor.

    codes    [n, L] float in both parts, standardised by the training rows; dimensions that are constant there are
             dropped, and with none left every factor scores 0.5
    factors  [n, K] int in both parts; factors that are constant in training are left out, and so are those of which
             the test rows hold no known value beside another; with none left the score is nan
    compat   as disentanglement_lib has it: what is constant is refused, and classes are those of the test rows, so that
             every training value must be among them
    returns  `explicitness`: area under the ROC curve of each value against all others, mean over values with test
             rows, then over factors; in [0, 1], higher is better, chance 0.5
    arrays   `explicitness_auroc` [K]

    ValueError for what `checked_parts` refuses; with `compat` also for a constant dimension, a constant factor and a
    training value that no test row has.

    Ridgeway and Mozer 2018, arXiv:1802.05312, section 3. The model stops after 100 iterations, as published runs do,
    and scikit-learn warns where that cuts it short.

    >>> factors = np.random.default_rng(0).integers(4, size=(300, 2))
    >>> codes = np.hstack([factors == value for value in range(4)]).astype(float)
    >>> explicitness(codes[:200], factors[:200], codes[200:], factors[200:], seed=0)["explicitness"]
    1.0
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    dims, kept = active_dimensions(train), varying_factors(targets)
    if compat and not (dims.all() and kept.all()):
        raise ValueError("a dimension or a factor is constant in training: the published code stops, leave compat off")
    train, test = train[:, dims], test[:, dims]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    train, test = (train - mean) / deviation, (test - mean) / deviation
    model = LogisticRegression(random_state=seed)
    areas = np.full(len(kept), np.nan)
    for k in np.flatnonzero(kept):
        areas[k] = _area(model, train, targets[:, k], test, truths[:, k], compat)
    reason = "test rows hold one value of every factor" if kept.any() else CONSTANT_FACTORS
    value = np.nanmean(areas) if np.isfinite(areas).any() else np.nan
    return Measured({"explicitness": value}, reasons={"explicitness": reason}, arrays={"explicitness_auroc": areas})


def _area(
    model: LogisticRegression, train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray, compat: bool
) -> float:
    """Mean over the factor's values; nan where the test rows tell none of them from the others."""
    values, known = np.unique(truth if compat else target), len(np.unique(target))
    if len(values) != known:
        raise ValueError(
            f"test rows hold {len(values)} values of a factor and training rows {known}; "
            "published code needs them all, leave compat off"
        )
    chances = model.fit(train, target).predict_proba(test) if train.shape[1] else np.zeros((len(test), known))
    areas = auroc(chances, truth[:, None] == values)
    return float(np.nanmean(areas)) if np.isfinite(areas).any() else np.nan
