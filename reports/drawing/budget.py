"""Figure of what methods are worth after parts of their training: an undertrained method told from a worse one."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.drawing.style import colour_of, legend_columns, marker_of, to_png
from diffrep.reports.rows.budget import FOLLOWED
from diffrep.reports.rows.scores import TableRow

PANEL, TALL = 3.1, 3.6  # inches
PALE = 0.18
APART = 1.012  # the marks of neighbours, so that no bar hides another
MOST_TICKS = 4


def budget(points: pd.DataFrame, rows: list[TableRow], method: str = "") -> bytes | None:
    """AP, DCI D and the error from the code alone against images seen, a line per method, bars of one sd over seeds.

    points  as `budget_points` gives them; what has no steps is a dashed line across
    rows    of the data set's tables
    method  the one that the figure is of: all others are pale; empty: all alike

    None where no method was scored on the way.
    """
    known = points[points["metric"].isin(FOLLOWED)]
    names = [name for name in FOLLOWED if known["images"][known["metric"] == name].notna().any()]
    if not names:
        return None
    drawn = [row for row in rows if row.kind == "method" and row.name in set(known["row"])]
    figure = Figure(figsize=(0.4 + PANEL * len(names), TALL), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False).flat, names, strict=True):
        for place, row in enumerate(drawn):
            look = {"color": colour_of(row, rows), "alpha": 1.0 if method in ("", row.name) else PALE, "lw": 1.3}
            own = known[(known["metric"] == name) & (known["row"] == row.name)]
            _draw(axes, own, row.title, marker_of(row, rows), APART ** (place - (len(drawn) - 1) / 2), look)
        _dress(axes, CATALOGUE[name].heading, known["images"].dropna())
    figure.supxlabel("images seen in training (logarithmic)", fontsize=9)
    labelled = figure.axes[0].get_legend_handles_labels()
    columns = legend_columns(labelled[1], figure.get_figwidth())
    figure.legend(*labelled, fontsize=8, frameon=False, loc="outside upper left", ncols=columns)
    return to_png(figure)


def _draw(axes: Axes, own: pd.DataFrame, title: str, marker: str, aside: float, look: dict[str, Any]) -> None:
    steps = own.dropna(subset=["images"])
    if len(own) and not len(steps):
        axes.axhline(own["mean"].iloc[0], ls="--", label=title, **look)
        return
    bars = axes.errorbar(aside * steps["images"], steps["mean"], yerr=steps["sd"].fillna(0), capsize=2, **look)
    bars.lines[0].set(marker=marker, markersize=4, label=title)


def _dress(axes: Axes, title: str, images: pd.Series) -> None:
    """A logarithmic axis with ticks at the end, at its half, and so on."""
    low, high = images.min(), images.max()
    halvings = min(MOST_TICKS - 1, int(np.log2(high / low) + 1e-9))
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator([high / 2**k for k in range(halvings, -1, -1)]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seen, _: f"{seen / 1000:.3g}k"))
    axes.set_xlim(low / 1.2, high * 1.2)
    axes.set_title(title, fontsize=9, loc="left")
    axes.grid(alpha=0.25, lw=0.6)
    axes.tick_params(labelsize=8)
