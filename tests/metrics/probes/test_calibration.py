"""Decisions against scikit-learn attribute by attribute, and calibration against probabilities that come true."""

import numpy as np
import pytest
from scipy.special import logit
from sklearn import metrics

from diffrep.metrics.probes.calibration import calibration_error, decision_scores

GENERATOR = np.random.default_rng(0)
ATTRIBUTES = (GENERATOR.random((400, 4)) < [0.05, 0.2, 0.5, 0.9]).astype(np.uint8)
LOGITS = GENERATOR.normal(size=(400, 4)) + 2 * ATTRIBUTES - 1
CALLED = LOGITS >= 0
TRUE_SHARES = GENERATOR.random((30_000, 2))
COME_TRUE = (GENERATOR.random(TRUE_SHARES.shape) < TRUE_SHARES).astype(np.uint8)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("f1_half", metrics.f1_score),
        ("majority_accuracy", lambda y, _: max(y.mean(), 1 - y.mean())),
    ],
)
def test_decisions_are_scikit_learns(name, theirs):
    found, expected = (
        decision_scores(LOGITS, ATTRIBUTES),
        [theirs(*c) for c in zip(ATTRIBUTES.T, CALLED.T, strict=True)],
    )
    np.testing.assert_allclose(found.arrays[name], expected)
    assert found[name] == pytest.approx(np.mean(expected))


def test_pooled_f1_is_scikit_learns():
    expected = metrics.f1_score(ATTRIBUTES, CALLED, average="micro")
    assert decision_scores(LOGITS, ATTRIBUTES)["f1_half_micro"] == pytest.approx(expected)


def test_nothing_called_positive_is_zero():
    found = decision_scores(np.full_like(LOGITS, -1.0), ATTRIBUTES)
    assert (found["f1_half"], found["f1_half_micro"], found["balanced_accuracy"]) == (0.0, 0.0, 0.5)
    assert found["accuracy"] == pytest.approx((1 - ATTRIBUTES).mean())


@pytest.mark.parametrize("value", [0, 1])
def test_an_attribute_of_one_value_has_an_accuracy_and_nothing_else(value):
    attributes = ATTRIBUTES.copy()
    attributes[:, 1] = value
    found = decision_scores(LOGITS, attributes)
    assert found["attributes_undefined"] == 1
    assert np.isnan(found.arrays["f1_half"]).tolist() == [False, True, False, False]
    assert not np.isnan(found.arrays["accuracy"]).any()
    others = decision_scores(LOGITS[:, [0, 2, 3]], attributes[:, [0, 2, 3]])
    assert found["balanced_accuracy"] == others["balanced_accuracy"]
    assert found["f1_half_micro"] == others["f1_half_micro"]


def test_only_attributes_of_one_value_is_nan_with_a_reason():
    found = decision_scores(LOGITS, np.zeros_like(ATTRIBUTES))
    assert set(found.reasons) == {"balanced_accuracy", "f1_half", "f1_half_micro"}
    assert found["majority_accuracy"] == 1.0


def test_probabilities_that_come_true_are_calibrated():
    assert calibration_error(logit(TRUE_SHARES), COME_TRUE)["calibration_error"] < 0.01


def test_known_errors():
    sure = calibration_error(np.full((1000, 1), 40.0), np.zeros((1000, 1)))
    assert sure["calibration_error"] == pytest.approx(1.0)
    shifted = calibration_error(logit(TRUE_SHARES * 0.5), COME_TRUE)
    assert shifted["calibration_error"] == pytest.approx(0.25, abs=0.01)


def test_bins_are_of_equal_counts():
    order = np.argsort(TRUE_SHARES[:, 0])
    share, true = TRUE_SHARES[order, 0] ** 2, COME_TRUE[order, 0]
    gaps = [abs(s.mean() - t.mean()) for s, t in zip(np.split(share, 15), np.split(true, 15), strict=True)]
    found = calibration_error(logit(TRUE_SHARES**2), COME_TRUE).arrays["calibration_error"][0]
    assert found == pytest.approx(np.mean(gaps))


def test_what_cannot_be_scored_is_refused():
    for measure in (decision_scores, calibration_error):
        with pytest.raises(ValueError, match="nan or infinity"):
            measure(np.full_like(LOGITS, np.nan), ATTRIBUTES)
        with pytest.raises(ValueError, match="0 or 1"):
            measure(LOGITS, 2 * ATTRIBUTES)
