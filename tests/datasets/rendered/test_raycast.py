"""Rays of the room whose light can be said without casting them."""

import numpy as np
import pytest

from diffrep.datasets.rendered import raycast
from diffrep.datasets.rendered.raycast import AMBIENT, DIRECT, DISTANCE, GLOSS, HEIGHT, LIGHT, ROOM, SHADOW, TARGET

EYE = np.array([[0.0], [-DISTANCE], [HEIGHT]])


def rays(*directions: tuple[float, float, float]) -> np.ndarray:
    """[3, m] of length 1."""
    columns = np.array(directions).T
    return columns / np.linalg.norm(columns, axis=0)


def test_light_is_ambient_and_what_the_lamp_adds():
    assert raycast._lit(np.array([-1, 0, 0.5, 1])) == pytest.approx([AMBIENT, AMBIENT, AMBIENT + DIRECT / 2, 1.05])
    assert np.linalg.norm(LIGHT) == pytest.approx(1, abs=1e-3)


def test_the_camera_stands_before_the_room_and_looks_at_the_target():
    eye, directions = raycast._camera(0.0, 2, 2)
    assert eye.ravel() == pytest.approx([0, -DISTANCE, HEIGHT])
    middle = directions.mean(1)
    assert directions.shape == (3, (2 * raycast.RAYS) ** 2)
    assert middle / middle[1] == pytest.approx([0, 1, (TARGET - HEIGHT) / DISTANCE], abs=2e-3)


def test_rays_go_row_by_row_from_the_top_left_over_the_field_of_view():
    _, directions = raycast._camera(0.0, 1, 1)
    forward = np.array([0, DISTANCE, TARGET - HEIGHT]) / np.hypot(DISTANCE, TARGET - HEIGHT)
    up = np.array([0, -forward[2], forward[1]])
    half = np.tan(np.radians(raycast.FIELD_OF_VIEW / 2))
    first, second, below = directions[:, 0], directions[:, 1], directions[:, raycast.RAYS]
    assert first[0] / (first @ forward) == pytest.approx(-0.75 * half, rel=1e-5)
    assert first @ up / (first @ forward) == pytest.approx(0.75 * half, rel=1e-5)
    assert second[0] / (second @ forward) == pytest.approx(-0.25 * half, rel=1e-5)
    assert below @ up / (below @ forward) == pytest.approx(0.25 * half, rel=1e-5)


def test_a_turned_camera_goes_to_the_right():
    eye, _ = raycast._camera(30.0, 1, 1)
    assert eye.ravel() == pytest.approx([DISTANCE / 2, -DISTANCE * 0.75**0.5, HEIGHT], rel=1e-6)


def test_rays_meet_the_floor_the_back_and_a_side():
    tiny = 1e-9  # no ray lies in a wall's plane
    given = rays((tiny, 4.2, -HEIGHT), (tiny, 1, tiny), (4.0, DISTANCE, -0.5))
    floor, wall, points = raycast._empty_room(EYE, given)
    assert floor == pytest.approx([AMBIENT + DIRECT * LIGHT[2], 0, 0])
    assert wall == pytest.approx([0, AMBIENT - DIRECT * LIGHT[1], AMBIENT])  # the lamp is at the right: no light on it
    assert points[:, 0] == pytest.approx([0, 4.2 - DISTANCE, 0], abs=1e-6)
    assert points[:, 1] == pytest.approx([0, ROOM, HEIGHT], abs=1e-6)
    assert points[:, 2] == pytest.approx([ROOM, -DISTANCE + 0.9 * DISTANCE, HEIGHT - 0.45], abs=1e-6)


def test_an_object_hides_throws_a_shadow_on_the_floor_and_shines():
    """Three rays: the first meets the object where it mirrors the lamp, the second floor in shadow, the third wall."""
    given = rays((0.1, 1, -0.5), (0.2, 1, -0.5), (0.3, 1, 0.1))
    halfway = raycast._unit(LIGHT - given[:, 0])
    floor, wall, points = np.array([0.5, 0.8, 0]), np.array([0, 0, 0.6]), np.zeros((3, 3))

    def solid(origins, directions):
        if origins is EYE:
            return np.array([1.0, np.inf, np.inf]), np.tile(halfway[:, None], 3)
        return np.zeros(directions.shape[1]), np.zeros_like(directions)  # whatever looks to the lamp is blocked

    layers = raycast._furnish(floor, wall, points, EYE, given, solid)
    assert layers[0] == pytest.approx([0, 0.8 * SHADOW, 0])
    assert layers[1] == pytest.approx([0, 0, 0.6])
    assert layers[2] == pytest.approx([AMBIENT + DIRECT * halfway @ LIGHT, 0, 0])
    assert layers[3] == pytest.approx([GLOSS, 0, 0], rel=1e-4)


def test_maps_are_of_all_geometries_bounded_and_read_only():
    maps = raycast.light_maps(4, 1)
    assert maps.shape == (8, 4, 15, 4, 6, 6)
    assert maps.min() >= 0
    assert maps.max() <= AMBIENT + DIRECT + 1e-6
    with pytest.raises(ValueError, match="read-only"):
        maps[:] = 0


def test_a_ball_covers_the_same_pixels_from_every_side():
    covered = raycast.light_maps(8, 0)[4, 2, :, 2] > 0
    assert (covered == covered[7]).all()
    assert (covered[7] == covered[7, :, ::-1]).all()
