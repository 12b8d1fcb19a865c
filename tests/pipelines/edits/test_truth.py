"""True counterfactuals of rendered rooms, and which cases are asked about."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.metrics.edits.exact import changed_pixels
from diffrep.pipelines.edits.truth import differing, one_each, redrawing, true_images

ROOMS = Shapes3DRendered(size=16, nuisance=True, train=4, valid=2, test=30, seed=0)
FACTORS = ROOMS.factors(np.arange(len(ROOMS)))
IMAGES = ROOMS.images(np.arange(len(ROOMS)))


def test_a_source_that_has_the_donors_value_is_its_own_truth():
    truth = true_images(ROOMS, FACTORS, FACTORS, np.zeros(len(FACTORS), int))
    np.testing.assert_array_equal(truth, IMAGES)


@pytest.mark.parametrize("factor", range(6))
def test_only_what_the_factor_shows_is_changed(factor):
    donor = np.roll(FACTORS, 1, axis=0)
    truth = true_images(ROOMS, FACTORS, donor, np.full(len(FACTORS), factor))
    changed = changed_pixels(truth, IMAGES).mean((1, 2))
    assert not changed[FACTORS[:, factor] == donor[:, factor]].any()
    assert changed.max() < 1  # pan, light and noise are the source's own: most pixels keep theirs to the bit


def test_a_hue_of_the_floor_leaves_the_wall_alone():
    donor = np.roll(FACTORS, 1, axis=0)
    floor, wall = (changed_pixels(true_images(ROOMS, FACTORS, donor, np.full(len(donor), k)), IMAGES) for k in (0, 1))
    assert (floor & wall).mean() < 0.05  # the edge between both


SMALL = arrays(np.int64, (7, 4), elements=st.integers(0, 2))


@settings(max_examples=50, deadline=None)
@given(first=SMALL, second=SMALL)
def test_one_factor_is_chosen_of_each_row_that_differs(first, second):
    rows, factor = one_each(first, second)
    assert (first[rows, factor] != second[rows, factor]).all()
    assert rows.tolist() == np.flatnonzero((first != second).any(1)).tolist()
    assert set(zip(rows, factor, strict=True)) <= set(zip(*differing(first, second), strict=True))


def test_factors_take_turns_where_all_differ():
    _, factor = one_each(np.zeros((8, 4), int), np.ones((8, 4), int))
    assert factor.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]


def test_photographs_have_no_truth(small_params):
    small_params["datasets"]["fashion_mnist"] = {"size": 32}
    assert redrawing(small_params, "fashion_mnist") is None
    assert redrawing(small_params, "shapes3d_rendered").image_shape == (3, 16, 16)
