"""Swaps of parts: what is decoded of which pair, and what the oracle says of known ones."""

import numpy as np
import painted
import pytest

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.images import effnet_lite0
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.swaps import SWAP_SCORES, SWAP_SIZES, decode_swaps, swap_scores, swap_sizes


@pytest.fixture(scope="module")
def session():
    return painted.session()


@pytest.fixture(scope="module")
def swaps(session):
    return decode_swaps(session)


def bands(images):
    return painted.Painter().bands(images).numpy()


def test_a_swap_brings_the_donors_band_and_no_other(session, swaps):
    for i, part in enumerate(session.parts):
        expected = bands(session.original[: session.settings.pairs])
        expected[:, part] = session.donor_codes(np.arange(session.settings.pairs))[:, part]
        np.testing.assert_allclose(bands(swaps.edited[i]), expected, atol=1e-6)


def test_the_whole_code_of_the_donor_keeps_the_sources_nuisance(session, swaps):
    pairs = np.arange(session.settings.pairs)
    np.testing.assert_allclose(bands(swaps.donor)[:, :3], session.donor_codes(pairs), atol=1e-6)
    np.testing.assert_allclose(bands(swaps.donor)[:, 3], bands(session.original[pairs])[:, 3], atol=1e-6)


def test_the_second_noise_is_the_rows_own_and_another_than_the_first(session, swaps):
    pairs = np.arange(session.settings.pairs)
    other = start_noise(painted.SEED + 1, session.rows(session.a[pairs]), session.data.image_shape)
    np.testing.assert_array_equal(swaps.noise, session.draw(session.source_codes(pairs), other))
    assert np.abs(bands(swaps.noise)[:, 3] - bands(session.original[: len(swaps.noise)])[:, 3]).mean() > 0.01


def test_the_second_noise_is_not_that_which_an_uninvertible_source_starts_from():
    network = painted.Painter()
    network.cannot = {"invert": "says so"}
    session = painted.session(network)
    assert not np.allclose(bands(decode_swaps(session).noise)[:, 3], bands(session.original[:80])[:, 3])


@pytest.mark.parametrize("images", [100, 50])
def test_one_swap_of_each_pair_is_compared_with_real_images_part_after_part(images):
    session = painted.session(images=images)
    swaps = decode_swaps(session)
    assert len(swaps.drawn) == images
    for i in (0, 1, images - 1):
        moved = np.abs(bands(swaps.drawn[i : i + 1]) - bands(session.original[i : i + 1]))[0, :3] > 1e-6
        assert set(np.flatnonzero(moved)) <= set(session.parts[i % len(session.parts)])


def test_one_dimension_for_each_band_is_perfect(session, swaps):
    found = swap_scores(session, painted.oracle(), swaps)
    assert set(found) == set(SWAP_SCORES)
    assert found == dict.fromkeys(SWAP_SCORES, 1.0) | {"distinct_parts": 3.0, "noise_floor": 0.0}
    np.testing.assert_array_equal(found.arrays["assigned"], [0, 1, 2])
    np.testing.assert_array_equal(found.arrays["agreement"], [1, 1, 1])


def test_an_oracle_that_reads_nothing_says_nothing(session, swaps):
    found = swap_scores(session, painted.blind_oracle(), swaps)
    assert set(found) == set(found.reasons) == set(SWAP_SCORES)
    assert len(found.arrays["assigned"]) == 0


def test_sizes_are_of_the_judged_swaps_of_parts_that_serve(session, swaps):
    found = swap_sizes(session, swaps, np.array([-1, 2, -1]))
    edited, null = (image_bytes(images[session.judged]) / 255 for images in (swaps.edited[2], session.original))
    assert found["edit_mse"] == pytest.approx(np.square(edited - null).mean())
    assert set(found) == set(SWAP_SIZES)


def test_where_no_part_serves_there_is_no_size(session, swaps):
    found = swap_sizes(session, swaps, np.full(3, -1))
    assert found.reasons == dict.fromkeys(SWAP_SIZES, "not applicable: no part was assigned to any factor")


def test_without_weights_the_pixels_tell_alone(session, swaps, monkeypatch):
    monkeypatch.setattr(effnet_lite0, "weights_installed", lambda: False)
    found = swap_sizes(session, swaps, np.array([0, 1, 2]))
    assert found["edit_mse"] > 0
    assert found.reasons == {"edit_pd_effnet_lite0": effnet_lite0.MISSING}
