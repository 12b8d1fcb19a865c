"""Rendered rooms of 3D Shapes' six factors, with 36 binary attributes that are rules over the factors."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.joint import Joint, drawn, numbered
from diffrep.datasets.rendered.room import FACTOR_NAMES, FACTOR_SIZES, factors_of, index_of, nuisance_of, render


class Columns(NamedTuple):
    """The factors of some images, a column [n] each, under the names that the rules use."""

    floor: np.ndarray
    wall: np.ndarray
    object: np.ndarray
    scale: np.ndarray
    shape: np.ndarray
    orientation: np.ndarray


Rule = Callable[[Columns], np.ndarray]

RED, ORANGE, YELLOW, GREEN, SPRING, CYAN, AZURE, BLUE, PURPLE, PINK = range(10)  # hues
CUBE, CYLINDER, SPHERE, CAPSULE = range(4)


def _warm(hue: np.ndarray) -> np.ndarray:
    return (hue <= YELLOW) | (hue >= PURPLE)


def _round(shape: np.ndarray) -> np.ndarray:
    return (shape == SPHERE) | (shape == CAPSULE)


RULES: dict[str, tuple[str, Rule]] = {  # attribute: its group, and when an image has it
    "object_red": ("colour", lambda f: f.object == RED),
    "object_green": ("colour", lambda f: (f.object == GREEN) | (f.object == SPRING)),
    "object_warm": ("colour", lambda f: _warm(f.object)),
    "wall_yellow": ("colour", lambda f: f.wall == YELLOW),
    "wall_blue": ("colour", lambda f: (f.wall == AZURE) | (f.wall == BLUE)),
    "wall_warm": ("colour", lambda f: _warm(f.wall)),
    "floor_cyan": ("colour", lambda f: f.floor == CYAN),
    "floor_warm": ("colour", lambda f: _warm(f.floor)),
    "cube": ("shape", lambda f: f.shape == CUBE),
    "cylinder": ("shape", lambda f: f.shape == CYLINDER),
    "sphere": ("shape", lambda f: f.shape == SPHERE),
    "capsule": ("shape", lambda f: f.shape == CAPSULE),
    "round_top": ("shape", lambda f: _round(f.shape)),
    "taller_than_wide": ("shape", lambda f: (f.shape == CYLINDER) | (f.shape == CAPSULE)),
    "cube_showing_two_sides": ("shape", lambda f: (f.shape == CUBE) & (np.abs(f.orientation - 7) >= 4)),
    "tiny": ("size", lambda f: f.scale == 0),
    "small": ("size", lambda f: f.scale <= 1),
    "large": ("size", lambda f: f.scale >= 6),
    "above_middle_size": ("size", lambda f: f.scale >= 4),
    "seen_from_left": ("view", lambda f: f.orientation <= 3),
    "seen_from_right": ("view", lambda f: f.orientation >= 11),
    "seen_from_front": ("view", lambda f: np.abs(f.orientation - 7) <= 1),
    "seen_from_far_side": ("view", lambda f: np.abs(f.orientation - 7) == 7),
    "reddish_cube": ("conjunction", lambda f: ((f.object == RED) | (f.object == PINK)) & (f.shape == CUBE)),
    "blue_sphere": ("conjunction", lambda f: (f.object == BLUE) & (f.shape == SPHERE)),
    "warm_capsule": ("conjunction", lambda f: _warm(f.object) & (f.shape == CAPSULE)),
    "large_cube": ("conjunction", lambda f: (f.scale >= 6) & (f.shape == CUBE)),
    "small_and_round": ("conjunction", lambda f: (f.scale <= 3) & _round(f.shape)),
    "large_and_left": ("conjunction", lambda f: (f.scale >= 4) & (f.orientation <= 6)),
    "small_and_right": ("conjunction", lambda f: (f.scale <= 1) & (f.orientation >= 8)),
    "object_hue_is_wall_hue": ("conjunction", lambda f: f.object == f.wall),
    "object_hue_is_floor_hue": ("conjunction", lambda f: f.object == f.floor),
    "floor_hue_is_wall_hue": ("conjunction", lambda f: f.floor == f.wall),
    "object_hue_opposes_wall_hue": ("conjunction", lambda f: np.abs(f.object - f.wall) == 5),
    "warm_object_cool_wall": ("conjunction", lambda f: _warm(f.object) & ~_warm(f.wall)),
    "red_anywhere": ("conjunction", lambda f: (f.floor == RED) | (f.wall == RED) | (f.object == RED)),
}


class Shapes3DRendered:
    """Rooms drawn without replacement from all 480,000; row i is the same image whenever it is asked for.

    size      pixels of the side, 8 or more; those that the base model's patch and halvings divide
    nuisance  adds the pan, light and noise of `room.nuisance_of`, a function of the room's index
    seed      decides which rooms there are

    Rows are training, validation and test images in this order.
    """

    about = About(
        title="Rendered rooms",
        citation="drawn by this suite after 3D Shapes (Burgess and Kim 2018, github.com/deepmind/3d-shapes)",
        licence="Apache-2.0, as this suite",
        size="nothing to fetch: 480,000 combinations of six factors, drawn when asked for",
        place="no file",
        may_be_shown=True,
    )
    factor_names = FACTOR_NAMES
    factor_sizes = FACTOR_SIZES
    attribute_names = tuple(RULES)
    attribute_groups = tuple(group for group, _ in RULES.values())
    attribute_sources = ("factor rule",) * len(RULES)
    source = (
        "rendered by diffrep.datasets.rendered.room after 3D Shapes (Burgess and Kim 2018), with nothing of its file"
    )
    licence = about.licence
    checksum = "none: every image is drawn from its index"

    def __init__(
        self, *, size: int, nuisance: bool, joint: Joint, train: int, valid: int, test: int, seed: Seed
    ) -> None:
        if size < 8:
            raise ValueError(f"size is at least 8 pixels: got {size}")
        self.image_shape = (3, size, size)
        sizes = dict(zip(FACTOR_NAMES, FACTOR_SIZES, strict=True))
        self.joint = numbered(sizes, joint)
        self.index, self._splits = drawn(sizes, Counts(train, valid, test), self.joint, seed)
        self._nuisance = nuisance

    def __len__(self) -> int:
        return len(self.index)

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        return dict(self._splits)

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8."""
        index = self.index[rows]
        return self.redrawn(factors_of(index), factors_of(index))

    def factors(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 6] int64."""
        return factors_of(self.index[rows])

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 36] uint8, 0 or 1."""
        return attributes_of(self.factors(rows))

    def redrawn(self, factors: np.ndarray, original: np.ndarray) -> np.ndarray:
        """The true image of edited factors: rooms with `factors` under the nuisance of the rooms with `original`.

        factors, original  [n, 6] int
        returns            [n, size, size, 3] uint8
        """
        nuisance = nuisance_of(index_of(original)) if self._nuisance else None
        return render(factors, nuisance, size=self.image_shape[1])


def attributes_of(factors: np.ndarray) -> np.ndarray:
    """The 36 attributes of rooms: [n, 6] int -> [n, 36] uint8, in the order of `RULES`."""
    columns = Columns(*factors.T)
    return np.stack([rule(columns) for _, rule in RULES.values()], axis=1).astype(np.uint8)
