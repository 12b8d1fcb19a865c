"""Factors and attributes in the forms that people's files hold them in."""

import numpy as np
import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.targets import whole_numbers

CLASSES = np.random.default_rng(0).integers(0, 4, size=(60, 2))
HUES = np.array([0.0, 0.1, 0.2, 0.3])  # as in 3D Shapes' own labels
WORDS = np.array(["cube", "ball", "pill", "tube"])


def made(kind, **arrays):
    found, notes = whole_numbers(arrays, kind)
    return list(found.values()), notes


def test_whole_numbers_stay_as_they_are():
    (found,), notes = made("factors", factors=CLASSES.astype(float) + 7)
    np.testing.assert_array_equal(found, CLASSES + 7)
    assert (found.dtype, notes) == (np.int64, [])


def test_real_labels_become_the_rank_of_their_value_over_both_parts():
    labels = np.column_stack([HUES[CLASSES[:, 0]], CLASSES[:, 1]])
    labels[:30, 0] = np.where(labels[:30, 0] == 0, 0.1, labels[:30, 0])  # a value that training never has
    (train, test), notes = made("factors", factors_train=labels[:30], factors_test=labels[30:].astype(np.float32))
    np.testing.assert_array_equal(train[:, 0], np.searchsorted(HUES, labels[:30, 0]))
    np.testing.assert_array_equal(test, CLASSES[30:])
    assert notes == ["factors taken by the rank of their values, not being whole numbers: columns 0 (4)"]


def test_words_are_classes():
    (found,), notes = made("factors", factors=WORDS[CLASSES])
    np.testing.assert_array_equal(found, np.searchsorted(np.sort(WORDS), WORDS[CLASSES]))
    assert "columns 0 (4), 1 (4)" in notes[0]


def test_one_vector_is_a_column():
    (found,), notes = made("factors", factors=CLASSES[:, 0])
    assert (found.shape, notes) == ((60, 1), ["factors is one vector: a column"])


@pytest.mark.parametrize("dtype", [np.int8, float])
def test_attributes_of_minus_one_and_one_are_zeros_and_ones(dtype):
    known = CLASSES > 1
    (train, test), notes = made("attributes", a=(2.0 * known[:30] - 1).astype(dtype), b=2 * known[30:] - 1)
    np.testing.assert_array_equal(np.concatenate([train, test]), known)
    assert notes == ["attributes of -1 and 1: -1 taken for 0"]


@pytest.mark.parametrize(
    ("kind", "array", "told"),
    [
        ("attributes", CLASSES - 1, r"mine holds -?\d at \[\d+, \d\]; attributes are 0 and 1, or -1 and 1"),
        ("attributes", WORDS[CLASSES], "mine is of type <U4; give real numbers"),
        ("factors", np.random.default_rng(0).normal(size=(60, 2)), "60 values in 60 rows; factors are classes"),
        ("factors", np.where(CLASSES == 2, np.inf, CLASSES), r"mine holds inf at \[\d+, 0\]"),
        ("factors", CLASSES[:, :0], r"mine has shape \(60, 0\)"),
    ],
)
def test_what_is_no_class_is_one_line(kind, array, told):
    with pytest.raises(UserError, match=told):
        whole_numbers({"mine": array}, kind)
