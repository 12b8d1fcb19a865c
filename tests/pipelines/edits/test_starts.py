"""Every image is drawn from the start that belongs to its own code: with another image's it would not come back."""

import numpy as np
import painted
import pytest

from diffrep.datasets.pixels import image_bytes
from diffrep.pipelines.edits.drift import composition
from diffrep.pipelines.edits.interpolation import code_interpolations
from diffrep.pipelines.edits.scenes import one_scene_each
from diffrep.pipelines.edits.swaps import decode_swaps
from diffrep.pipelines.edits.truth_scores import reachable_errors


@pytest.fixture(scope="module")
def session():
    return painted.session(painted.Residual())


def test_sources_come_back_from_their_own_codes(session):
    np.testing.assert_array_equal(image_bytes(session.original), session.images(session.a))
    pairs = np.arange(len(session.a))
    np.testing.assert_array_equal(session.decode(session.source_codes(pairs), pairs), session.original)


def test_a_swap_of_all_parts_keeps_what_no_part_tells(session):
    swaps = decode_swaps(session)
    bands = painted.Painter().bands
    pairs = np.arange(session.settings.pairs)
    expected = bands(session.original[pairs])[:, painted.BANDS :]
    np.testing.assert_allclose(bands(swaps.donor)[:, painted.BANDS :], expected, atol=0.01)


def test_the_whole_way_ends_at_the_donor(session):
    paths = code_interpolations(session, painted.oracle())
    ends = image_bytes(paths.images[-1])
    donors = session.images(session.b[paths.targets.pairs])
    assert np.abs(ends.astype(int) - donors).max() <= 1


def test_true_images_and_null_edits_are_drawn_from_their_own_starts(session):
    known = one_scene_each(session, painted.SCENE, session.judged)
    assert reachable_errors(session, known)["exact_mse_reachable"] == 0
    assert composition(session) == {"composition_1": 0, "composition_10": 0}
