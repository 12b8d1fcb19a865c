"""The room seen from its cameras, as maps of light that colours are multiplied with.

An image of the room is linear in the colours of floor, wall and object, so rays are cast once for each geometry
(scale, shape, orientation) and never again: image = floor map x floor colour + wall map x wall colour + object map x
object colour + white highlight. A map holds the shading, the shadow and the share of a pixel that the surface covers.

Room and views are set to look like the 3D Shapes of Burgess and Kim 2018; the lights are our own.
"""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from diffrep.datasets.rendered.solids import SOLIDS, Hits

SCALES = tuple(np.linspace(0.75, 1.25, 8).tolist())
VIEWS = tuple(np.linspace(-30.0, 30.0, 15).tolist())  # degrees that the camera has gone round the room, to the right
FIELD_OF_VIEW = 31.0  # degrees, of the image without its margin
ROOM = 3.6  # half the side of the room
DISTANCE, HEIGHT, TARGET = 7.2, 2.9, 0.95  # the camera's, from the middle and the floor; the height it looks at
RAYS = 4  # a pixel, in each direction
LIGHT = np.array([0.559, -0.325, 0.763], np.float32)  # toward the lamp, length 1: from the right, above, a little ahead
AMBIENT, DIRECT = 0.45, 0.6
SHADOW = 0.42  # what shadow leaves of the floor's light; the light stands high enough that none falls on a wall
GLOSS, SHINE = 0.4, 40  # strength and sharpness of the highlight


@lru_cache(maxsize=2)
def light_maps(size: int, margin: int) -> np.ndarray:
    """The light of all 480 geometries, for images of `size` pixels with `margin` more on every side.

    returns  [8, 4, 15, 4, side, side] float32 of at most 1.05, read-only: scale, shape, orientation, then the maps of
             floor, wall, object and highlight; side = size + 2 margin, the margin widens the view
    """
    side = size + 2 * margin
    maps = np.empty((len(SCALES), len(SOLIDS), len(VIEWS), 4, side, side), np.float32)
    for view, degrees in enumerate(VIEWS):
        eye, rays = _camera(degrees, size, side)
        room = _empty_room(eye, rays)
        for shape, solid in enumerate(SOLIDS):
            for step, scale in enumerate(SCALES):
                layers = _furnish(*room, eye, rays, partial(solid, scale=scale))
                maps[step, shape, view] = layers.reshape(4, side, RAYS, side, RAYS).mean((2, 4))
    maps.flags.writeable = False
    return maps


def _camera(degrees: float, size: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the eye is [3, 1], and the directions [3, m] of RAYS x RAYS rays a pixel, row by row from the top left."""
    turn = np.radians(degrees)
    eye = np.array([DISTANCE * np.sin(turn), -DISTANCE * np.cos(turn), HEIGHT])
    forward = _unit(np.array([0, 0, TARGET]) - eye)
    right = np.array([np.cos(turn), np.sin(turn), 0])
    reach = np.tan(np.radians(FIELD_OF_VIEW / 2)) * 2 / size
    steps = ((np.arange(side * RAYS) + 0.5) / RAYS - side / 2) * reach
    down, across = np.meshgrid(steps, steps, indexing="ij")
    rays = forward[:, None] + right[:, None] * across.ravel() - np.cross(right, forward)[:, None] * down.ravel()
    return eye[:, None].astype(np.float32), _unit(rays).astype(np.float32)


def _empty_room(eye: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Light on floor and on walls [m] (0 where a ray meets the other), and the points [3, m] the rays meet.

    The eye looks in from outside: the walls between it and the room are not drawn, those behind the room are.
    """
    walls = (np.copysign(np.float32(ROOM), rays[:2]) - eye[:2]) / rays[:2]
    with np.errstate(divide="ignore"):
        floor = np.where(rays[2] < 0, -eye[2] / rays[2], np.inf)
    on_floor = floor < walls.min(0)
    toward = -np.sign(rays[:2]) * LIGHT[:2, None]
    facing = np.where(walls[0] < walls[1], toward[0], toward[1])
    points = eye + rays * np.where(on_floor, floor, walls.min(0))
    return np.where(on_floor, _lit(LIGHT[2]), 0), np.where(on_floor, 0, _lit(facing)), points


def _furnish(
    floor: np.ndarray,
    wall: np.ndarray,
    points: np.ndarray,
    eye: np.ndarray,
    rays: np.ndarray,
    solid: Callable[[np.ndarray, np.ndarray], Hits],
) -> np.ndarray:
    """The four layers [4, m] of light once the object stands in the room and throws its shadow on the floor."""
    layers = np.zeros((4, len(floor)), np.float32)
    distance, normal = solid(eye, rays)
    hit = np.isfinite(distance)
    shaded = np.flatnonzero((floor > 0) & ~hit)
    blocked, _ = solid(points[:, shaded], np.broadcast_to(LIGHT[:, None], (3, len(shaded))))
    layers[0] = np.where(hit, 0, floor)
    layers[0, shaded] *= np.where(np.isfinite(blocked), SHADOW, 1)
    layers[1] = np.where(hit, 0, wall)
    layers[2, hit] = _lit(LIGHT @ normal[:, hit])
    layers[3, hit] = GLOSS * np.maximum(0, (_unit(LIGHT[:, None] - rays[:, hit]) * normal[:, hit]).sum(0)) ** SHINE
    return layers


def _lit(cosine: np.ndarray) -> np.ndarray:
    return AMBIENT + DIRECT * np.maximum(0, cosine)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=0)
