"""Figures of a data set: training curves, precision by attribute group, precision against cost.

Every function returns a PNG as bytes, the same bytes for the same results, or None where there is nothing to draw.
"""

import io
import math
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.reports.columns import GROUP_METRIC
from diffrep.reports.cost import Cost
from diffrep.reports.scores import Row, metrics_of

COLOURS = (  # told apart by colour-blind readers as far as fourteen can be
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7a5195", "#4d4d4d"),
    *("#a3c940", "#8c3b2a", "#1b4f72", "#f49ac1", "#00a6a6", "#b08d57"),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # of methods; with fourteen colours no two look alike
ANCHOR_COLOUR = "#9a9a9a"
ANCHOR_MARKERS = {"factors": "1", "rotation": "+", "noise": "x", "pca20": "*", "unedited": "x"}


def to_png(figure: Figure) -> bytes:
    """The figure as a PNG without date or program, so that equal figures are equal files."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, metadata={"Software": None})
    return buffer.getvalue()


def curves(root: Path, dataset: str, seeds: tuple[int, ...], rows: list[Row]) -> bytes | None:
    """Loss (faint) and validation loss (dots) against steps: a panel per method, a line per seed.

    ValueError, one line: a curve file that lacks a column or is no CSV.
    """
    folder = root / "results" / dataset
    found = [(row, _read_curves(folder / row.name / "train", seeds)) for row in rows if row.kind == "method"]
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


def panel_title(text: str) -> str:
    """The text in lines that fit over a panel."""
    return textwrap.fill(text, 36)


def _read_curves(folder: Path, seeds: tuple[int, ...]) -> dict[int, pd.DataFrame]:
    found = {}
    for seed in seeds:
        path = folder / f"{seed}.csv"
        if path.exists():
            found[seed] = _read_curve(path)
    return {seed: table for seed, table in found.items() if len(table)}


def _read_curve(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no readable CSV ({error}): run its training again") from None
    lacking = {"step", "loss", "valid_loss"} - set(table.columns)
    if lacking:
        raise ValueError(f"{path} has no column {sorted(lacking)[0]!r}: run its training again")
    return table


def _draw_curves(axes: Axes, tables: dict[int, pd.DataFrame], colour: str) -> None:
    for seed, table in tables.items():
        first = seed == next(iter(tables))
        axes.plot(table["step"], table["loss"], color=colour, alpha=0.3, lw=0.8, label="train" if first else None)
        valid = table.dropna(subset=["valid_loss"])
        label = "validation" if first else None
        axes.plot(valid["step"], valid["valid_loss"], "o-", color=colour, lw=1.2, ms=2.5, label=label)
    if min(table[["loss", "valid_loss"]].min().min() for table in tables.values()) > 0:  # a cosine's is negative
        axes.set_yscale("log")
    axes.tick_params(labelsize=8, which="both")
    axes.legend(fontsize=7, frameon=False, loc="upper right")


def groups(rows: list[Row]) -> bytes | None:
    """Average precision, over all attributes and by group: a dot per seed, a bar at the mean; grey is an anchor."""
    metrics = metrics_of(rows)
    names = [m for m in metrics if m == "average_precision" or m.startswith(GROUP_METRIC)]
    shown = [row for row in rows if any(row.scores[name].values for name in names)]
    if not shown:
        return None
    figure = Figure(figsize=(max(6.0, 2.2 + 1.5 * len(names)), 3.8), layout="constrained")
    axes = figure.subplots()
    step = 0.8 / len(shown)
    for i, row in enumerate(shown):
        _draw_groups(axes, row, names, (i - (len(shown) - 1) / 2) * step, step, rows)
    for x, name in enumerate(names):
        _draw_chance(axes, x, name.replace("average_precision", "prevalence", 1), shown)
    labels = ["all attributes" if n == "average_precision" else n.removeprefix(GROUP_METRIC) for n in names]
    axes.set_xticks(range(len(names)), labels, fontsize=9)
    axes.set_ylabel("average precision", fontsize=9)
    axes.set_ylim(0, 1.02)
    axes.grid(axis="y", alpha=0.25, lw=0.6)
    axes.tick_params(labelsize=9)
    figure.legend(*axes.get_legend_handles_labels(), fontsize=8, frameon=False, loc="outside upper left", ncols=7)
    return to_png(figure)


def colour_of(row: Row, rows: list[Row]) -> str:
    """The colour of a row in every figure: one per method in grid order, grey for anchors."""
    methods = [r.name for r in rows if r.kind == "method"]
    return ANCHOR_COLOUR if row.kind == "anchor" else COLOURS[methods.index(row.name) % len(COLOURS)]


def marker_of(row: Row, rows: list[Row]) -> str:
    """The marker of a row in every figure: filled for methods, strokes for anchors."""
    methods = [r.name for r in rows if r.kind == "method"]
    return (
        ANCHOR_MARKERS.get(row.name, "3") if row.kind == "anchor" else MARKERS[methods.index(row.name) % len(MARKERS)]
    )


def _draw_groups(axes: Axes, row: Row, names: list[str], shift: float, step: float, rows: list[Row]) -> None:
    colour, marker = colour_of(row, rows), marker_of(row, rows)
    edge, drawn = 0 if row.kind == "method" else 1.2, False
    for x, name in enumerate(names):
        values = row.scores[name].values
        label = None if drawn or not values else row.title
        axes.plot([x + shift] * len(values), values, marker, color=colour, ms=4, alpha=0.8, label=label, mew=edge)
        if len(values) > 1:
            mean = float(np.mean(values))
            axes.plot([x + shift - step * 0.38, x + shift + step * 0.38], [mean, mean], color=colour, lw=1.8)
        drawn = drawn or bool(values)


def _draw_chance(axes: Axes, x: int, name: str, rows: list[Row]) -> None:
    means = [row.scores[name].mean for row in rows if name in row.scores and row.scores[name].values]
    if means and means[0] is not None:
        label = "prevalence (chance)" if x == 0 else None
        axes.plot([x - 0.44, x + 0.44], [means[0]] * 2, ":", color="#333333", lw=1, label=label)


def cost_against_precision(rows: list[Row], costs: list[Cost]) -> bytes | None:
    """Mean AP of each method, whiskers of one sd over seeds, against its minutes per seed over all stages."""
    spent = {c.name: c.total / c.n_seeds for c in costs if c.kind == "method" and c.n_seeds}
    scores = [(r, r.scores.get("average_precision")) for r in rows if r.kind == "method" and r.name in spent]
    points = [(row, score, score.mean) for row, score in scores if score is not None and score.mean is not None]
    if not points:
        return None
    figure = Figure(figsize=(7.6, 3.8), layout="constrained")
    axes = figure.subplots()
    for row, score, mean in points:
        marker, colour = marker_of(row, rows), colour_of(row, rows)
        x = spent[row.name]
        axes.errorbar(x, mean, yerr=score.sd, fmt=marker, color=colour, ms=6, capsize=3, lw=1.2, label=row.title)
    axes.set_xlim(0, 1.1 * max(spent[row.name] for row, *_ in points) or 1.0)
    axes.set_xlabel("minutes per seed, all stages (the shared base model not counted)", fontsize=9)
    axes.set_ylabel("average precision, mean ± sd", fontsize=9)
    axes.grid(alpha=0.25, lw=0.6)
    axes.tick_params(labelsize=9)
    figure.legend(fontsize=9, frameon=False, loc="outside right upper")
    return to_png(figure)
