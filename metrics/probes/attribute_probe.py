"""What a linear layer reads of attributes in a code, with nothing but rows to fit on and rows to test on."""

import numpy as np

from diffrep.metrics.codes import checked_parts, held_out
from diffrep.metrics.measured import Measured, joined, prefixed
from diffrep.metrics.probes.calibration import calibration_error, decision_scores
from diffrep.metrics.probes.logistic_probe import Probed, logistic_probe
from diffrep.metrics.probes.scores import attribute_scores


def attribute_probe(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    test_codes: np.ndarray,
    test_attributes: np.ndarray,
    *,
    seed: int,
) -> Measured:
    """AP, AUROC and F1; a fifth of the training rows, drawn by the seed, chooses the probe's penalty and thresholds.

    codes       [n, d] float in both parts
    attributes  [n, A] in {0, 1} in both parts
    returns     the scores of `attribute_scores`: all in [0, 1], higher is better, AP with `prevalence` as its chance
    arrays      the same per attribute [A]

    Logistic regression of each attribute on codes standardised by the rows that are fitted on.
    ValueError for what `logistic_probe` and `attribute_scores` refuse: nan, other values than 0 and 1.

    >>> attributes = np.random.default_rng(0).integers(2, size=(200, 2))
    >>> told = attribute_probe(attributes, attributes, attributes, attributes, seed=0)
    >>> told["average_precision"]
    1.0
    """
    probed, valid_attributes = _probed(train_codes, train_attributes, test_codes, test_attributes, seed)
    return attribute_scores(
        probed.test_logits, test_attributes, valid_logits=probed.valid_logits, valid_attributes=valid_attributes
    )


def probe_decisions(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    test_codes: np.ndarray,
    test_attributes: np.ndarray,
    *,
    seed: int,
) -> Measured:
    """What the same probe's decisions and probabilities are worth.

    codes       [n, d] float in both parts
    attributes  [n, A] in {0, 1} in both parts
    returns     `probe_<name>` for each name of `decision_scores` and `calibration_error`, whose ranges, directions and
                chance they have
    arrays      the same per attribute [A]

    ValueError for what `logistic_probe` and `decision_scores` refuse.

    >>> attributes = np.random.default_rng(0).integers(2, size=(200, 2))
    >>> probe_decisions(attributes, attributes, attributes, attributes, seed=0)["probe_accuracy"]
    1.0
    """
    logits = _probed(train_codes, train_attributes, test_codes, test_attributes, seed)[0].test_logits
    found = joined(decision_scores(logits, test_attributes), calibration_error(logits, test_attributes))
    return prefixed(found, "probe_")


def _probed(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    test_codes: np.ndarray,
    test_attributes: np.ndarray,
    seed: int,
) -> tuple[Probed, np.ndarray]:
    """The probe's logits, and the attributes of the rows that choose."""
    train, test = checked_parts(train_codes, train_attributes, test_codes, test_attributes)
    known = np.asarray(train_attributes)
    fitted, valid = held_out(len(train), seed)
    return logistic_probe(train[fitted], known[fitted], train[valid], known[valid], test), known[valid]
