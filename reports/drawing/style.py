"""What all figures share: colours and marks of rows, titles in lines, files without a date."""

import io
import textwrap

import numpy as np
from matplotlib.figure import Figure

from diffrep.reports.rows.scores import TableRow

COLOURS = (  # told apart by colour-blind readers as far as fourteen can be
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7a5195", "#4d4d4d"),
    *("#a3c940", "#8c3b2a", "#1b4f72", "#f49ac1", "#00a6a6", "#b08d57"),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")  # of methods; with fourteen colours 126 rows look unlike
ANCHOR_COLOUR = "#9a9a9a"
DPI = 144
ANCHOR_MARKERS = {"factors": "1", "rotation": "+", "noise": "x", "pca20": "*", "unedited": "x"}


def to_png(figure: Figure) -> bytes:
    """The figure as a PNG without date or program, so that equal figures are equal files."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the head of a PNG has them."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def panel_title(text: str) -> str:
    """The text in lines that fit over a panel."""
    return textwrap.fill(text, 27)


def legend_columns(labels: list[str], width: float) -> int:
    """How many columns of labels in 8 points fit into so many inches, seven at most."""
    for count in range(7, 1, -1):
        columns = [column for column in np.array_split(labels, count) if len(column)]
        if sum(0.55 + 0.068 * max(map(len, column)) for column in columns) <= width:
            return count
    return 1


def short(name: str, letters: int) -> str:
    """The name, or its beginning and end where it is longer: variants of a method differ at either.

    >>> short("diti_without_its_blocks", 12)
    'diti_w…locks'
    """
    end = (letters - 1) // 2
    return name if len(name) <= letters else f"{name[: letters - 1 - end]}…{name[-end:]}"


def colour_of(row: TableRow, rows: list[TableRow]) -> str:
    """The colour of a row in every figure: one per method in grid order, grey for anchors."""
    methods = [r.name for r in rows if r.kind == "method"]
    return ANCHOR_COLOUR if row.kind == "anchor" else COLOURS[methods.index(row.name) % len(COLOURS)]


def marker_of(row: TableRow, rows: list[TableRow]) -> str:
    """The marker of a row in every figure: filled for methods, strokes for anchors."""
    methods = [r.name for r in rows if r.kind == "method"]
    return (
        ANCHOR_MARKERS.get(row.name, "3") if row.kind == "anchor" else MARKERS[methods.index(row.name) % len(MARKERS)]
    )
