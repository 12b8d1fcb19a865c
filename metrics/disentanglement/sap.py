"""Separated attribute predictability: the gap between the two single dimensions that predict a factor best."""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.svm import LinearSVC

from diffrep.metrics.codes import (
    CONSTANT_FACTORS,
    active_dimensions,
    checked_codes,
    checked_parts,
    varying_factors,
    whole,
)
from diffrep.metrics.disentanglement.gap import gap_to_runner_up
from diffrep.metrics.measured import Measured, missing

LEAST_VARIANCE = 1e-12  # at or below it published code has a dimension correlate with nothing
CONSTANT_FACTOR = "a factor is constant in this sample, and the published code divides by its variance"


def sap(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    compat: bool = False,
) -> Measured:
    """By how much the dimension that classifies a factor best beats the runner-up, with linear support vectors.

    codes    [n, L] float in both parts, on their own scale; dimensions that are constant in training are dropped
    factors  [n, K] int in both parts; factors that are constant in training are left out, and with none left it is nan
    compat   as disentanglement_lib has it: nothing is left out, so that a constant dimension can be the runner-up
    returns  `sap`: mean over factors, in [0, 1), higher is better, chance near 0; with L = 1 the runner-up is naming
             the most frequent training value
    arrays   `sap_accuracy` [L, K]: test accuracy of each single dimension

    ValueError for what `checked_parts` refuses; with `compat` also for L = 1 and for a constant factor.
    A threshold on one dimension cannot cut out a value in the middle: a perfect code of factors of 4 to 15 values
    scores 0.28. The score depends on the scale of the code. Both hold for published numbers, and so are kept.

    Kumar et al. 2018, arXiv:1711.00848, section 3.

    >>> factors = np.random.default_rng(0).integers(2, size=(300, 2))
    >>> codes = factors.astype(float)
    >>> round(sap(codes[:200], factors[:200], codes[200:], factors[200:], seed=0)["sap"], 1)
    0.5
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    dims, kept = active_dimensions(train) | compat, varying_factors(targets)
    if compat and not kept.all():
        raise ValueError("a factor is constant in training, where the published code stops; leave compat off")
    if not kept.any():
        return missing(["sap"], CONSTANT_FACTORS)
    train, test, targets, truths = train[:, dims], test[:, dims], targets[:, kept], truths[:, kept]
    columns = [(targets[:, k], truths[:, k]) for k in range(kept.sum())]
    dimensions = zip(train.T, test.T, strict=True)
    accuracy = [[_svm(z, target, seen, truth, seed) for target, truth in columns] for z, seen in dimensions]
    scores = np.array(accuracy).reshape(dims.sum(), kept.sum())
    frequent = DummyClassifier(strategy="most_frequent")
    guesses = np.array([frequent.fit(target, target).score(truth, truth) for target, truth in columns])
    gaps = gap_to_runner_up(scores, guesses, compat=compat)
    return Measured({"sap": gaps.mean()}, arrays={"sap_accuracy": whole(scores, dims, kept)})


def sap_r2(codes: np.ndarray, factors: np.ndarray, *, compat: bool = False) -> Measured:
    """By how much the dimension that correlates best with a factor beats the runner-up, in squared correlation.

    codes    [n, L] float; with L = 1 the runner-up counts as 0, with no dimension that varies the gap is 0
    factors  [n, K] int: ordinal values, whose distances mean something; a factor that never varies is left out, and
             with none left it is nan
    compat   as disentanglement_lib has it: a dimension of variance up to 1e-12 correlates with nothing, whatever the
             scale of the others, and one constant factor makes the score nan
    returns  `sap_r2`: mean over factors, in [0, 1], higher is better, chance near 0
    arrays   `squared_correlation` [L, K]

    ValueError for what `checked_codes` refuses; with `compat` also for L = 1.

    Kumar et al. 2018, arXiv:1711.00848, section 3, the form for continuous factors.

    >>> factors = np.arange(20)[:, None]
    >>> round(sap_r2(np.hstack([-3.0 * factors, factors % 2]), factors)["sap_r2"], 2)
    0.99
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    kept = varying_factors(factors)
    correlating = codes.var(axis=0, ddof=1) > LEAST_VARIANCE if compat else active_dimensions(codes)
    squared = np.zeros((codes.shape[1], kept.sum()))
    squared[correlating] = (_standardised(codes[:, correlating]).T @ _standardised(factors[:, kept]) / len(codes)) ** 2
    dims = correlating | compat
    gaps = gap_to_runner_up(squared[dims], 0.0, compat=compat)
    value = gaps.mean() if (kept.all() if compat else kept.any()) else np.nan
    reason = CONSTANT_FACTOR if kept.any() else CONSTANT_FACTORS
    arrays = {"squared_correlation": whole(squared[dims], dims, kept)}
    return Measured({"sap_r2": value}, reasons={"sap_r2": reason}, arrays=arrays)


def _svm(train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray, seed: int) -> float:
    """Test accuracy of one dimension, [n] each."""
    model = LinearSVC(C=0.01, class_weight="balanced", random_state=seed)
    return float(model.fit(train[:, None], target).score(test[:, None], truth))


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / values.std(axis=0)
