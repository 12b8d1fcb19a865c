"""Rows of images as one PNG, with the rows' names beside it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from diffrep.pipelines.core.files import replacing, write_json

GAP = 2  # pixels between images


def save_rows(path: Path, rows: dict[str, np.ndarray], *, columns: Sequence[str] = (), caption: str = "") -> None:
    """Write rows of images, each [n, h, w, c] uint8 of the same n, top to bottom in the order of the dictionary.

    columns  what each column shows; caption: a sentence about the whole
    """
    with replacing(path) as temporary:
        Image.fromarray(tiled(list(rows.values()))).save(temporary, optimize=True)
    about = {"columns": list(columns), "caption": caption}
    write_json(path.with_suffix(".rows.json"), {"rows": list(rows), **{k: v for k, v in about.items() if v}})


def tiled(rows: list[np.ndarray]) -> np.ndarray:
    """[rows][n, h, w, c] -> one [height, width, 3] picture on white."""
    count, height, width, _ = rows[0].shape
    shape = (len(rows) * (height + GAP) - GAP, count * (width + GAP) - GAP, 3)
    canvas = np.full(shape, 255, np.uint8)
    for i, row in enumerate(rows):
        for j, image in enumerate(row):
            top, left = i * (height + GAP), j * (width + GAP)
            canvas[top : top + height, left : left + width] = image
    return canvas
