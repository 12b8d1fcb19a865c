"""The six-factor room of 3D Shapes (Burgess and Kim 2018), drawn by ourselves.

Factors, their sizes and their order are the original file's, and so is the index of an image: the last factor turns
fastest. Hues are tenths of the colour circle at full saturation. Unlike the original, an image may carry nuisance
that no factor tells: a pan, the strength of the light, pixel noise.
"""

import colorsys
from typing import NamedTuple

import numpy as np

from diffrep.datasets.files.grid import factors_at, places_of
from diffrep.datasets.rendered.chance import key_of, mixed, normal
from diffrep.datasets.rendered.raycast import light_maps

FACTOR_NAMES = ("floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation")
FACTOR_SIZES = (10, 10, 10, 8, 4, 15)
COUNT = int(np.prod(FACTOR_SIZES))
HUES = np.array([colorsys.hsv_to_rgb(tenth / 10, 1, 1) for tenth in range(10)], np.float32)

PAN = 2  # at most, in 32nds of the image's width
LIGHT_RANGE = (0.75, 1.05)
NOISE = 0.02  # standard deviation, in images of [0, 1]
CHUNK = 32  # images worked on at once: few enough to stay in the processor's cache


class Nuisance(NamedTuple):
    """What an image shows beside its factors; row i of each array belongs to image i.

    pan    [n, 2] int64, down and right, -2 to 2 in 32nds of the image's width (that many pixels at 32 x 32)
    light  [n] float32 in [0.75, 1.05], multiplies the image
    noise  [n] uint32: names the image's noise, which is a function of this number alone
    """

    pan: np.ndarray
    light: np.ndarray
    noise: np.ndarray


def index_of(factors: np.ndarray) -> np.ndarray:
    """[n, 6] int -> [n] int64, the row of the original file; a ValueError names a factor out of its range."""
    return places_of(factors, FACTOR_NAMES, FACTOR_SIZES)


def factors_of(index: np.ndarray) -> np.ndarray:
    """[n] int, rows of the original file -> [n, 6] int64; a ValueError names an index out of range."""
    return factors_at(index, FACTOR_SIZES)


def nuisance_of(index: np.ndarray) -> Nuisance:
    """The nuisance of images [n]: a function of their index alone, not of the batch nor the order they are asked in."""
    key = key_of(index)
    pan = np.stack([mixed(key ^ np.uint32(1)), mixed(key ^ np.uint32(2))], axis=1) % np.uint32(2 * PAN + 1)
    share = mixed(key ^ np.uint32(3)) / np.float32(2**32)
    low, high = LIGHT_RANGE
    return Nuisance(pan.astype(np.int64) - PAN, (low + (high - low) * share).astype(np.float32), key)


def render(factors: np.ndarray, nuisance: Nuisance | None, *, size: int) -> np.ndarray:
    """The room with these factors under this nuisance; None leaves it centred, fully lit and clean.

    factors  [n, 6] int
    returns  [n, size, size, 3] uint8; the same factors and nuisance give the same image in any batch

    The first image of a size casts the rays of all 480 geometries (`light_maps`): seconds, once a process.
    """
    index_of(factors)
    factors = np.asarray(factors)
    images = np.empty((len(factors), size, size, 3), np.uint8)
    for start in range(0, len(factors), CHUNK):
        rows = slice(start, start + CHUNK)
        part = None if nuisance is None else Nuisance(*(values[rows] for values in nuisance))
        levels = _levels(factors[rows], part, size)
        np.clip(levels, 0, 255, out=levels)
        levels += np.float32(0.5)
        images[rows] = levels.astype(np.uint8).transpose(0, 2, 3, 1)
    return images


def _levels(factors: np.ndarray, nuisance: Nuisance | None, size: int) -> np.ndarray:
    """[n, 3, size, size] float32, black 0 and white 255, neither clipped nor rounded."""
    pan = np.zeros((len(factors), 2), np.int64) if nuisance is None else nuisance.pan
    light = np.ones(len(factors), np.float32) if nuisance is None else nuisance.light
    floor, wall, thing, highlight = _maps(factors, pan, size)
    colours = HUES[factors[:, :3]] * (255 * light)[:, None, None]
    levels = np.empty((len(factors), 3, size, size), np.float32)
    white = highlight * (255 * light)[:, None, None]
    for channel in range(3):
        out = levels[:, channel]
        shade = colours[:, :, channel, None, None]
        np.multiply(floor, shade[:, 0], out=out)
        out += wall * shade[:, 1]
        out += thing * shade[:, 2]
        out += white
    if nuisance is not None:
        values = levels.reshape(len(factors), -1)
        values += normal(nuisance.noise, values.shape[1], 255 * NOISE)
    return levels


def _maps(factors: np.ndarray, pan: np.ndarray, size: int) -> np.ndarray:
    """[4, n, size, size]: each image's light maps, cut where its pan says."""
    margin = -(-PAN * size // 32)
    canvas = light_maps(size, margin)
    maps = np.empty((4, len(factors), size, size), np.float32)
    corner = margin + np.rint(pan * (size / 32)).astype(int)
    for row, ((scale, shape, view), (top, left)) in enumerate(
        zip(factors[:, 3:].tolist(), corner.tolist(), strict=True)
    ):
        maps[:, row] = canvas[scale, shape, view, :, top : top + size, left : left + size]
    return maps
