"""Figures of average precision: by attribute group, and against what it cost."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.reports.drawing.style import colour_of, legend_columns, marker_of, to_png
from diffrep.reports.rows.columns import GROUP_METRIC
from diffrep.reports.rows.cost import RowCost
from diffrep.reports.rows.scores import TableRow, metrics_of


def groups(rows: list[TableRow]) -> bytes | None:
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
    columns = legend_columns(axes.get_legend_handles_labels()[1], figure.get_figwidth())
    figure.legend(*axes.get_legend_handles_labels(), fontsize=8, frameon=False, loc="outside upper left", ncols=columns)
    return to_png(figure)


def _draw_groups(axes: Axes, row: TableRow, names: list[str], shift: float, step: float, rows: list[TableRow]) -> None:
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


def _draw_chance(axes: Axes, x: int, name: str, rows: list[TableRow]) -> None:
    means = [row.scores[name].mean for row in rows if name in row.scores and row.scores[name].values]
    if means and means[0] is not None:
        label = "prevalence (chance)" if x == 0 else None
        axes.plot([x - 0.44, x + 0.44], [means[0]] * 2, ":", color="#333333", lw=1, label=label)


def cost_against_precision(rows: list[TableRow], costs: list[RowCost]) -> bytes | None:
    """Mean AP of each method, whiskers of one sd over seeds, against its minutes per seed, its base model included."""
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
    of_all = "processor minutes per seed, all stages\n(with its base model, where a row stands on one)"
    axes.set_xlabel(of_all, fontsize=9)
    axes.set_ylabel("average precision, mean ± sd", fontsize=9)
    axes.grid(alpha=0.25, lw=0.6)
    axes.tick_params(labelsize=9)
    figure.legend(fontsize=9, frameon=False, loc="outside right upper")
    return to_png(figure)
