"""Scores of swapped ranges on readings whose answer is known."""

import numpy as np
import pytest

from diffrep.metrics.edits.counterfactual import assign, rates
from diffrep.metrics.edits.ranges import range_scores

RNG = np.random.default_rng(0)
Y_A = RNG.integers(0, 4, (40, 4))
Y_B = (Y_A + RNG.integers(1, 4, (40, 4))) % 4  # another value of every factor


def swapped(*held: tuple[int, ...]) -> np.ndarray:
    """The readings [r, 40, 4] of ranges that hold these factors and bring them whole."""
    return np.stack([np.where(np.isin(np.arange(4), own), Y_B, Y_A) for own in held])


def scored(y_cf: np.ndarray, **given) -> dict[str, list[float]]:
    judged = rates(Y_A, Y_B, y_cf, Y_A)
    found = range_scores(judged, assign(judged.arrived[0]), **given)
    return {name: values[0].tolist() for name, values in found.items()}


def test_ranges_that_share_the_factors_out_are_perfect():
    assert [*scored(swapped((0, 3), (1,), (2,))).values()] == [[1, 1, 1]] * 3


def test_a_factor_that_two_ranges_bring_is_damage_of_the_second():
    found = scored(swapped((0, 3), (1, 3), (2,)))
    assert found["efficacy"] == [1, 1, 1]
    assert found["preservation"] == pytest.approx([1, 2 / 3, 1])
    assert found["faithfulness"] == pytest.approx([1, 0.8, 1])


def test_one_range_that_brings_everything_is_not_called_faithful():
    found = scored(swapped((0, 1, 2, 3), (), ()))
    np.testing.assert_array_equal(found["efficacy"], [1, np.nan, np.nan])
    np.testing.assert_array_equal(found["preservation"], [np.nan, 1, 1])
    assert np.isnan(found["faithfulness"]).all()


def test_a_decoder_that_ignores_its_code_brings_nothing():
    judged = rates(Y_A, Y_A, swapped((), ()), Y_A)  # no two decodes differ, the images do
    found = range_scores(judged, assign(judged.arrived[0]))
    assert (found["efficacy"][0, 0], found["faithfulness"][0, 0]) == (0, 0)


def test_what_goes_with_a_served_factor_by_nature_is_no_damage():
    counted = np.ones((4, 4), bool)
    counted[1, 3] = False
    found = scored(swapped((0, 3), (1, 3), (2,)), counted=counted)
    assert found["preservation"] == [1, 1, 1]


def test_resamples_are_scored_each_by_itself():
    half = np.concatenate([np.ones(20), np.zeros(20)])
    y_cf = swapped((0, 1), (2, 3))
    y_cf[:, 20:] = Y_A[20:]
    judged = rates(Y_A, Y_B, y_cf, Y_A, weights=np.stack([half, 1 - half]))
    found = range_scores(judged, np.array([0, 0, 1, 1]))
    np.testing.assert_array_equal(found["efficacy"], [[1, 1], [0, 0]])
