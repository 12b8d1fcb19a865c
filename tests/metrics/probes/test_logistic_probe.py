"""The probe in closed form, against the equation that its solution fulfils."""

import numpy as np
import pytest
from scipy.special import expit

from diffrep.metrics.codes import held_out
from diffrep.metrics.probes.calibration import calibration_error, decision_scores
from diffrep.metrics.probes.logistic_probe import PENALTIES, logistic_probe, logistic_scores
from diffrep.metrics.probes.scores import attribute_scores, average_precision

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(900, 6))
ATTRIBUTES = (CODES @ GENERATOR.normal(size=(6, 3)) + GENERATOR.normal(size=(900, 3)) > [0, 1, 2]).astype(np.uint8)
PARTS = CODES[:500], ATTRIBUTES[:500], CODES[500:700], ATTRIBUTES[500:700]


def test_penalties_to_choose_from():
    assert PENALTIES == (0.01, 0.1, 1.0, 10.0)


def test_the_gradient_is_zero_for_one_of_the_penalties():
    logits = logistic_probe(*PARTS, CODES)  # linear in the codes, so that the weights can be read off
    scaled = (CODES - CODES[:500].mean(axis=0)) / CODES[:500].std(axis=0)
    weights = np.linalg.lstsq(np.column_stack([scaled, np.ones(900)]), logits, rcond=None)[0]
    residual = expit(logits[:500]) - ATTRIBUTES[:500]
    for w, rest in zip(weights.T, residual.T, strict=True):
        gradients = [w[:6] / penalty + scaled[:500].T @ rest for penalty in PENALTIES]
        assert min(np.abs(gradient).max() for gradient in gradients) < 0.05  # the solver stops at 1e-4 a row
        assert abs(rest.sum()) < 0.05


def test_it_tells_the_attributes():
    assert average_precision(logistic_probe(*PARTS, CODES[700:]), ATTRIBUTES[700:]).min() > 0.75


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(CODES * 2.0 ** np.arange(-3, 3) - 5.0, id="scale and offset"),
        pytest.param(np.insert(CODES, 2, 7.0, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(changed):
    found = logistic_probe(changed[:500], ATTRIBUTES[:500], changed[500:700], ATTRIBUTES[500:700], changed[700:])
    np.testing.assert_allclose(found, logistic_probe(*PARTS, CODES[700:]), atol=1e-6)


def test_what_cannot_be_learned_gets_zero():
    attributes = ATTRIBUTES.copy()
    attributes[:, 1] = 1
    found = logistic_probe(CODES[:500], attributes[:500], CODES[500:700], attributes[500:700], CODES[700:])
    assert (found[:, 1] == 0).all()
    assert (found[:, 0] != 0).all()
    flat = np.ones((200, 3))
    assert (logistic_probe(flat, ATTRIBUTES[:200], flat, ATTRIBUTES[:200], flat) == 0).all()


def test_scores_are_those_of_its_logits_under_their_own_names():
    codes, known = CODES, ATTRIBUTES
    found = logistic_scores(codes[:600], known[:600], codes[600:], known[600:], seed=1)
    fitted, valid = held_out(600, 1)
    assert (len(fitted), len(valid)) == (480, 120)
    parts = codes[fitted], known[fitted], codes[valid], known[valid]
    logits = logistic_probe(*parts, codes[600:])
    valid_logits = logistic_probe(*parts, codes[valid])
    ranked = attribute_scores(logits, known[600:], valid_logits=valid_logits, valid_attributes=known[valid])
    decided, calibrated = decision_scores(logits, known[600:]), calibration_error(logits, known[600:])
    for name, value in {**ranked, **decided, **calibrated}.items():
        assert found[f"logistic_{name}"] == pytest.approx(value, abs=1e-9)
    assert found.arrays["logistic_accuracy"].shape == (3,)


def test_attributes_of_one_value_are_nan_with_reasons():
    codes, known = CODES[:300], np.zeros((300, 2), int)
    found = logistic_scores(codes[:200], known[:200], codes[200:], known[200:], seed=0)
    assert np.isnan(found["logistic_auroc"])
    assert "no attribute has both" in found.reasons["logistic_auroc"]
    assert found["logistic_attributes_undefined"] == 2
