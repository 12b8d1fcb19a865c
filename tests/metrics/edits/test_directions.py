"""Probes of factors and steps along them, on codes whose directions are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax

from diffrep.metrics.edits.directions import PENALTY, moved, softmax_probe, standardised, steps, top_dims

RNG = np.random.default_rng(0)
N, D, VALUES = 600, 5, 4
FACTOR = RNG.integers(0, VALUES, N)
CODES = RNG.normal(size=(N, D))
CODES[:, 2] += 2.0 * FACTOR
CODES[:, 4] *= 100.0


def test_the_weights_are_the_minimum_of_the_penalised_likelihood():
    """scikit-learn's softmax against a plain minimisation of the same loss."""
    x = standardised(CODES)

    def loss(flat):
        weights, bias = flat[: VALUES * D].reshape(VALUES, D), flat[VALUES * D :]
        likelihood = log_softmax(x @ weights.T + bias, axis=1)[np.arange(N), FACTOR].sum()
        return -likelihood + (weights**2).sum() / (2 * PENALTY)

    expected = minimize(loss, np.zeros(VALUES * (D + 1)), method="L-BFGS-B", options={"maxiter": 5000}).x
    found, _ = softmax_probe(CODES, FACTOR, count=VALUES)
    np.testing.assert_allclose(found, expected[: VALUES * D].reshape(VALUES, D), atol=0.02)


def test_centres_are_the_means_of_standardised_codes():
    _, centres = softmax_probe(CODES, FACTOR, count=VALUES)
    np.testing.assert_allclose(centres[1], standardised(CODES)[FACTOR == 1].mean(0))


def test_the_scale_and_place_of_a_code_play_no_part():
    first, second = softmax_probe(CODES, FACTOR, count=VALUES), softmax_probe(7 * CODES - 3, FACTOR, count=VALUES)
    np.testing.assert_allclose(first, second, atol=1e-3)


def test_two_values_have_one_direction_and_its_opposite():
    weights, _ = softmax_probe(CODES, (FACTOR > 1).astype(int), count=2)
    np.testing.assert_allclose(weights[0], -weights[1])
    assert top_dims(weights, 1) == [2]


def test_a_value_that_never_occurs_has_no_direction():
    weights, centres = softmax_probe(CODES, FACTOR, count=VALUES + 1)
    assert np.isnan(weights[VALUES]).all()
    way = steps(weights, centres, np.array([0, 0]), np.array([VALUES, 1]))
    assert not way[0].any()
    assert way[1].any()


def test_a_factor_of_one_value_moves_nothing():
    weights, centres = softmax_probe(CODES, np.zeros(N, int), count=2)
    assert not steps(weights, centres, np.array([0]), np.array([1])).any()


@pytest.mark.parametrize(("source", "wanted"), [(0, 1), (0, 3), (3, 1)])
def test_a_step_leads_from_one_centre_to_the_other(source, wanted):
    """One dimension tells the factor, so the way is along it, and longer for values farther apart."""
    way = steps(*softmax_probe(CODES, FACTOR, count=VALUES), np.array([source]), np.array([wanted]))[0]
    expected = 2.0 * (wanted - source) / CODES[:, 2].std()
    assert way[2] == pytest.approx(expected, rel=0.15)
    assert np.abs(np.delete(way, 2)).max() < 0.25 * abs(way[2])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 9))
def test_the_largest_weights_are_kept_and_no_others(seed, dims):
    rng = np.random.default_rng(seed)
    weights, centres = rng.normal(size=(2, 3, 6))
    source, wanted = np.array([0, 1]), np.array([1, 2])
    kept, dense = (steps(weights, centres, source, wanted, dims=n) for n in (dims, None))
    assert ((kept != 0).sum(1) == min(dims, 6)).all()
    for few, all_ in zip(kept, dense, strict=True):
        chosen = few != 0
        size = np.abs(all_)
        assert chosen.all() or size[chosen].min() >= size[~chosen].max()
        np.testing.assert_allclose(np.sign(few[chosen] / all_[chosen]), np.sign(few[chosen] / all_[chosen])[0])


def test_moving_by_nothing_changes_nothing_and_a_constant_dimension_stays():
    codes = CODES[:4].copy()
    step, deviation = np.ones((4, D)), CODES.std(0)
    deviation[0] = 0.0
    np.testing.assert_array_equal(moved(codes, step, 0.0, deviation), codes)
    np.testing.assert_array_equal(moved(codes, step, 2.0, deviation)[:, 0], codes[:, 0])


def test_top_dims_come_in_order_and_are_no_more_than_there_are():
    assert top_dims(np.array([[0.1, 3.0, -2.0]]), 2).tolist() == [1, 2]
    assert top_dims(np.ones((2, 3)), 9).tolist() == [0, 1, 2]
