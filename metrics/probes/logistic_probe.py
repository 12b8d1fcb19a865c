"""The linear probe solved exactly: what the standard probe, which is trained for some epochs, should come close to."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from diffrep.metrics.codes import active_dimensions, checked_codes, checked_parts, held_out
from diffrep.metrics.measured import Measured
from diffrep.metrics.probes.calibration import calibration_error, decision_scores
from diffrep.metrics.probes.scores import attribute_scores, average_precision

PENALTIES = (0.01, 0.1, 1.0, 10.0)  # C: one over the weight of the squared coefficients


def logistic_probe(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    valid_codes: np.ndarray,
    valid_attributes: np.ndarray,
    test_codes: np.ndarray,
) -> np.ndarray:
    """Logits of L2 logistic regression, one fit for each attribute.

    codes       [n, d] float; standardised by the training rows, dimensions constant there are dropped
    attributes  [n, A] in {0, 1}; one that is constant in the training rows gets logits of 0
    returns     [n_test, A] float64: of the penalty whose average precision on the validation rows is best, the
                strongest of equals

    Nothing of it is chance. The standard probe's mean average precision is within about 0.01 of this one's, where it
    was trained long enough. ValueError for codes that `checked_parts` refuses.

    >>> codes = np.random.default_rng(0).normal(size=(900, 3))
    >>> known = (codes[:, :1] > 0).astype(int)
    >>> told = logistic_probe(codes[:600], known[:600], codes[600:750], known[600:750], codes[750:])
    >>> bool(average_precision(told, known[750:]) > 0.99)
    True
    """
    train, valid = checked_parts(train_codes, train_attributes, valid_codes, valid_attributes)
    targets, truths = np.asarray(train_attributes), np.asarray(valid_attributes)
    test = checked_codes(test_codes, test_codes)
    dims = active_dimensions(train)
    logits = np.zeros((len(test), targets.shape[1]))
    if not dims.any():
        return logits
    mean, deviation = train[:, dims].mean(axis=0), train[:, dims].std(axis=0)
    train, valid, test = ((part[:, dims] - mean) / deviation for part in (train, valid, test))
    for mine, target, truth in zip(logits.T, targets.T, truths.T, strict=True):
        if (target != target[0]).any():
            mine[:] = _best_fit(train, target, valid, truth).decision_function(test)
    return logits


def logistic_scores(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    test_codes: np.ndarray,
    test_attributes: np.ndarray,
    *,
    seed: int,
) -> Measured:
    """What its logits are worth; a fifth of the training rows, drawn by the seed, chooses penalty and thresholds.

    codes       [n, d] float in both parts
    attributes  [n, A] in {0, 1} in both parts
    returns     `logistic_<name>` for each name of `attribute_scores`, `decision_scores` and `calibration_error`, whose
                ranges, directions and chance they have
    arrays      the same per attribute [A]

    ValueError for what `logistic_probe` and `attribute_scores` refuse.

    >>> attributes = np.random.default_rng(0).integers(2, size=(200, 2))
    >>> told = logistic_scores(attributes, attributes, attributes, attributes, seed=0)
    >>> told["logistic_average_precision"], told["logistic_accuracy"]
    (1.0, 1.0)
    """
    train, test = checked_parts(train_codes, train_attributes, test_codes, test_attributes)
    known = np.asarray(train_attributes)
    fitted, valid = held_out(len(train), seed)
    both = np.concatenate([train[valid], test])
    logits = logistic_probe(train[fitted], known[fitted], train[valid], known[valid], both)
    valid_logits, test_logits = np.split(logits, [len(valid)])
    ranked = attribute_scores(test_logits, test_attributes, valid_logits=valid_logits, valid_attributes=known[valid])
    return _named_logistic(
        ranked, decision_scores(test_logits, test_attributes), calibration_error(test_logits, test_attributes)
    )


def _named_logistic(*parts: Measured) -> Measured:
    """All of the parts, `logistic_` before each name; `attributes_undefined` is alike in all."""
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    arrays: dict[str, np.ndarray] = {}
    for part in parts:
        values |= {f"logistic_{name}": value for name, value in part.items()}
        reasons |= {f"logistic_{name}": why for name, why in part.reasons.items()}
        arrays |= {f"logistic_{name}": array for name, array in part.arrays.items()}
    return Measured(values, reasons=reasons, arrays=arrays)


def _best_fit(train: np.ndarray, target: np.ndarray, valid: np.ndarray, truth: np.ndarray) -> LogisticRegression:
    fits = [LogisticRegression(C=penalty, max_iter=1000).fit(train, target) for penalty in PENALTIES]
    found = [average_precision(fit.decision_function(valid)[:, None], truth[:, None]).item() for fit in fits]
    return fits[int(np.argmax(np.nan_to_num(found)))]
