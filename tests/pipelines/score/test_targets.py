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
    assert notes == ["factors taken by the rank of their values, not being whole numbers of 64 bits: columns 0 (4)"]


def test_words_are_classes():
    (found,), notes = made("factors", factors=WORDS[CLASSES])
    np.testing.assert_array_equal(found, np.searchsorted(np.sort(WORDS), WORDS[CLASSES]))
    assert "columns 0 (4), 1 (4)" in notes[0]


def in_objects(*columns):
    """Columns of one table, each with values of its own kind, as a .csv gives them."""
    return np.array([list(column) for column in columns], dtype=object).T


def test_a_column_of_words_leaves_numbers_beside_it_as_they_are():
    many = np.arange(600) % 300
    words, large = WORDS[many % 4], 2**60 + many % 2
    (found,), notes = made("factors", factors=in_objects(many.tolist(), words.tolist(), large.tolist()))
    np.testing.assert_array_equal(found, np.column_stack([many, np.searchsorted(np.sort(WORDS), words), large]))
    assert notes == ["factors taken by the rank of their values, not being whole numbers of 64 bits: columns 1 (4)"]


def test_numbers_in_words_keep_the_order_of_numbers():
    """numpy makes words of all columns where one holds words."""
    sizes = np.arange(60) % 12
    (found,), notes = made("factors", factors=np.column_stack([sizes.astype(str), WORDS[CLASSES[:, 0]]]))
    np.testing.assert_array_equal(found[:, 0], sizes)
    assert notes[0] == "factors in words that are numbers, taken for numbers: columns 0"


@pytest.mark.parametrize("scale", [1e-30, 1e-7, 1.0, 1e5 / 7])
def test_the_scale_of_a_column_changes_no_rank(scale):
    hues = scale * (HUES + 0.05)[CLASSES]
    (train, test), _ = made("factors", factors_train=hues[:30].astype(np.float32), factors_test=hues[30:])
    np.testing.assert_array_equal(np.concatenate([train, test]), CLASSES)


def test_small_values_are_no_constant():
    (found,), _ = made("factors", factors=1e-7 * CLASSES)
    np.testing.assert_array_equal(found, CLASSES)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1e19, 2e19, 3e19, -4e30], float), ([2**63, 2**63 + 1, 5, 2**64 - 1], "u8"), ([2**63, 2, 3, 2**63 + 1], "O")],
)
def test_whole_numbers_beyond_64_bits_go_by_rank(values, dtype):
    (found,), notes = made("factors", factors=np.array(values, dtype)[CLASSES])
    np.testing.assert_array_equal(found, np.argsort(np.argsort(values))[CLASSES])
    assert "whole numbers of 64 bits: columns 0 (4), 1 (4)" in notes[0]


def test_numbers_that_are_nearly_the_same_are_one_class():
    thirds = np.array([0.1, 0.3, 2 / 3, 9.123456789])[CLASSES]
    noisy = np.where(np.arange(60)[:, None] % 2, thirds, thirds.astype(np.float32))
    (found,), _ = made("factors", factors=noisy)
    np.testing.assert_array_equal(found, CLASSES)


def test_attributes_in_objects_are_numbers():
    (found,), _ = made("attributes", a=in_objects([True, False] * 30, [0, 1.0] * 30))
    np.testing.assert_array_equal(found, [[1, 0], [0, 1]] * 30)


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
        ("factors", in_objects([1, 2, None] * 20, ["a"] * 60), r"mine holds None at \[2, 0\]; give every row a label"),
        ("factors", in_objects(["a", np.nan] * 30), r"mine holds nan at \[1, 0\]; give every row a label"),
        ("factors", in_objects([1, np.inf] * 30), r"mine holds inf at \[1, 0\]; factors are classes"),
        ("factors", np.array([["a"], [" "]] * 30), r"mine holds ' ' at \[1, 0\]; give every row a label"),
        ("factors", np.array([["a", "1"], ["nan", "2"]] * 30), r"mine holds 'nan' at \[1, 0\]; give every row a"),
        ("factors", np.array([["2"], ["None"]] * 30), r"mine holds 'None' at \[1, 0\]; give every row a label"),
        ("factors", in_objects([{1}] * 60), r"mine holds objects in column 0; give numbers or words"),
        ("attributes", in_objects([0, np.nan] * 30), r"mine holds nan at \[1, 0\]; attributes are 0 and 1"),
    ],
)
def test_what_is_no_class_is_one_line(kind, array, told):
    with pytest.raises(UserError, match=told):
        whole_numbers({"mine": array}, kind)


def test_numbers_in_one_part_and_words_in_the_other_are_one_line():
    with pytest.raises(UserError, match=r"^b holds words in column 0 and a numbers; give both parts alike$"):
        whole_numbers({"a": CLASSES, "b": WORDS[CLASSES]}, "factors")
