"""Edits along probes on painted bands: how long the step is, what their dimensions are, what they leave alone."""

import dataclasses

import numpy as np
import painted
import pytest

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.edits.kinds import targeted_kinds
from diffrep.pipelines.edits.steering import least_for_half, shifted, steering, strength_for_half, top_codes, ways


@pytest.fixture(scope="module")
def by():
    return steering(painted.session(), painted.oracle())


@pytest.mark.parametrize(
    ("shares", "strength"),
    [
        pytest.param({0.5: 0.1, 1.0: 0.5, 2.0: 0.9}, 1.0, id="the least that is enough"),
        pytest.param({0.5: 0.1, 1.0: 0.4, 2.0: 0.2}, 1.0, id="the most there is, and then it overshoots"),
        pytest.param({0.5: 0.0, 1.0: 0.0}, 0.5, id="nothing ever happens"),
    ],
)
def test_the_strength_flips_half_or_as_many_as_can_be(shares, strength):
    assert least_for_half(shares) == strength


def test_a_whole_step_goes_from_one_value_to_the_other(by):
    """Codes are the bands' levels and probes find them: half a step is half the way, near or far."""
    way = ways(by.probes, by.targets, None) * by.session.codes["train"].std(0)
    rows = np.arange(len(way))
    expected = (by.targets.wanted - by.targets.source) * painted.STEP
    np.testing.assert_allclose(way[rows, by.targets.factor], expected, rtol=0.15)
    way[rows, by.targets.factor] = 0
    assert np.abs(way).max() < 0.1


def test_a_step_is_as_long_as_its_strength_in_deviations_of_training_codes(by):
    way = ways(by.probes, by.targets, None)
    half, whole = (shifted(by.session, by.targets, way, strength) for strength in (0.5, 1.0))
    codes = by.session.source_codes(by.targets.pairs)
    np.testing.assert_allclose(2 * (half - codes), whole - codes, atol=1e-5)
    np.testing.assert_allclose(whole - codes, way * by.session.codes["train"].std(0), atol=1e-5)


def test_images_in_which_the_wanted_value_is_seen_already_do_not_count(by):
    """Half of them show the donor already, and these alone would follow the step."""
    row = np.arange(len(by.tried.pairs))
    showing = row < len(row) // 2
    original = by.session.original.clone()
    original[by.tried.pairs[showing]] = image_tensor(by.session.images(by.session.b[by.tried.pairs[showing]]))
    session = dataclasses.replace(by.session, original=original)
    way = ways(by.probes, by.tried, None) * showing[:, None]
    assert strength_for_half(session, by.oracle, by.tried, way)[1] == 0


def test_a_restricted_step_moves_as_many_dimensions_as_it_may(by):
    assert ((ways(by.probes, by.targets, 1) != 0).sum(1) == 1).all()


def test_the_top_dimension_of_a_band_is_its_own(by):
    moved = top_codes(by.session, by.probes, by.targets) != by.session.source_codes(by.targets.pairs)
    assert moved.any(1).all()
    assert (moved.argmax(1) == by.targets.factor).all()
    assert moved.sum() == len(moved)


def test_sources_are_left_as_they_were(by):
    before = by.session.codes["test"].copy()
    for kind in targeted_kinds(by.session.settings):
        kind.make(by)
    np.testing.assert_array_equal(by.session.codes["test"], before)


def test_strengths_are_tried_on_pairs_that_are_not_judged(by):
    assert not set(by.tried.pairs) & set(by.session.judged)
    assert set(by.targets.pairs) <= set(by.session.judged)


def test_steps_say_how_far_they_go_and_swaps_do_not(by):
    steps = {kind.name: kind.make(by) for kind in targeted_kinds(by.session.settings)}
    assert steps["top"].strength is None
    assert steps["direction"].strength in (0.75, 1.0)  # between two values
    assert steps["direction"].flipped >= 0.5


def test_where_no_pair_differs_there_is_nothing_to_steer():
    assert steering(painted.session(), painted.blind_oracle()) is None
