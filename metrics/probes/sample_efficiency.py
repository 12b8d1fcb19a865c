"""How few labels a code needs: accuracy of two classifiers fitted to 10, 100, 1,000 and 10,000 rows.

Locatello et al. 2019, arXiv:1811.12359, section 5.5 (downstream tasks).
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_parts, varying_factors, whole
from diffrep.metrics.facts.extended import TRAINING_ROWS
from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.boosting import fit

FEW, MANY = 100, 10_000  # the two whose ratio is the efficiency
CLASSIFIERS = ("logistic", "boosting")


def sample_efficiency(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    rounds: int = 100,
) -> Measured:
    """Test accuracy after so many training rows, and how much of the last is there after the first hundred.

    codes    [n, L] float in both parts; dimensions that are constant in training are dropped
    factors  [n, K] int in both parts; factors that are constant in training are left out, and with none left all is nan
    returns  for the classifiers `logistic` (multinomial) and `boosting` (`rounds` rounds of trees of depth 3), of codes
             standardised by the rows fitted to: `accuracy_<classifier>_<rows>`, mean over factors, in [0, 1], higher
             is better, chance the mean of 1 / values; nan where there are fewer training rows
             `sample_efficiency_<classifier>`: accuracy at 100 rows / accuracy at 10,000, at least 0, higher is better;
             1 also where nothing is learned: read it beside the accuracies
    arrays   the accuracies under their names, [K]

    The rows are drawn by the seed, the smaller parts from the larger; of a factor with one value among them that value
    is said of every row. Boosting costs what DCI does. ValueError for what `checked_parts` refuses.

    >>> factors = np.random.default_rng(0).integers(3, size=(400, 2))
    >>> codes = factors * 1.0
    >>> found = sample_efficiency(codes[:200], factors[:200], codes[200:], factors[200:], seed=0, rounds=5)
    >>> found["accuracy_boosting_100"], found.reasons["accuracy_boosting_1000"]
    (1.0, '200 training rows, 1000 needed')
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    dims, kept = active_dimensions(train), varying_factors(targets)
    order = np.random.default_rng(seed).permutation(len(train))
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    arrays: dict[str, np.ndarray] = {}
    for classifier in CLASSIFIERS:
        names = {size: f"accuracy_{classifier}_{size}" for size in TRAINING_ROWS}
        for size, name in names.items():
            values[name], reasons[name] = np.nan, f"{len(train)} training rows, {size} needed"
            if not kept.any():
                reasons[name] = CONSTANT_FACTORS
            elif size <= len(train):
                rows = order[:size]
                data = train[rows][:, dims], targets[rows][:, kept], test[:, dims], truths[:, kept]
                found = _accuracies(classifier, *data, rounds)
                values[name], arrays[name] = found.mean(), whole(found, kept)
        efficiency = f"sample_efficiency_{classifier}"
        few, many = values[names[FEW]], values[names[MANY]]
        values[efficiency] = few / many if many > 0 else np.nan
        reasons[efficiency] = "no accuracy to divide by" if many == 0 else reasons[names[MANY]]
    return Measured(values, reasons=reasons, arrays=arrays)


def _accuracies(
    classifier: str, train: np.ndarray, targets: np.ndarray, test: np.ndarray, truths: np.ndarray, rounds: int
) -> np.ndarray:
    """Test accuracy of each factor, [K]."""
    pairs = zip(targets.T, truths.T, strict=True)
    return np.array([(_told(classifier, train, target, test, rounds) == truth).mean() for target, truth in pairs])


def _told(classifier: str, train: np.ndarray, target: np.ndarray, test: np.ndarray, rounds: int) -> np.ndarray:
    """What is said of each test row, [n_test]."""
    if not train.shape[1] or (target == target[0]).all():
        values, counts = np.unique(target, return_counts=True)
        return np.full(len(test), values[counts.argmax()])
    scaler = StandardScaler().fit(train)
    train, test = scaler.transform(train), scaler.transform(test)
    if classifier == "logistic":
        return LogisticRegression(max_iter=1000).fit(train, target).predict(test)
    return fit(train, target, rounds=rounds).predict(test)
