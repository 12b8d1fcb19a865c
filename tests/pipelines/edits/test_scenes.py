"""The true outcomes of edits: nothing but the one factor has changed, and each case is of its own pair."""

import numpy as np
import painted
import pytest
from even import EVEN

from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.metrics.edits.exact import changed_pixels
from diffrep.pipelines.edits.scenes import true_images, truths
from diffrep.pipelines.edits.targets import oracle_targets

ROOMS = Shapes3DRendered(size=16, nuisance=True, joint=EVEN, train=4, valid=2, test=30, seed=0)
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


def test_cases_are_of_the_pairs_that_are_asked_about():
    session, scene = painted.session(), painted.SCENE
    oracle = painted.oracle(2, 0)
    targets = oracle_targets(session, oracle, session.judged)
    known = truths(session, scene, oracle, targets)
    assert set(known.chosen_on.pairs) <= set(session.chosen_on)
    for found in (known.judged, known.single, known.targeted):
        assert set(found.pairs) <= set(session.judged)
    assert len(known.judged.pairs) > len(known.single.pairs) == len(set(known.single.pairs))
    np.testing.assert_array_equal(known.targeted.factor, np.array([2, 0])[targets.factor])


def test_without_targets_there_are_none_of_theirs():
    session, scene = painted.session(), painted.SCENE
    assert truths(session, scene, painted.blind_oracle(), None).targeted is None
