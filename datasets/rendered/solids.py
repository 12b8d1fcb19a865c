"""Where rays meet the four objects of the room: each stands on the floor z = 0, centred on the z axis.

Points and directions are [3, m] arrays (an origin may be [3, 1]: one eye for all rays). A solid is called
with (origins, directions, scale) and answers (distance [m], inf where the ray misses; normal [3, m] there).
All but the capsule are convex: a ray is inside while it is inside every slab and round side at once.
"""

from typing import Protocol

import numpy as np

Hits = tuple[np.ndarray, np.ndarray]


class Solid(Protocol):
    """What the functions below have in common."""

    def __call__(self, origins: np.ndarray, directions: np.ndarray, scale: float) -> Hits:
        """Where rays enter a solid of this scale, and its normal there."""
        ...


CUBE_SIDE = 1.66  # at scale 1, in the room's units, as all of these
CYLINDER_RADIUS, CYLINDER_HEIGHT = 0.84, 1.9
SPHERE_RADIUS = 1.0
CAPSULE_RADIUS, CAPSULE_HEIGHT = 0.58, 2.2


def cube(origins: np.ndarray, directions: np.ndarray, scale: float) -> Hits:
    """An upright cube, its sides parallel to the walls."""
    half = CUBE_SIDE * scale / 2
    spans = [
        _slab(origins[axis], directions[axis], low, low + 2 * half) for axis, low in enumerate((-half, -half, 0.0))
    ]
    entries = np.stack([near for near, _ in spans])
    distance = _inside(entries.max(0), np.minimum.reduce([far for _, far in spans]))
    normal = np.where(np.arange(3)[:, None] == entries.argmax(0), -np.sign(directions), 0)
    return distance, normal


def cylinder(origins: np.ndarray, directions: np.ndarray, scale: float) -> Hits:
    """An upright cylinder with flat ends."""
    return _cylinder(origins, directions, CYLINDER_RADIUS * scale, 0.0, CYLINDER_HEIGHT * scale)


def sphere(origins: np.ndarray, directions: np.ndarray, scale: float) -> Hits:
    """A ball that touches the floor in one point."""
    return _sphere(origins, directions, SPHERE_RADIUS * scale, SPHERE_RADIUS * scale)


def capsule(origins: np.ndarray, directions: np.ndarray, scale: float) -> Hits:
    """An upright cylinder between two balls of its own radius: the first of the three that a ray meets."""
    radius, height = CAPSULE_RADIUS * scale, CAPSULE_HEIGHT * scale
    low, high = radius, height - radius
    parts = [
        _cylinder(origins, directions, radius, low, high),
        _sphere(origins, directions, radius, low),
        _sphere(origins, directions, radius, high),
    ]
    distances = np.stack([distance for distance, _ in parts])
    first = distances.argmin(0)
    return distances.min(0), np.choose(first, [normal for _, normal in parts])


SOLIDS: tuple[Solid, ...] = (cube, cylinder, sphere, capsule)  # in the order of the factor `shape`


def _cylinder(origins: np.ndarray, directions: np.ndarray, radius: float, low: float, high: float) -> Hits:
    cap_near, cap_far = _slab(origins[2], directions[2], low, high)
    side_near, side_far = _round(origins[:2], directions[:2], radius)
    distance = _inside(np.maximum(cap_near, side_near), np.minimum(cap_far, side_far))
    side = (origins[:2] + side_near * directions[:2]) / radius
    flat = np.zeros_like(directions)
    flat[2] = -np.sign(directions[2])
    return distance, np.where(side_near > cap_near, np.stack([*side, np.zeros_like(distance)]), flat)


def _sphere(origins: np.ndarray, directions: np.ndarray, radius: float, height: float) -> Hits:
    offsets = origins - np.array([[0], [0], [height]], origins.dtype)
    near, far = _round(offsets, directions, radius)
    return _inside(near, far), (offsets + near * directions) / radius


def _slab(origin: np.ndarray, direction: np.ndarray, low: float, high: float) -> Hits:
    """Distances at which rays enter and leave low <= x <= high."""
    with np.errstate(divide="ignore"):
        first, second = (low - origin) / direction, (high - origin) / direction
    return np.minimum(first, second), np.maximum(first, second)


def _round(origins: np.ndarray, directions: np.ndarray, radius: float) -> Hits:
    """Distances at which rays enter and leave |x| <= radius, in two or three dimensions; nan where they never do."""
    square = np.maximum((directions**2).sum(0), 1e-12)  # a ray along the axis is inside or outside all its way
    half = (origins * directions).sum(0)
    with np.errstate(invalid="ignore"):
        root = np.sqrt(half**2 - square * ((origins**2).sum(0) - radius**2))
    return (-half - root) / square, (-half + root) / square


def _inside(near: np.ndarray, far: np.ndarray) -> np.ndarray:
    """The distance of entry; inf for rays that miss (near > far, or nan) or leave the solid behind them."""
    return np.where((near <= far) & (far > 0), near, np.inf)
