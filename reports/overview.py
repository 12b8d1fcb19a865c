"""One figure for all data sets: originals, reconstructions and counterfactuals of the trained methods."""

import textwrap

import numpy as np
from matplotlib.figure import Figure

from diffrep.reports.pictures import Picture
from diffrep.reports.plots import to_png

COLUMNS = 8  # pictures in a row
FIXED = {"donor image", "source, decoded"}  # rows of a counterfactual grid; what is swapped begins with SWAP
SWAP, SWAPS = "source with", 2
TILE, LABEL, TITLE, GAP = 0.52, 1.45, 0.34, 0.15  # inches


def overview(pictures: dict[tuple[str, str], list[Picture]]) -> bytes | None:
    """A PNG with a column per data set and a panel per method, or None where nothing was drawn.

    pictures  what each (data set, method) drew; those without pictures get no panel
    """
    strips = {key: _strip(found) for key, found in pictures.items() if any(telling_rows(picture) for picture in found)}
    if not strips:
        return None
    datasets, methods = (list(dict.fromkeys(key[i] for key in strips)) for i in (0, 1))
    tallest = max(len(labels) for _, labels in strips.values())
    panel = (LABEL + COLUMNS * TILE + GAP, TITLE + tallest * TILE + GAP)
    figure = Figure(figsize=(panel[0] * len(datasets), panel[1] * len(methods)))
    for (dataset, method), (pixels, labels) in strips.items():
        corner = panel[0] * datasets.index(dataset), panel[1] * methods.index(method)
        _draw(figure, corner, f"{method} on {dataset}", pixels, labels)
    return to_png(figure)


def telling_rows(picture: Picture) -> list[int]:
    """Which rows are shown, from top to bottom: originals and reconstructions; donors, decodes and the first swaps."""
    if picture.stage == "reconstruct":
        return list(range(len(picture.rows)))[:2]
    swaps = [i for i, name in enumerate(picture.rows) if name.startswith(SWAP)]
    return [i for i, name in enumerate(picture.rows) if name in FIXED] + swaps[:SWAPS]


def _strip(found: list[Picture]) -> tuple[np.ndarray, list[str]]:
    chosen = [(picture, telling_rows(picture)) for picture in found]
    blocks = [picture.pixels(rows, COLUMNS) for picture, rows in chosen if rows]
    width = min(block.shape[1] for block in blocks)
    labels = [picture.rows[i] for picture, rows in chosen for i in rows]
    return np.concatenate([block[:, :width] for block in blocks]), labels


def _draw(figure: Figure, corner: tuple[float, float], title: str, pixels: np.ndarray, labels: list[str]) -> None:
    """Put one strip with its labels into the figure; `corner` is its upper left, in inches from the figure's."""
    width, height = figure.get_size_inches()
    tall = len(labels) * TILE
    wide = tall * pixels.shape[1] / pixels.shape[0]
    left, bottom = corner[0] + LABEL, height - corner[1] - TITLE - tall
    axes = figure.add_axes((left / width, bottom / height, wide / width, tall / height))
    axes.imshow(pixels, interpolation="nearest", aspect="auto")
    tile = len(pixels) / len(labels)
    axes.set_yticks([(i + 0.5) * tile for i in range(len(labels))], [textwrap.fill(t, 17) for t in labels], fontsize=8)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_title(title, fontsize=10, loc="left", fontweight="bold")
    axes.spines[:].set_visible(False)
