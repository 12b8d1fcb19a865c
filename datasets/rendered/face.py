"""Cartoon faces of ten factors, drawn from the parts of Avataaars (Pablo Stanley) that python-avatars ships.

Every combination of the factors is a face, in C order, the last factor fastest. An image may carry nuisance that no
factor tells: a shift, a scale, the strength of the light, a colour of the background, pixel noise.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

from diffrep.datasets.files.grid import factors_at, places_of
from diffrep.datasets.rendered import face_parts
from diffrep.datasets.rendered.chance import key_of, normal, share
from diffrep.datasets.rendered.face_values import FACTOR_NAMES, FACTOR_SIZES, NOSE, VALUES

VIEW = (30, 24, 204)  # left, top and side of what an image shows, in the drawings' units, where nothing is shifted
SHIFT = 1.5  # at most, in 32nds of the image's width
SCALE_RANGE = (0.94, 1.06)
LIGHT_RANGE = (0.85, 1.05)
BACKGROUND_RANGE = (90.0, 230.0)  # of each of red, green and blue
BACKGROUND = (170.0, 190.0, 210.0)  # without nuisance
NOISE = 0.02 * 255  # standard deviation
OVERSAMPLED = 3  # pixels of layers for one of the image, on a side
CHUNK = 64  # images worked on at once


class Nuisance(NamedTuple):
    """What an image shows beside its factors; row i of each array belongs to image i.

    shift       [n, 2] float32, right and down, -1.5 to 1.5 in 32nds of the image's width
    scale       [n] float32 in [0.94, 1.06]
    light       [n] float32 in [0.85, 1.05], multiplies the image
    background  [n, 3] float32: red, green and blue in [90, 230]
    noise       [n] uint32: names the image's noise, which is a function of this number alone
    """

    shift: np.ndarray
    scale: np.ndarray
    light: np.ndarray
    background: np.ndarray
    noise: np.ndarray


def index_of(factors: np.ndarray) -> np.ndarray:
    """[n, 10] int -> [n] int64; a ValueError names a factor out of its range."""
    return places_of(factors, FACTOR_NAMES, FACTOR_SIZES)


def factors_of(index: np.ndarray) -> np.ndarray:
    """[n] int -> [n, 10] int64; a ValueError names an index out of range."""
    return factors_at(index, FACTOR_SIZES)


def nuisance_of(index: np.ndarray) -> Nuisance:
    """The nuisance of images [n]: a function of their index alone, not of the batch nor the order they are asked in."""
    key = key_of(index)
    shares = np.stack([share(key, number) for number in range(1, 8)], axis=1)

    def within(limits: tuple[float, float], columns: slice | int) -> np.ndarray:
        low, high = np.float32(limits[0]), np.float32(limits[1])
        return low + (high - low) * shares[:, columns]

    return Nuisance(
        within((-SHIFT, SHIFT), slice(0, 2)),
        within(SCALE_RANGE, 2),
        within(LIGHT_RANGE, 3),
        within(BACKGROUND_RANGE, slice(4, 7)),
        key,
    )


def render(factors: np.ndarray, nuisance: Nuisance | None, *, size: int) -> np.ndarray:
    """The faces with these factors under this nuisance; None leaves them centred, fully lit and clean.

    factors  [n, 10] int
    returns  [n, size, size, 3] uint8; the same factors and nuisance give the same image in any batch
    """
    index_of(factors)
    factors = np.asarray(factors)
    images = np.empty((len(factors), size, size, 3), np.uint8)
    for start in range(0, len(factors), CHUNK):
        rows = slice(start, start + CHUNK)
        part = None if nuisance is None else Nuisance(*(values[rows] for values in nuisance))
        images[rows] = _rendered(factors[rows], part, size)
    return images


def _rendered(factors: np.ndarray, nuisance: Nuisance | None, size: int) -> np.ndarray:
    count = len(factors)
    if nuisance is None:
        still = np.zeros((count, 2), np.float32)
        shift, scale, background = still, still[:, 0] + 1, still[:, :1] + np.array(BACKGROUND, np.float32)
    else:
        shift, scale, background = nuisance.shift, nuisance.scale, nuisance.background
    faces = zip(factors.tolist(), shift.tolist(), scale.tolist(), background.tolist(), strict=True)
    images = np.stack([_face(*face, size) for face in faces])
    if nuisance is None:
        return images
    levels = images * nuisance.light[:, None, None, None]
    levels += normal(nuisance.noise, size * size * 3, NOISE).reshape(levels.shape)
    return (levels.clip(0, 255) + np.float32(0.5)).astype(np.uint8)


def _face(factors: list[int], shift: list[float], scale: float, background: list[float], size: int) -> np.ndarray:
    """[size, size, 3] uint8: one face, moved and scaled, on its background."""
    left, top, extent = face_parts.WINDOW
    side = round(OVERSAMPLED * size * extent / VIEW[2])
    canvas = Image.new("RGBA", (side, side), tuple(round(level) for level in background))
    for layer in _layers(factors, side):
        if layer is not None:
            canvas.alpha_composite(layer.pixels, layer.place)
    seen = VIEW[2] / scale
    corner = [
        start + (VIEW[2] - seen) / 2 - moved * seen / 32 - origin
        for start, moved, origin in zip(VIEW[:2], shift, (left, top), strict=True)
    ]
    unit = side / extent
    box = (unit * corner[0], unit * corner[1], unit * (corner[0] + seen), unit * (corner[1] + seen))
    return np.asarray(canvas.convert("RGB").resize((size, size), Image.Resampling.BOX, box=box))


def _layers(factors: list[int], side: int) -> list[face_parts.Layer | None]:
    """A face's layers, the lowest first."""
    chosen = {name: list(VALUES[name].values())[number] for name, number in zip(VALUES, factors, strict=True)}
    style, colour = chosen["hair_style"], chosen["hair_colour"]
    return [
        face_parts.body(chosen["skin"], side),
        face_parts.clothes(chosen["clothes"], chosen["clothes_colour"], side),
        face_parts.feature("Mouth", f"mouth/{chosen['mouth']}", side),
        face_parts.feature("Nose", NOSE, side),
        face_parts.feature("Eyes", f"eyes/{chosen['eyes']}", side),
        face_parts.feature("Eyebrow", f"eyebrows/{chosen['brows']}", side),
        face_parts.hair(style, colour, 0, side),
        face_parts.facial_hair(chosen["facial_hair"], colour, side),
        face_parts.hair(style, colour, 1, side),
        face_parts.accessory(chosen["accessory"], side),
        face_parts.hair(style, colour, 2, side),
    ]
