"""Means that count every factor the same, on cases counted as often as a resample has them."""

import numpy as np
import pytest

from diffrep.metrics.means import defined_mean, factor_mean, means_of_factors, ratio

GENERATOR = np.random.default_rng(0)
FACTOR = GENERATOR.integers(3, size=60)
VALUES = np.where(GENERATOR.random(60) < 0.2, np.nan, GENERATOR.normal(size=60))
ROWS = GENERATOR.integers(60, size=(5, 60))
WEIGHTS = np.stack([np.bincount(rows, minlength=60) for rows in ROWS])


def test_weights_are_rows_taken_so_often():
    found = means_of_factors(VALUES, FACTOR, WEIGHTS)
    for b, rows in enumerate(ROWS):
        for factor in range(3):
            own = VALUES[rows][FACTOR[rows] == factor]
            assert found[factor, b] == pytest.approx(np.nanmean(own))


def test_every_factor_counts_the_same():
    values, factor = np.array([1.0] * 9 + [0.0]), np.array([0] * 9 + [1])
    assert factor_mean(values, factor, np.ones((1, 10))).tolist() == [0.5]
    assert factor_mean(values, factor, np.ones((1, 10))) == pytest.approx(values.mean() - 0.4)


def test_factors_without_a_value_are_left_out():
    values, factor = np.array([1.0, np.nan, np.nan]), np.array([0, 1, 1])
    assert factor_mean(values, factor, np.ones((1, 3))).tolist() == [1.0]
    assert np.isnan(factor_mean(values, factor, np.array([[0, 1, 1]]))).tolist() == [True]


def test_nothing_over_nothing_is_nan():
    assert np.isnan(ratio(np.zeros(2), np.array([0.0, 1.0]))).tolist() == [True, False]
    found = defined_mean(VALUES.reshape(6, 10), axis=1)
    assert found == pytest.approx(np.nanmean(VALUES.reshape(6, 10), axis=1))
