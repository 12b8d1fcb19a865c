"""Pictures to make small files of: a disc before a plain ground, drawn from a few hidden values."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

VALUES = 4  # of each hidden factor
HIDDEN = 7  # ground, disc's colour, place across, place down, radius, and two that are light and grain


@dataclass(frozen=True)
class Painted:
    """Some pictures and what they show.

    images   [n, h, w, 3] uint8
    hidden   [n, 7] of 0 to 3: all that they are drawn from, but the grain
    """

    images: np.ndarray
    hidden: np.ndarray

    def flags(self, count: int) -> np.ndarray:
        """[n, count] of 0 and 1: rules over what is hidden, each with about as many pictures as without."""
        weights = np.random.default_rng(1).normal(size=(HIDDEN, count))
        told = self.hidden @ weights
        return (told > np.median(told, axis=0)).astype(np.uint8)


def painted(count: int, height: int, width: int) -> Painted:
    """So many pictures, each time the same."""
    generator = np.random.default_rng(0)
    hidden = generator.integers(0, VALUES, (count, HIDDEN))
    grain = generator.integers(0, 8, (count, height, width, 3), np.uint8)
    down, across = np.mgrid[:height, :width]
    ground, disc, right, below, radius, light, _ = hidden.T[:, :, None, None]
    far = (down / height - 0.3 - 0.1 * below) ** 2 + (across / width - 0.3 - 0.1 * right) ** 2
    inside = far < (0.1 + 0.04 * radius) ** 2
    images = np.where(inside[..., None], colours(disc + VALUES), colours(ground)) - 15 * light[..., None]
    return Painted(np.clip(images + grain, 0, 255).astype(np.uint8), hidden)


def colours(number: np.ndarray) -> np.ndarray:
    """Numbers [n, 1, 1] -> colours [n, 1, 1, 3], from 60 to 240."""
    return np.stack([60 + 45 * (number * step % 5) for step in (1, 2, 3)], axis=-1)


def encoded(image: np.ndarray, form: str) -> bytes:
    """A picture [h, w, 3] as a file of a form that Pillow writes."""
    with BytesIO() as file:
        Image.fromarray(image).save(file, form)
        return file.getvalue()
