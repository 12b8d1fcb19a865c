"""What every trained method draws of the same images, one below the other: its decodes, and its edits."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from diffrep.reports.drawing.pictures import MAIN, Picture
from diffrep.reports.drawing.style import short, to_png

PICTURES_ACROSS = 8  # pictures in a row
STRIP_TITLES = {
    "reconstruct": "Decoded from the code and noise",
    "counterfactual": "The donor's code in one part",
    "exact": "The donor's factor, beside the truth",
}
TRUTH = "true counterfactual"
ALIKE = {  # alike for all methods
    "reconstruct": ("original",),
    "counterfactual": ("source image", "donor image"),
    "exact": ("source image", "donor image", TRUTH),
}
DECODED, SWAP, EDIT = "source, decoded", "source with", "edit, decoded"
TILE, LABEL, TITLE, NAME, GAP = 0.4, 1.75, 0.3, 0.12, 0.15  # inches; NAME of a line
LETTERS = 22  # of a label in a line


@dataclass(frozen=True)
class Strip:
    """Rows of pictures, each with its label, below a title and, where columns have names, these."""

    title: str
    rows: list[tuple[str, np.ndarray]]
    columns: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """In inches."""
        return TITLE + self.names + len(self.rows) * TILE + GAP

    @property
    def names(self) -> float:
        """Of the names of the columns alone."""
        return NAME * max((_narrow(name).count("\n") + 1 for name in self.columns), default=0)


def decoded(pictures: Mapping[str, list[Picture]]) -> bytes | None:
    """The originals, and what every method decodes from their codes and noise; None where nothing was drawn.

    pictures  what each method drew, by the name that its row has
    """
    return _figure(pictures, "reconstruct")


def edited(pictures: Mapping[str, list[Picture]]) -> bytes | None:
    """Sources and donors, and every method's edits: beside the true counterfactual where that can be drawn, else its
    decoded sources alone and with the first part swapped; None where nothing was drawn.
    """
    return _figure(pictures, kind_of_edits(pictures))


def kind_of_edits(pictures: Mapping[str, list[Picture]]) -> str:
    """Which kind of `ALIKE` shows the edits of all methods: beside the truth where that is known."""
    known = any(kind_of(p) == "exact" and TRUTH in p.rows for drawn in pictures.values() for p in drawn)
    return "exact" if known else "counterfactual"


def _figure(pictures: Mapping[str, list[Picture]], kind: str) -> bytes | None:
    strip = strip_of(pictures, kind)
    if strip is None:
        return None
    figure = Figure(figsize=(LABEL + PICTURES_ACROSS * TILE + GAP, strip.height))
    _draw(figure, strip)
    return to_png(figure)


def kind_of(picture: Picture) -> str:
    """Which of `ALIKE` a picture belongs to, if any."""
    return picture.stage if picture.kind == MAIN else picture.kind


def strip_of(drawn: Mapping[str, list[Picture]], kind: str) -> Strip | None:
    """What all methods were given and what each made of it, of one kind of `ALIKE`; None where none drew any."""
    own = {method: [p for p in pictures if kind_of(p) == kind] for method, pictures in drawn.items()}
    chosen = {method: pictures[0] for method, pictures in own.items() if pictures and telling_rows(pictures[0])}
    if not chosen:
        return None
    first = next(iter(chosen.values()))
    places = telling_columns(first)
    names = tuple(first.columns[i] for i in places) if first.columns else ()
    return Strip(STRIP_TITLES[kind], picture_rows(chosen, places), names)


def telling_columns(picture: Picture) -> list[int]:
    """Which columns are shown, `PICTURES_ACROSS` at most: the first of each name before the second of any."""
    again = [picture.columns[:i].count(name) for i, name in enumerate(picture.columns)] or [0] * picture.across
    return sorted(range(picture.across), key=again.__getitem__)[:PICTURES_ACROSS]


def telling_rows(picture: Picture) -> list[int]:
    """Which rows are a method's own and shown: the reconstruction from noise; the edit; the decoded source and its
    first swap.
    """
    kind = kind_of(picture)
    if kind == "reconstruct":
        return [i for i, name in enumerate(picture.rows) if name not in ALIKE[kind]][:1]
    if kind == "exact":
        return [i for i, name in enumerate(picture.rows) if name == EDIT]
    swaps = [i for i, name in enumerate(picture.rows) if name.startswith(SWAP)][:1]
    return [i for i, name in enumerate(picture.rows) if name == DECODED and swaps] + swaps


def picture_rows(drawn: dict[str, Picture], columns: list[int]) -> list[tuple[str, np.ndarray]]:
    """What all methods were given, from the first of them, then each one's own rows, with labels: these columns."""
    rows: list[tuple[str, np.ndarray]] = []
    for method, picture in drawn.items():
        given = [i for i, name in enumerate(picture.rows) if name in ALIKE[kind_of(picture)]] if not rows else []
        rows += [(picture.rows[i], picture.pixels([i], columns)) for i in given]
        rows += [(_label(method, picture.rows[i]), picture.pixels([i], columns)) for i in telling_rows(picture)]
    return rows


def _label(method: str, row: str) -> str:
    """The method's name; for a swap, what was swapped."""
    return row.removeprefix("source ").removesuffix(" of the donor") if row.startswith(SWAP) else method


def _draw(figure: Figure, strip: Strip) -> None:
    """Put a strip with its labels into the figure."""
    width, height = figure.get_size_inches()
    least = min(row.shape[1] for _, row in strip.rows)
    pixels = np.concatenate([row[:, :least] for _, row in strip.rows])
    tall = len(strip.rows) * TILE
    bottom = height - TITLE - strip.names - tall
    wide = tall * pixels.shape[1] / pixels.shape[0]
    axes = figure.add_axes((LABEL / width, bottom / height, wide / width, tall / height))
    axes.imshow(pixels, interpolation="nearest", aspect="auto")
    tile = len(pixels) / len(strip.rows)
    labels = [textwrap.fill(short(label, 2 * LETTERS - 4), LETTERS) for label, _ in strip.rows]
    axes.set_yticks([(i + 0.5) * tile for i in range(len(labels))], labels, fontsize=8)
    axes.set_xticks([(i + 0.5) * tile for i in range(len(strip.columns))], map(_narrow, strip.columns), fontsize=5.5)
    axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    figure.text(GAP / width, 1 - 0.08 / height, strip.title, fontsize=9, fontweight="bold", va="top")
    axes.spines[:].set_visible(False)


def _narrow(name: str) -> str:
    """A column's name in lines that fit over a picture."""
    return textwrap.fill(name.replace("_", " "), 6, break_long_words=False)
