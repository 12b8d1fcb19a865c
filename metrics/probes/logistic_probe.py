"""The linear probe of the tables: logistic regression of each attribute on a frozen code, solved.

A probe that is trained for some epochs, as the papers' are, is trained_probe.py: it ends below this one where
dimensions of a code go together, and by how much depends on its steps. Nothing of this one is chance.
"""

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from diffrep.metrics.codes import active_dimensions, checked_codes, checked_parts
from diffrep.metrics.probes.scores import average_precision, checked_logits

PENALTIES = (0.01, 0.1, 1.0, 10.0)  # C: one over the weight of the squared coefficients
ITERATIONS = 1000  # of L-BFGS at most


class Probed(NamedTuple):
    """Logits of every attribute."""

    valid_logits: np.ndarray  # [n_valid, A] float64
    test_logits: np.ndarray  # [n_test, A] float64


def logistic_probe(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    valid_codes: np.ndarray,
    valid_attributes: np.ndarray,
    test_codes: np.ndarray,
) -> Probed:
    """Logits of L2 logistic regression, one fit for each attribute.

    codes       [n, d] float; standardised by the training rows, dimensions constant there are dropped
    attributes  [n, A] in {0, 1}; one that is constant in the training rows gets logits of 0
    returns     those of the penalty whose average precision on the validation rows is best, the strongest of equals

    ValueError for codes that `checked_parts` refuses, attributes other than 0 and 1, or test codes of another size.

    >>> codes = np.random.default_rng(0).normal(size=(900, 3))
    >>> known = (codes[:, :1] > 0).astype(int)
    >>> told = logistic_probe(codes[:600], known[:600], codes[600:750], known[600:750], codes[750:])
    >>> bool(average_precision(told.test_logits, known[750:]) > 0.99)
    True
    """
    train, valid = checked_parts(train_codes, train_attributes, valid_codes, valid_attributes)
    test = checked_codes(test_codes, test_codes)
    if test.shape[1] != train.shape[1]:
        raise ValueError(
            f"test codes have {test.shape[1]} columns, training codes {train.shape[1]}; give the same code"
        )
    targets, truths = (
        checked_logits(np.zeros(np.shape(known)), known)[1] for known in (train_attributes, valid_attributes)
    )
    probed = Probed(*(np.zeros((len(rows), targets.shape[1])) for rows in (valid, test)))
    dims = active_dimensions(train)
    if not dims.any():
        return probed
    mean, deviation = train[:, dims].mean(axis=0), train[:, dims].std(axis=0)
    train, valid, test = ((rows[:, dims] - mean) / deviation for rows in (train, valid, test))
    for column in np.flatnonzero((targets != targets[:1]).any(axis=0)):
        fit = _best_fit(train, targets[:, column], valid, truths[:, column])
        probed.valid_logits[:, column], probed.test_logits[:, column] = map(fit.decision_function, (valid, test))
    return probed


def _best_fit(train: np.ndarray, target: np.ndarray, valid: np.ndarray, truth: np.ndarray) -> LogisticRegression:
    fits = [LogisticRegression(C=penalty, max_iter=ITERATIONS).fit(train, target) for penalty in PENALTIES]
    found = [average_precision(fit.decision_function(valid)[:, None], truth[:, None]).item() for fit in fits]
    return fits[int(np.argmax(np.nan_to_num(found)))]
