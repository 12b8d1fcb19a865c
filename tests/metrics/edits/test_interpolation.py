"""Paths whose direction and way are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from diffrep.metrics.edits.interpolation import monotonicity, smoothness

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param([-9, -1, 0, 0.1, 50], 1, id="rising, however steep"),
        pytest.param([50, 3, 2, -1, -9], -1, id="falling"),
        pytest.param([0, 1, 0, 1, 0], 0, id="to and fro"),
        pytest.param([0, 0, 0, 0, 1], np.sqrt(0.5), id="one jump at the end"),
    ],
)
def test_known_paths(path, expected):
    assert monotonicity(np.array([path]))["monotonicity"] == pytest.approx(expected)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 8), st.integers(2, 7), st.integers(2, 5))
def test_as_scipy(seed, m, steps, values):
    logits = np.random.default_rng(seed).integers(0, values, size=(m, steps))  # with ties
    found = monotonicity(logits)
    constant = (logits == logits[:, :1]).all(1)
    assert found["constant_paths"] == constant.sum()
    expected = [
        np.nan if c else spearmanr(np.arange(steps), path).statistic for c, path in zip(constant, logits, strict=True)
    ]
    np.testing.assert_allclose(found.arrays["monotonicity"], expected, atol=1e-12)


def test_no_order_is_no_correlation():
    assert monotonicity(RNG.normal(size=(4000, 5)))["monotonicity"] == pytest.approx(0, abs=0.03)


def test_constant_paths_are_counted_and_left_out():
    found = monotonicity(np.array([[1.0, 1, 1], [1, 2, 3], [5, 5, 5]]))
    assert found == {"monotonicity": 1, "constant_paths": 2}
    still = monotonicity(np.zeros((2, 3)))
    assert np.isnan(still["monotonicity"])
    assert still.reasons == {"monotonicity": "no path moves"}


def test_straight_paths_in_any_space_have_smoothness_one():
    a, b = RNG.normal(size=(2, 6, 30))
    points = np.stack([a + t * (b - a) for t in (0, 0.1, 0.5, 0.7, 1)])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=2).T
    assert smoothness(np.linalg.norm(b - a, axis=1), steps)["smoothness"] == pytest.approx(1)


def test_a_right_angle():
    assert smoothness(np.array([5.0]), np.array([[3.0, 4.0]]))["smoothness"] == pytest.approx(5 / 7)


def test_each_path_counts_the_same_whatever_its_length():
    assert smoothness(np.array([100.0, 0.0]), np.array([[50.0, 50.0], [1.0, 1.0]]))["smoothness"] == 0.5


def test_what_does_not_move_is_left_out():
    found = smoothness(np.array([0.0, 1.0]), np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert found == {"smoothness": 0.5, "constant_paths": 1}
    assert np.isnan(found.arrays["smoothness"][0])
    assert np.isnan(smoothness(np.zeros(3), np.zeros((3, 4)))["smoothness"])


def test_squares_are_refused():
    with pytest.raises(ValueError, match="give lengths"):
        smoothness(np.array([16.0]), np.ones((1, 4)))  # straight, measured by squared distance


def test_rounding_does_not_pass_one():
    assert smoothness(np.array([1.0 + 1e-7]), np.array([[0.5, 0.5]]))["smoothness"] == 1


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: monotonicity(np.array([[1.0, np.inf]])), id="infinite"),
        pytest.param(lambda: monotonicity(np.zeros((3, 1))), id="one step"),
        pytest.param(lambda: monotonicity(np.zeros((0, 4))), id="no paths"),
        pytest.param(lambda: smoothness(np.zeros(2), np.zeros((3, 4))), id="other paths"),
        pytest.param(lambda: smoothness(np.zeros(2), -np.ones((2, 4))), id="negative"),
    ],
)
def test_refused(call):
    with pytest.raises(ValueError, match="give"):
        call()
