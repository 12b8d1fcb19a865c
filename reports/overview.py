"""One figure for all data sets: what every trained method draws of the same images, one below the other."""

import textwrap

import numpy as np
from matplotlib.figure import Figure

from diffrep.reports.pictures import Picture
from diffrep.reports.plots import to_png

COLUMNS = 8  # pictures in a row
RECONSTRUCT = "Decoded from the code and noise"
COUNTERFACTUAL = "The donor's code in one part"
GIVEN = {"reconstruct": ("original",), "counterfactual": ("source image", "donor image")}  # alike for all methods
DECODED, SWAP = "source, decoded", "source with"
TILE, LABEL, TITLE, GAP = 0.4, 1.75, 0.45, 0.15  # inches

Strip = list[tuple[str, np.ndarray]]  # rows of pictures, each with its label


def overview(pictures: dict[tuple[str, str], list[Picture]]) -> bytes | None:
    """A PNG with a column per data set, or None where nothing was drawn.

    Above, the originals and every method's reconstructions; below, sources and donors, and every method's decoded
    sources, alone and with the first part that was swapped.

    pictures  what each (data set, method) drew
    """
    datasets = list(dict.fromkeys(dataset for dataset, _ in pictures))
    blocks = {(d, stage): strip(stage, _of(pictures, d, stage)) for stage in GIVEN for d in datasets}
    shown = [dataset for dataset in datasets if any(blocks[dataset, stage] for stage in GIVEN)]
    if not shown:
        return None
    tall = {stage: max(len(blocks[dataset, stage]) for dataset in shown) for stage in GIVEN}
    wide = LABEL + COLUMNS * TILE + GAP
    heights = {stage: (TITLE + rows * TILE + GAP) * (rows > 0) for stage, rows in tall.items()}
    figure = Figure(figsize=(wide * len(shown), sum(heights.values())))
    for i, dataset in enumerate(shown):
        top = 0.0
        for stage, title in zip(GIVEN, (RECONSTRUCT, COUNTERFACTUAL), strict=True):
            if blocks[dataset, stage]:
                _draw(figure, (i * wide, top), f"{dataset}\n{title}", blocks[dataset, stage])
            top += heights[stage]
    return to_png(figure)


def _of(pictures: dict[tuple[str, str], list[Picture]], dataset: str, stage: str) -> dict[str, Picture]:
    found = {method: [p for p in drawn if p.stage == stage] for (d, method), drawn in pictures.items() if d == dataset}
    return {method: drawn[0] for method, drawn in found.items() if drawn and telling_rows(drawn[0])}


def telling_rows(picture: Picture) -> list[int]:
    """Which rows are a method's own and shown: the reconstruction from noise; the decoded source and its first swap."""
    given = set(GIVEN[picture.stage])
    if picture.stage == "reconstruct":
        return [i for i, name in enumerate(picture.rows) if name not in given][:1]
    swaps = [i for i, name in enumerate(picture.rows) if name.startswith(SWAP)][:1]
    return [i for i, name in enumerate(picture.rows) if name == DECODED and swaps] + swaps


def strip(stage: str, drawn: dict[str, Picture]) -> Strip:
    """The rows of one data set and stage: what all methods were given, from the first of them, then each one's own."""
    rows: Strip = []
    for method, picture in drawn.items():
        given = [i for i, name in enumerate(picture.rows) if name in GIVEN[stage]] if not rows else []
        rows += [(picture.rows[i], picture.pixels([i], COLUMNS)) for i in given]
        rows += [(_label(method, picture.rows[i]), picture.pixels([i], COLUMNS)) for i in telling_rows(picture)]
    return rows


def _label(method: str, row: str) -> str:
    """The method's name; for a swap, what was swapped."""
    return row.removeprefix("source ").removesuffix(" of the donor") if row.startswith(SWAP) else method


def _draw(figure: Figure, corner: tuple[float, float], title: str, rows: Strip) -> None:
    """Put one strip with its labels into the figure; `corner` is its upper left, in inches from the figure's."""
    width, height = figure.get_size_inches()
    least = min(block.shape[1] for _, block in rows)
    pixels = np.concatenate([block[:, :least] for _, block in rows])
    tall = len(rows) * TILE
    wide = tall * pixels.shape[1] / pixels.shape[0]
    left, bottom = corner[0] + LABEL, height - corner[1] - TITLE - tall
    axes = figure.add_axes((left / width, bottom / height, wide / width, tall / height))
    axes.imshow(pixels, interpolation="nearest", aspect="auto")
    tile = len(pixels) / len(rows)
    axes.set_yticks([(i + 0.5) * tile for i in range(len(rows))], [textwrap.fill(t, 22) for t, _ in rows], fontsize=8)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_title(title, fontsize=9, loc="left", fontweight="bold")
    axes.spines[:].set_visible(False)
