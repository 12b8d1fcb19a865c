"""The probe in closed form, against the equation that its solution fulfils."""

import numpy as np
import pytest
from scipy.special import expit

from diffrep.metrics.probes.logistic_probe import PENALTIES, logistic_probe
from diffrep.metrics.probes.scores import average_precision

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(900, 6))
ATTRIBUTES = (CODES @ GENERATOR.normal(size=(6, 3)) + GENERATOR.normal(size=(900, 3)) > [0, 1, 2]).astype(np.uint8)
PARTS = CODES[:500], ATTRIBUTES[:500], CODES[500:700], ATTRIBUTES[500:700]


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
