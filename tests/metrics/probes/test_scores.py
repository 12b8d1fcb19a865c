"""Scores of attributes, against scikit-learn attribute by attribute."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from diffrep.metrics.probes.scores import attribute_scores, auroc, average_precision, best_thresholds

GENERATOR = np.random.default_rng(0)
ATTRIBUTES = (GENERATOR.random((400, 4)) < [0.05, 0.2, 0.5, 0.9]).astype(np.uint8)
LOGITS = GENERATOR.normal(size=(400, 4)) + ATTRIBUTES
VALID = {"valid_logits": LOGITS[:200], "valid_attributes": ATTRIBUTES[:200]}
TEST = LOGITS[200:], ATTRIBUTES[200:]
ROWS = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40)  # many equal logits
TWO_SIDED = ROWS.filter(lambda rows: len({label for _, label in rows}) == 2)


def columns(rows):
    logits, labels = np.array(rows, dtype=float).T
    return logits[:, None], labels[:, None]


@given(TWO_SIDED)
def test_average_precision_is_scikit_learns(rows):
    logits, labels = columns(rows)
    expected = metrics.average_precision_score(labels[:, 0], logits[:, 0])
    assert average_precision(logits, labels).item() == pytest.approx(expected)


@given(TWO_SIDED)
def test_auroc_is_scikit_learns(rows):
    logits, labels = columns(rows)
    assert auroc(logits, labels).item() == pytest.approx(metrics.roc_auc_score(labels[:, 0], logits[:, 0]))


@given(TWO_SIDED)
def test_no_other_threshold_has_a_better_f1(rows):
    logits, labels = columns(rows)
    chosen = metrics.f1_score(labels, logits >= best_thresholds(logits, labels))
    assert chosen >= max(metrics.f1_score(labels, logits >= cut) for cut in np.unique(logits)) - 1e-12


def test_each_attribute_keeps_its_place():
    expected = [metrics.average_precision_score(y, z) for y, z in zip(ATTRIBUTES.T, LOGITS.T, strict=True)]
    np.testing.assert_allclose(average_precision(LOGITS, ATTRIBUTES), expected)


def test_f1_is_scikit_learns_at_the_thresholds_of_the_validation_rows():
    called = LOGITS[200:] >= best_thresholds(LOGITS[:200], ATTRIBUTES[:200])
    result = attribute_scores(*TEST, **VALID)
    expected = [metrics.f1_score(ATTRIBUTES[200:], called, average=kind) for kind in ("macro", "micro")]
    assert [result["f1"], result["f1_micro"]] == pytest.approx(expected)


def test_lift_is_zero_at_prevalence_and_one_at_best():
    result = attribute_scores(ATTRIBUTES, ATTRIBUTES, valid_logits=ATTRIBUTES, valid_attributes=ATTRIBUTES)
    nothing = attribute_scores(0 * LOGITS, ATTRIBUTES, valid_logits=0 * LOGITS, valid_attributes=ATTRIBUTES)
    assert [result["ap_lift"], nothing["ap_lift"]] == pytest.approx([1.0, 0.0])


def test_groups_are_means_of_their_attributes():
    result = attribute_scores(*TEST, **VALID, groups=("a", "b", "a", "b"))
    for name in ("average_precision", "auroc", "f1", "prevalence", "ap_lift"):
        assert result[f"{name}_a"] == pytest.approx(result.arrays[name][[0, 2]].mean())


def test_monotone_logits_change_neither_ap_nor_auroc():
    assert np.array_equal(average_precision(np.exp(LOGITS), ATTRIBUTES), average_precision(LOGITS, ATTRIBUTES))
    assert np.array_equal(auroc(np.exp(LOGITS), ATTRIBUTES), auroc(LOGITS, ATTRIBUTES))


@pytest.mark.parametrize("value", [0, 1])
def test_an_attribute_of_one_class_is_out_of_the_means(value):
    attributes = ATTRIBUTES.copy()
    attributes[200:, 1] = value
    result = attribute_scores(
        LOGITS[200:], attributes[200:], valid_logits=LOGITS[:200], valid_attributes=attributes[:200]
    )
    assert result["attributes_undefined"] == 1
    assert result["average_precision"] == pytest.approx(result.arrays["average_precision"][[0, 2, 3]].mean())


def test_without_a_positive_to_choose_a_threshold_there_is_no_f1():
    attributes = ATTRIBUTES[:200].copy()
    attributes[:, 1] = 0
    result = attribute_scores(*TEST, valid_logits=LOGITS[:200], valid_attributes=attributes)
    assert np.isnan(result.arrays["f1"]).tolist() == [False, True, False, False]
    assert not np.isnan(result.arrays["average_precision"]).any()


def test_nothing_defined_is_nan_with_a_reason():
    ones = np.ones_like(ATTRIBUTES[200:])
    result = attribute_scores(LOGITS[200:], ones, **VALID, groups=("a", "a", "b", "b"))
    assert np.isnan(result["average_precision_b"])
    assert "positive and a negative" in result.reasons["average_precision_b"]


@pytest.mark.parametrize(
    ("logits", "attributes", "said"),
    [
        pytest.param(LOGITS[:, :3], ATTRIBUTES, "must both be", id="shapes"),
        pytest.param(np.full_like(LOGITS, np.nan), ATTRIBUTES, "nan or infinity", id="nan"),
        pytest.param(LOGITS, ATTRIBUTES * 2, "0 or 1", id="not binary"),
    ],
)
def test_what_cannot_be_scored_is_refused(logits, attributes, said):
    with pytest.raises(ValueError, match=said):
        attribute_scores(logits, attributes, **VALID)


def test_groups_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="3 groups"):
        attribute_scores(*TEST, **VALID, groups=("a", "b", "c"))
