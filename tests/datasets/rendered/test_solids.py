"""Rays whose meeting point with a solid is known without casting them."""

import numpy as np
import pytest

from diffrep.datasets.rendered import solids

FORWARD = np.array([[0.0], [1.0], [0.0]])


def eye(height: float, x: float = 0.0) -> np.ndarray:
    return np.array([[x], [-5.0], [height]])


@pytest.mark.parametrize(
    ("solid", "height", "front"),
    [
        pytest.param(solids.cube, 0.5, solids.CUBE_SIDE / 2, id="cube"),
        pytest.param(solids.cylinder, 0.5, solids.CYLINDER_RADIUS, id="cylinder"),
        pytest.param(solids.sphere, solids.SPHERE_RADIUS, solids.SPHERE_RADIUS, id="sphere at its middle"),
        pytest.param(solids.capsule, 1.0, solids.CAPSULE_RADIUS, id="capsule's side"),
    ],
)
def test_ray_straight_ahead_meets_the_front(solid, height, front):
    distance, normal = solid(eye(height), FORWARD, 1.0)
    assert distance == pytest.approx(5 - front)
    assert normal.ravel() == pytest.approx([0, -1, 0])


@pytest.mark.parametrize(
    ("solid", "top"),
    [
        (solids.cube, solids.CUBE_SIDE),
        (solids.cylinder, solids.CYLINDER_HEIGHT),
        (solids.sphere, 2 * solids.SPHERE_RADIUS),
        (solids.capsule, solids.CAPSULE_HEIGHT),
    ],
)
def test_ray_from_above_meets_the_top(solid, top):
    above, down = np.array([[0.01], [0.02], [9.0]]), np.array([[0.0], [0.0], [-1.0]])
    distance, normal = solid(above, down, 1.25)
    assert distance == pytest.approx(9 - 1.25 * top, abs=1e-3)
    assert normal[2] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("solid", solids.SOLIDS)
def test_ray_beside_the_solid_misses(solid):
    assert np.isinf(solid(eye(0.5, x=1.5), FORWARD, 1.0)[0])


@pytest.mark.parametrize("solid", solids.SOLIDS)
def test_solid_behind_the_eye_is_not_met(solid):
    assert np.isinf(solid(-eye(-0.5), FORWARD, 1.0)[0])


@pytest.mark.parametrize("solid", solids.SOLIDS)
def test_normals_have_length_one_and_face_the_eye(solid):
    rng = np.random.default_rng(0)
    rays = np.array([[0.0], [5.0], [-1.5]]) + rng.uniform(-1, 1, (3, 500))
    rays /= np.linalg.norm(rays, axis=0)
    distance, normal = solid(eye(2.5), rays, 1.0)
    hit = np.isfinite(distance)
    assert hit.sum() > 50
    assert np.linalg.norm(normal[:, hit], axis=0) == pytest.approx(1)
    assert ((normal * rays)[:, hit].sum(0) <= 0).all()
