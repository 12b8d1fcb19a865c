"""Entropy and mutual information against other implementations, and the two ways of binning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import mutual_info_score

from diffrep.metrics.numerics.information import (
    binned_information,
    entropy,
    equal_frequency_bins,
    equal_width_bins,
    mutual_information,
)

LABELS = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 5)), min_size=1, max_size=60).map(np.array)


@given(LABELS)
def test_mutual_information_is_scikit_learns(labels):
    expected = mutual_info_score(labels[:, 0], labels[:, 1])
    assert mutual_information(labels[:, :1], labels[:, 1:]).item() == pytest.approx(expected, abs=1e-12)


@given(LABELS)
def test_entropy_is_scipys(labels):
    expected = [stats.entropy(np.unique(column, return_counts=True)[1]) for column in labels.T]
    np.testing.assert_allclose(entropy(labels), expected, atol=1e-12)


@given(LABELS)
def test_a_variable_tells_its_whole_entropy(labels):
    np.testing.assert_allclose(np.diag(mutual_information(labels, labels)), entropy(labels), atol=1e-12)


def test_each_pair_has_its_place():
    labels = np.random.default_rng(0).integers(0, 4, size=(50, 5))
    shared = mutual_information(labels[:, :2], labels)
    assert shared.shape == (2, 5)
    assert shared[1, 4] == pytest.approx(mutual_info_score(labels[:, 1], labels[:, 4]))


def test_bins_of_equal_width_cover_the_range():
    codes = np.array([[0.0], [0.049], [0.051], [0.5], [0.999], [1.0]])
    assert equal_width_bins(codes)[:, 0].tolist() == [0, 0, 1, 10, 19, 19]


def test_bins_of_equal_frequency_ignore_an_outlier():
    codes = np.append(np.arange(99.0), 1e6)[:, None]
    assert np.bincount(equal_frequency_bins(codes)[:, 0]).tolist() == [5] * 20


def test_equal_values_share_a_bin():
    codes = np.repeat([0.0, 1.0], [70, 30])[:, None]
    assert len(np.unique(equal_frequency_bins(codes))) == 2


def test_what_is_constant_shares_exactly_nothing():
    generator = np.random.default_rng(0)
    factors = generator.integers(5, size=(999, 2))
    codes = np.column_stack([factors[:, 0] + 0.1, np.full(999, 0.1)])
    shared = binned_information(codes, np.column_stack([factors, np.full(999, 3)]))
    assert shared[0, :2] == pytest.approx([mutual_info_score(factors[:, 0], v) for v in factors.T])
    assert not shared[1].any()
    assert not shared[:, 2].any()
