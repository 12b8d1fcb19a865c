"""Edits against the true scene: perfect, missing and wrong ones, and which part comes nearest."""

import numpy as np
import painted
import pytest

from diffrep.metrics.images import effnet_lite0
from diffrep.pipelines.edits.scenes import Scenes, all_scenes
from diffrep.pipelines.edits.swaps import decode_swaps
from diffrep.pipelines.edits.truth_scores import (
    EDIT_ERRORS,
    FACTORS_MOVED,
    PERCEPTUAL_ERRORS,
    REACHABLE_ERRORS,
    edit_errors,
    parts_by_truth,
    reachable_errors,
    swap_images,
)


@pytest.fixture(scope="module")
def session():
    return painted.session()


@pytest.fixture(scope="module")
def known(session):
    return all_scenes(session, painted.SCENE, session.judged)


def test_the_truth_itself_makes_all_of_the_change_and_breaks_nothing(known):
    found = edit_errors(known, known.truth, seed=0)
    assert set(found) == set(EDIT_ERRORS)
    assert (found["exact_mse"], found["exact_gain"], found["exact_spill"]) == (0, 1, 0)


def test_the_null_edit_makes_nothing_and_breaks_nothing(known):
    found = edit_errors(known, known.null, seed=0)
    assert (found["exact_gain"], found["exact_spill"]) == (0, 0)
    assert found["exact_mse_changed"] == found["exact_mse_changed_null"] > 0


def test_arrays_hold_every_case_with_its_pair(known):
    arrays = edit_errors(known, known.null, seed=0).arrays
    np.testing.assert_array_equal(arrays["exact_pair"], known.pairs)
    assert {len(values) for values in arrays.values()} == {len(known.pairs)}


def test_where_everything_has_to_change_nothing_stays(known):
    everything = Scenes(known.pairs, known.factor, 255 - known.source, known.source, known.null)
    found = edit_errors(everything, known.null, seed=0)
    assert found.reasons["exact_mse_stayed"] == "no judged case has such pixels"


def test_without_weights_the_names_are_the_same(known, monkeypatch):
    monkeypatch.setattr(effnet_lite0, "weights_installed", lambda: False)
    found = edit_errors(known, known.truth, seed=0)
    assert set(found) == set(EDIT_ERRORS)
    assert found.reasons == dict.fromkeys(PERCEPTUAL_ERRORS, effnet_lite0.MISSING)


@pytest.mark.parametrize(("deaf", "moved"), [(False, 3), (True, 0)])
def test_the_part_of_a_band_comes_nearest_and_a_deaf_decoder_moves_nothing(deaf, moved):
    session = painted.session(painted.Painter(deaf=deaf))
    found = parts_by_truth(all_scenes(session, painted.SCENE, session.chosen_on), decode_swaps(session), painted.BANDS)
    assert found[FACTORS_MOVED] == moved
    assert deaf or found.arrays["assigned_by_truth"].tolist() == [0, 1, 2]


def test_a_case_is_shown_the_swap_of_the_part_that_serves_its_factor(session, known):
    images = swap_images(known, decode_swaps(session), np.array([0, 1, 2]))
    assert np.abs(images.astype(int) - known.truth).max() <= 1
    wrong = swap_images(known, decode_swaps(session), np.array([1, 2, 0]))
    assert np.abs(wrong.astype(int) - known.truth).max() > 1


def test_a_true_scene_can_be_drawn_again(session, known):
    found = reachable_errors(session, known)
    assert found == dict.fromkeys(REACHABLE_ERRORS, 0)
