"""The probe of the tables, against the equation that its solution fulfils and against another solver."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.probes.logistic_probe import PENALTIES, logistic_probe
from diffrep.metrics.probes.scores import average_precision

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(900, 6))
ATTRIBUTES = (CODES @ GENERATOR.normal(size=(6, 3)) + GENERATOR.normal(size=(900, 3)) > [0, 1, 2]).astype(np.uint8)


def of(codes, attributes=ATTRIBUTES):
    """The rows to fit on and those to choose by."""
    return codes[:500], attributes[:500], codes[500:700], attributes[500:700]


PARTS = of(CODES)


def test_the_gradient_is_zero_for_one_of_the_penalties():
    logits = logistic_probe(*PARTS, CODES).test_logits  # linear in the codes, so that the weights can be read off
    scaled = (CODES - CODES[:500].mean(axis=0)) / CODES[:500].std(axis=0)
    weights = np.linalg.lstsq(np.column_stack([scaled, np.ones(900)]), logits, rcond=None)[0]
    residual = expit(logits[:500]) - ATTRIBUTES[:500]
    for w, rest in zip(weights.T, residual.T, strict=True):
        gradients = [w[:6] / penalty + scaled[:500].T @ rest for penalty in PENALTIES]
        assert min(np.abs(gradient).max() for gradient in gradients) < 0.05  # the solver stops at 1e-4 a row
        assert abs(rest.sum()) < 0.05


def test_it_tells_the_attributes():
    assert average_precision(logistic_probe(*PARTS, CODES[700:]).test_logits, ATTRIBUTES[700:]).min() > 0.75


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(CODES * 2.0 ** np.arange(-3, 3) - 5.0, id="scale and offset"),
        pytest.param(np.insert(CODES, 2, 7.0, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(changed):
    found = logistic_probe(*of(changed), changed[700:]).test_logits
    np.testing.assert_allclose(found, logistic_probe(*PARTS, CODES[700:]).test_logits, atol=1e-6)


def test_what_cannot_be_learned_gets_zero():
    attributes = ATTRIBUTES.copy()
    attributes[:, 1] = 1
    found = logistic_probe(*of(CODES, attributes), CODES[700:]).test_logits
    assert (found[:, 1] == 0).all()
    assert (found[:, 0] != 0).all()
    flat = np.ones((900, 3))
    assert all((logits == 0).all() for logits in logistic_probe(*of(flat), flat))


def test_it_is_what_another_solver_finds():
    """Newton's method in place of L-BFGS, the penalty chosen by scikit-learn's average precision."""
    scaler = StandardScaler().fit(CODES[:500])
    train, valid, test = (scaler.transform(CODES[rows]) for rows in (slice(500), slice(500, 700), slice(700, 900)))
    found = logistic_probe(*PARTS, CODES[700:])
    for a in range(3):
        fits = [
            LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-10).fit(train, ATTRIBUTES[:500, a])
            for penalty in PENALTIES
        ]
        best = max(fits, key=lambda fit: average_precision_score(ATTRIBUTES[500:700, a], fit.decision_function(valid)))
        np.testing.assert_allclose(found.valid_logits[:, a], best.decision_function(valid), atol=0.01)
        np.testing.assert_allclose(found.test_logits[:, a], best.decision_function(test), atol=0.01)


def test_dimensions_that_go_together_cost_it_nothing():
    """A turned and stretched code tells what the code tells, where the trained probe lacks much of it."""
    turned = CODES @ np.linalg.qr(np.random.default_rng(2).normal(size=(6, 6)))[0]
    mixed = np.cumsum(turned, axis=1) + 5 * turned[:, :1]
    plain, told = (
        average_precision(logistic_probe(*of(codes), codes[700:]).test_logits, ATTRIBUTES[700:]).mean()
        for codes in (CODES, mixed)
    )
    assert told == pytest.approx(plain, abs=0.005)


@pytest.mark.parametrize(
    ("codes", "attributes", "test", "said"),
    [
        (np.where(CODES > 2, np.nan, CODES), ATTRIBUTES, CODES, "nan or infinity"),
        (CODES, ATTRIBUTES * 3, CODES, "0 or 1"),
        (CODES, ATTRIBUTES, CODES[:, :3], "test codes have 3 columns"),
    ],
)
def test_what_cannot_be_probed_is_refused(codes, attributes, test, said):
    with pytest.raises(ValueError, match=said):
        logistic_probe(*of(codes, attributes), test)
