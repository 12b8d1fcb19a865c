"""Figure of who stands where: rows from best to worst in each headline number, with how sure their means are."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.metrics.catalogue import Number
from diffrep.metrics.uncertainty import LEAST_SEEDS, t_interval
from diffrep.reports.drawing.style import colour_of, marker_of, short, to_png
from diffrep.reports.rows.scores import TableRow, means_of, ranked

PANEL, LINE, HEAD, WORDS = 1.75, 0.135, 0.62, 12  # inches of width, of a row and above them; letters of a name


def ranks(rows: list[TableRow], columns: Sequence[Number], controls: Sequence[str]) -> bytes | None:
    """A panel per number, the best row on top: its mean, and a whisker over the 95 % t-interval of its seeds.

    rows      of a data set, methods and controls; anchors are left out
    columns   that have a better and a worse
    controls  names of the rows whose names are in italics

    None where there is nothing to draw.
    """
    methods = {row.name: row for row in rows if row.kind == "method"}
    means = {column: means_of(list(methods.values()), column.name) for column in columns if column.better}
    panels = [(column, [methods[name] for name in ranked(own, column)]) for column, own in means.items() if own]
    if not panels:
        return None
    tall = max(len(order) for _, order in panels)
    figure = Figure(figsize=(PANEL * len(panels), HEAD + LINE * tall), layout="constrained")
    for axes, (column, order) in zip(figure.subplots(1, len(panels), squeeze=False).flat, panels, strict=True):
        for place, row in enumerate(order):
            _draw(axes, place, row, column, rows)
        axes.set_ylim(tall - 0.5, -0.5)
        _dress(axes, order, column, controls)
    return to_png(figure)


def _dress(axes: Axes, order: list[TableRow], column: Number, controls: Sequence[str]) -> None:
    """Names of the rows and of the number, and two ticks: beside long names more would touch."""
    axes.set_yticks(range(len(order)), map(_short, order), fontsize=7.5)
    for row, label in zip(order, axes.get_yticklabels(), strict=True):
        label.set_fontstyle("italic" if row.name in controls else "normal")
    axes.set_title(textwrap.fill(column.heading, WORDS), fontsize=8.5, loc="left")
    axes.tick_params(labelsize=7.5, axis="both", length=2)
    axes.locator_params(axis="x", nbins=2)
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    axes.set_xticks([*ticks[:1], *ticks[1:][-1:]])
    axes.grid(axis="x", alpha=0.25, lw=0.6)


def _short(row: TableRow) -> str:
    """A name that fits beside a panel, with a star where something has to be known of the row."""
    return short(row.name, WORDS) + "*" * bool(row.remarks)


def _draw(axes: Axes, place: int, row: TableRow, column: Number, rows: list[TableRow]) -> None:
    score = row.scores[column.name]
    values, mean = score.values, score.mean
    assert mean is not None  # of rows that are `ranked`
    colour = colour_of(row, rows)
    if len(values) >= LEAST_SEEDS:
        axes.plot(t_interval(np.asarray(values), mean), [place, place], color=colour, lw=1.4, solid_capstyle="butt")
    axes.plot(mean, place, marker_of(row, rows), color=colour, ms=5, mew=0)
