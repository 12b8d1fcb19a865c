"""Figure of the training curves."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.pipelines.core.paths import curves
from diffrep.reports.drawing.style import colour_of, panel_title, to_png
from diffrep.reports.reading.load import ResultFile, read_csv
from diffrep.reports.rows.scores import TableRow

CURVE_COLUMNS = {"step", "loss", "valid_loss"}


def training_curves(results: list[ResultFile], rows: list[TableRow]) -> bytes | None:
    """Loss (faint) and validation loss (dots) against steps: a panel per method, a line per seed.

    results  those of the data set

    ValueError, one line: a curve file that lacks a column or is no CSV.
    """
    found = [(row, curves_of(results, row.name)) for row in rows if row.kind == "method"]
    shown = [(row, tables) for row, tables in found if tables]
    if not shown:
        return None
    wide = min(4, len(shown))
    tall = math.ceil(len(shown) / wide)
    figure = Figure(figsize=(0.6 + 2.6 * wide, 0.6 + 2.1 * tall), layout="constrained")
    panels = list(figure.subplots(tall, wide, squeeze=False).flat)
    for axes, (row, tables) in zip(panels, shown, strict=False):
        _draw_curves(axes, tables, colour_of(row, rows))
        axes.set_title(panel_title(row.title), fontsize=9, loc="left")
    for axes in panels[len(shown) :]:
        axes.remove()
    figure.supxlabel("step", fontsize=9)
    figure.supylabel("its own loss", fontsize=9)
    return to_png(figure)


def curves_of(results: list[ResultFile], method: str) -> list[pd.DataFrame]:
    """The curves of a method, a table per seed that has any; ValueError as in `training_curves`."""
    trained = [r for r in results if (r.kind, r.row, r.stage) == ("method", method, "train")]
    paths = [curves(result.path.parent) for result in trained]
    return [table for table in (read_csv(path, CURVE_COLUMNS) for path in paths if path.exists()) if len(table)]


def _draw_curves(axes: Axes, tables: list[pd.DataFrame], colour: str) -> None:
    for i, table in enumerate(tables):
        axes.plot(table["step"], table["loss"], color=colour, alpha=0.3, lw=0.8, label=None if i else "train")
        valid = table.dropna(subset=["valid_loss"])
        label = None if i else "validation"
        axes.plot(valid["step"], valid["valid_loss"], "o-", color=colour, lw=1.2, ms=2.5, label=label)
    if min(table[["loss", "valid_loss"]].min().min() for table in tables) > 0:  # a cosine's is negative
        axes.set_yscale("log")
    axes.tick_params(labelsize=8, which="both")
    axes.legend(fontsize=7, frameon=False, loc="upper right")
