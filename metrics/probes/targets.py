"""Real-valued targets read from a frozen code: ridge regression, its penalty chosen on validation rows."""

import numpy as np
from sklearn.linear_model import Ridge

from diffrep.metrics.codes import active_dimensions, checked_codes, checked_parts
from diffrep.metrics.measured import Measured
from diffrep.metrics.probes.faces import PENALTIES, regression_scores

NAMES = {
    "lfw_r": "target_r",
    "lfw_mse": "target_mse",
    "lfw_nmse": "target_nmse",
    "lfw_r_undefined": "target_r_undefined",
}


def target_regression(
    train_codes: np.ndarray,
    train_targets: np.ndarray,
    valid_codes: np.ndarray,
    valid_targets: np.ndarray,
    test_codes: np.ndarray,
) -> np.ndarray:
    """Predictions [n_test, R] float64 of a linear layer in closed form; codes are standardised by the training rows.

    codes    [n, d] float
    targets  [n, R] float, on their own scale; each has the penalty of least error on the validation rows

    ValueError for codes or targets that are not finite, and for unequal lengths.

    >>> codes = np.random.default_rng(0).normal(size=(600, 3))
    >>> target = codes[:, :1] * 5 + 2
    >>> found = target_regression(codes[:300], target[:300], codes[300:400], target[300:400], codes[400:])
    >>> bool(np.abs(found - target[400:]).max() < 0.02)
    True
    """
    train, valid = checked_parts(train_codes, train_targets, valid_codes, valid_targets)
    test = checked_codes(test_codes, test_codes)
    known, answers = (checked_codes(targets, targets) for targets in (train_targets, valid_targets))
    dims = active_dimensions(train)
    if not dims.any():
        return np.tile(known.mean(axis=0), (len(test), 1))
    mean, deviation = train[:, dims].mean(axis=0), train[:, dims].std(axis=0)
    seen, held, asked = ((codes[:, dims] - mean) / deviation for codes in (train, valid, test))
    fits = [Ridge(alpha=penalty).fit(seen, known) for penalty in PENALTIES]
    shape = (len(PENALTIES), -1, known.shape[1])
    errors = np.square(np.reshape([fit.predict(held) for fit in fits], shape) - answers).mean(axis=1)
    predicted = np.reshape([fit.predict(asked) for fit in fits], shape)
    return np.take_along_axis(predicted, errors.argmin(axis=0)[None, None], axis=0)[0]


def target_scores(predictions: np.ndarray, targets: np.ndarray) -> Measured:
    """How close predictions [n, R] come to real-valued targets, means over them.

    returns  `target_r`, Pearson's correlation in [-1, 1], higher is better, chance 0
             `target_mse`, in squared units of the targets, lower is better, chance their variance
             `target_nmse`, each error over its target's variance, lower is better, 1 for naming the mean
             `target_r_undefined`, targets with a constant prediction or value, which are out of the mean of r
    arrays   `target_r`, `target_mse`, `target_nmse` [R]

    >>> targets = np.array([[1.0, 0.0], [2.0, 4.0], [3.0, 2.0]])
    >>> round(target_scores(targets, targets)["target_r"], 6)
    1.0
    """
    found = regression_scores(predictions, targets)
    named = {NAMES[name]: value for name, value in found.items()}
    reasons = {NAMES[name]: reason for name, reason in found.reasons.items()}
    return Measured(named, reasons=reasons, arrays={NAMES[name]: array for name, array in found.arrays.items()})
