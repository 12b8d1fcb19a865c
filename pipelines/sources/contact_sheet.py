"""A contact sheet of a prepared data set: test images, and a row for each factor in which nothing else changes."""

from typing import Any

import numpy as np
from PIL import Image

from diffrep.datasets.prepared import Prepared

ROWS, COLUMNS = 3, 10  # of test images; a factor of more values shows so many of them, evenly spaced
LARGEST = 48  # pixels of the longer side: a sheet fits a page
WHITE = 255
TEST = "test images "  # how rows of them are called
CAPTION = "A row of a factor is the first test image with other values of that factor, all else as it was."


def contact_sheet(data: Prepared, source: Any) -> dict[str, np.ndarray]:
    """Rows of images [COLUMNS, h, w, c] uint8 from top to bottom, by their names.

    source  the data set that was prepared; where it can redraw images, the first test image is drawn with other values
            of one factor, all else as it was
    """
    test = data.splits["test"]
    shown = [test[start : start + COLUMNS] for start in range(0, min(len(test), ROWS * COLUMNS), COLUMNS)]
    rows = {f"{TEST}{row}": small(data.images[rows]) for row, rows in enumerate(shown, 1)}
    if data.factors is not None and hasattr(source, "redrawn"):
        rows |= factor_rows(data, source, data.factors[test[:1]])
    return {name: filled(images) for name, images in rows.items()}


def caption(rows: dict[str, np.ndarray]) -> str:
    """What there is to say of a sheet."""
    return "" if all(name.startswith(TEST) for name in rows) else CAPTION


def factor_rows(data: Prepared, source: Any, original: np.ndarray) -> dict[str, np.ndarray]:
    """For each factor an image drawn with several of its values; original: its own factors [1, k]."""
    found = {}
    for column, (name, size) in enumerate(zip(data.card["factor_names"], data.card["factor_sizes"], strict=True)):
        values = np.linspace(0, size - 1, min(size, COLUMNS)).round().astype(np.int64)
        factors = original.repeat(len(values), axis=0)
        edited = factors.copy()
        edited[:, column] = values
        found[name] = small(source.redrawn(edited, factors))
    return found


def small(images: np.ndarray) -> np.ndarray:
    """Images [n, h, w, c] with no side longer than LARGEST."""
    height, width = images.shape[1:3]
    if max(height, width) <= LARGEST:
        return images
    sides = tuple(max(1, round(side * LARGEST / max(height, width))) for side in (width, height))
    resized = [np.asarray(Image.fromarray(image.squeeze()).resize(sides, Image.Resampling.LANCZOS)) for image in images]
    return np.stack(resized).reshape(len(images), sides[1], sides[0], -1)


def filled(images: np.ndarray) -> np.ndarray:
    """Images with white ones behind them, COLUMNS in all."""
    return np.pad(images, ((0, COLUMNS - len(images)), (0, 0), (0, 0), (0, 0)), constant_values=WHITE)
