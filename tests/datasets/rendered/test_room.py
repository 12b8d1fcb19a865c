"""The rendered room: its order, its exactness, and what nuisance and edits may touch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrep.datasets.rendered import raycast, room
from diffrep.datasets.rendered.solids import CAPSULE_HEIGHT, CAPSULE_RADIUS, SOLIDS

SIZE = 16
INDEX = np.random.default_rng(0).choice(room.COUNT, 100, replace=False)
FACTORS = room.factors_of(INDEX)


def picture(factors: np.ndarray, nuisance: room.Nuisance | None) -> np.ndarray:
    return room.render(factors, nuisance, size=SIZE)


@given(st.lists(st.integers(0, room.COUNT - 1), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_index_and_factors_round_trip(index):
    assert room.index_of(room.factors_of(np.array(index))).tolist() == index


@pytest.mark.parametrize(
    ("index", "factors"),
    [
        (0, [0, 0, 0, 0, 0, 0]),
        (1, [0, 0, 0, 0, 0, 1]),
        (15, [0, 0, 0, 0, 1, 0]),
        (60, [0, 0, 0, 1, 0, 0]),
        (480, [0, 0, 1, 0, 0, 0]),
        (4_800, [0, 1, 0, 0, 0, 0]),
        (48_000, [1, 0, 0, 0, 0, 0]),
        (479_999, [9, 9, 9, 7, 3, 14]),
    ],
)
def test_order_is_the_original_files(index, factors):
    assert room.factors_of(np.array([index])).tolist() == [factors]


@pytest.mark.parametrize("index", [-1, room.COUNT])
def test_index_out_of_range_is_named(index):
    with pytest.raises(ValueError, match=f"got {index}$"):
        room.factors_of(np.array([0, index]))


def test_factor_out_of_range_is_named():
    with pytest.raises(ValueError, match="shape goes from 0 to 3: got 4"):
        picture(np.array([[0, 0, 0, 0, 4, 0]]), None)


def test_factors_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"got shape \(1, 5\)"):
        room.index_of(np.zeros((1, 5), int))


@pytest.mark.parametrize("row", range(4))
def test_maps_times_colours_is_what_rays_of_colour_give(row):
    """Every ray coloured by itself, in double precision, then averaged: no maps, no linearity."""
    floor, wall, thing, scale, shape, view = FACTORS[row]
    eye, rays = raycast._camera(raycast.VIEWS[view], SIZE, SIZE)
    empty = raycast._empty_room(eye, rays)
    light = raycast._furnish(*empty, eye, rays, lambda o, d: SOLIDS[shape](o, d, raycast.SCALES[scale]))
    surface = light[:3].argmax(0)
    hues = room.HUES[[floor, wall, thing]].astype(float)
    coloured = hues[surface] * light[:3].max(0)[:, None] + light[3][:, None]
    averaged = coloured.reshape(SIZE, raycast.RAYS, SIZE, raycast.RAYS, 3).mean((1, 3))
    expected = np.clip(255 * averaged, 0, 255)
    assert np.abs(picture(FACTORS[row : row + 1], None)[0] - expected).max() <= 0.501


def test_every_ray_meets_exactly_one_surface():
    eye, rays = raycast._camera(raycast.VIEWS[3], SIZE, SIZE + 2)
    empty = raycast._empty_room(eye, rays)
    light = raycast._furnish(*empty, eye, rays, lambda o, d: SOLIDS[2](o, d, 1.0))
    assert ((light[:3] > 0).sum(0) == 1).all()


def test_margin_widens_the_view_and_changes_nothing_inside():
    wide, tight = raycast.light_maps(8, 2)[3, 1, 5], raycast.light_maps(8, 0)[3, 1, 5]
    np.testing.assert_allclose(wide[:, 2:-2, 2:-2], tight, atol=0.07)  # float32 rays at an edge may fall either way
    assert np.isclose(wide[:, 2:-2, 2:-2], tight, atol=1e-5).mean() > 0.98


def test_no_shadow_is_long_enough_to_reach_a_wall():
    tallest = raycast.SCALES[-1] * CAPSULE_HEIGHT
    reach = tallest * np.hypot(*raycast.LIGHT[:2]) / raycast.LIGHT[2] + raycast.SCALES[-1] * CAPSULE_RADIUS
    assert reach < raycast.ROOM


def test_object_grows_with_its_scale():
    maps = raycast.light_maps(SIZE, 1)[:, :, 7, 2].sum((-1, -2))
    assert (np.diff(maps, axis=0) > 0).all()


def test_first_view_is_from_the_left():
    """From the left, the cube shows its left side: darker than the front, to the left of the middle."""
    thing = raycast.light_maps(32, 2)[7, 0, 0, 2]
    assert thing[18, 10] < 0.8 * thing[18, 20]


def test_image_does_not_depend_on_its_batch():
    whole = picture(FACTORS, room.nuisance_of(INDEX))
    alone = np.concatenate([picture(FACTORS[i : i + 1], room.nuisance_of(INDEX[i : i + 1])) for i in range(len(INDEX))])
    np.testing.assert_array_equal(whole, alone)


def test_image_does_not_depend_on_the_order():
    order = np.random.default_rng(1).permutation(len(INDEX))
    shuffled = picture(FACTORS[order], room.nuisance_of(INDEX[order]))
    np.testing.assert_array_equal(shuffled, picture(FACTORS, room.nuisance_of(INDEX))[order])


def test_pan_takes_every_value_alike():
    pan = room.nuisance_of(np.arange(50_000)).pan
    counts = np.bincount((pan[:, 0] + 2) * 5 + pan[:, 1] + 2, minlength=25)
    assert np.abs(counts - 2000).max() < 250


def test_light_stays_in_its_range_and_fills_it():
    light = room.nuisance_of(np.arange(10_000)).light
    assert light.min() == pytest.approx(0.75, abs=1e-3)
    assert light.max() == pytest.approx(1.05, abs=1e-3)
    assert light.mean() == pytest.approx(0.9, abs=5e-3)


def noise(names: np.ndarray) -> np.ndarray:
    """What a room's levels [n, 3072] of [0, 1] have beside the same room without nuisance."""
    rooms = np.repeat(FACTORS[:1], len(names), axis=0)
    noisy = room.Nuisance(np.zeros((len(names), 2), np.int64), np.ones(len(names), np.float32), names)
    levels = room._levels(rooms, noisy, 32) - room._levels(rooms, None, 32)
    return levels.reshape(len(names), -1) / 255


def test_noise_is_standard_normal_times_its_deviation():
    drawn = noise(room.nuisance_of(np.arange(100)).noise) / room.NOISE
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert (drawn**4).mean() == pytest.approx(3, abs=0.05)


def test_noise_of_neighbouring_images_and_pixels_is_unrelated():
    drawn = noise(room.nuisance_of(np.arange(200)).noise)
    images, places = np.corrcoef(drawn), np.corrcoef(drawn[:, 1:].ravel(), drawn[:, :-1].ravel())
    assert np.abs(images[np.triu_indices(200, 1)]).max() < 0.1  # 5.5 standard errors of 19,900 correlations
    assert abs(places[0, 1]) < 0.01


def test_no_two_images_share_their_noise():
    assert len(np.unique(room.nuisance_of(np.arange(room.COUNT)).noise)) == room.COUNT


def test_pan_moves_the_picture_by_whole_pixels():
    still = room.Nuisance(np.zeros((1, 2), int), np.ones(1, np.float32), np.zeros(1, np.uint32))
    moved = still._replace(pan=np.array([[2, -2]]))
    first, second = (room.render(FACTORS[:1], n, size=32).astype(float) for n in (still, moved))
    overlap = np.abs(first[:, 2:, :-2] - second[:, :-2, 2:])
    assert np.percentile(overlap, 99) < 4.5 * 2**0.5 * 255 * room.NOISE
    assert overlap.mean() < 0.5 * np.abs(first - second).mean()


@pytest.mark.parametrize(("factor", "layer"), [(0, 0), (1, 1), (2, 2)])
def test_hue_edit_touches_its_own_surface_only(factor, layer):
    nuisance = room.nuisance_of(INDEX[:1])
    edited = FACTORS[:1].copy()
    edited[0, factor] = (edited[0, factor] + 5) % 10
    changed = (picture(FACTORS[:1], nuisance) != picture(edited, nuisance)).any(-1)[0]
    own = room._maps(FACTORS[:1], nuisance.pan, SIZE)[layer, 0] > 0
    np.testing.assert_array_equal(changed & ~own, False)
    assert changed[own].mean() > 0.9


def test_geometry_edit_keeps_noise_light_and_pan():
    nuisance = room.nuisance_of(INDEX[:1])
    edited = FACTORS[:1].copy()
    edited[0, 3] = 7 - edited[0, 3]
    before, after = picture(FACTORS[:1], nuisance), picture(edited, nuisance)
    same = (room._maps(FACTORS[:1], nuisance.pan, SIZE) == room._maps(edited, nuisance.pan, SIZE)).all((0, 1))
    assert same.mean() > 0.3
    np.testing.assert_array_equal(before[0, same], after[0, same])


def test_odd_sizes_are_drawn_too():
    assert room.render(FACTORS[:2], room.nuisance_of(INDEX[:2]), size=9).shape == (2, 9, 9, 3)


def test_none_leaves_the_picture_clean():
    flat = room._maps(FACTORS[:1], np.zeros((1, 2), int), SIZE)[:, 0]
    full = flat[0] == flat[0].max()
    assert len(np.unique(picture(FACTORS[:1], None)[0][full], axis=0)) == 1
