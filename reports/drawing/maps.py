"""Maps of what each part of a code tells: blocks of DiTi and its kin along the time axis, tokens of EncDiff.

PNGs as bytes, the same bytes for the same results, or None where there is nothing to draw.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.pipelines.core.paths import part_map
from diffrep.reports.drawing.style import panel_title, to_png
from diffrep.reports.reading.load import ResultFile, read_csv
from diffrep.reports.rows.scores import TableRow

COLOUR_MAP = "Blues"
PART_COLUMNS = ("part", "first", "end")  # columns that say what a line of a map is about


def part_maps(results: list[ResultFile], rows: list[TableRow], stage: str, lost: Mapping[str, float]) -> bytes | None:
    """A panel per method with parts: what each part (down) tells of each attribute or factor (across).

    results  those of the data set
    stage    whose map: probe (lift of average precision) or disentangle (share of the factor's entropy)
    lost     factor -> the time at which noise has half taken it: columns in this order, marked on the time axis

    Parts with times lie along the time axis, mean over seeds; parts without are those of the first seed, since
    another seed's have another order, and are sorted by what they tell most of.
    """
    methods = [row for row in rows if row.kind == "method"]
    tables = {row.title: read_map(results, row.name, stage) for row in methods}
    shown = {title: table for title, table in tables.items() if table is not None}
    if not shown:
        return None
    columns = len(next(iter(shown.values())).columns)
    across = 1 if columns > 12 else min(3, len(shown))
    down = math.ceil(len(shown) / across)
    stacked = across == 1  # one above the other: the lowest names the columns of all
    size = (1.4 + across * max(2.6, 0.26 * columns), 1.8 + 2.1 * down if stacked else 0.4 + 3.4 * down)
    figure = Figure(figsize=size, layout="constrained")
    panels = list(figure.subplots(down, across, squeeze=False, sharex=stacked).flat)
    highest = max(float(np.nanmax(table.to_numpy())) for table in shown.values())
    for axes, (title, table) in zip(panels, shown.items(), strict=False):
        _draw(axes, table, lost, highest)
        axes.set_title(panel_title(title), fontsize=10, loc="left")
    for axes in panels[len(shown) :]:
        axes.remove()
    words = "lift of average precision" if stage == "probe" else "share of the factor's entropy"
    figure.colorbar(panels[0].collections[0], ax=panels[: len(shown)], shrink=0.7, label=words)
    return to_png(figure)


def read_map(results: list[ResultFile], method: str, stage: str) -> pd.DataFrame | None:
    """The map of a method, indexed by part, or by (part, first, end) where parts have times; None without a map."""
    own = [r for r in results if (r.kind, r.row, r.stage, r.view) == ("method", method, stage, "")]
    paths = [part_map(result.path.parent) for result in own]
    tables = [read_csv(path, {*PART_COLUMNS}) for path in paths if path.exists()]
    if not tables:
        return None
    timed = tables[0]["first"].notna().all()
    if timed:
        return pd.concat(tables).groupby(list(PART_COLUMNS), sort=False).mean().sort_index(level="first")
    first = tables[0].drop(columns=["first", "end"]).set_index("part")
    best = first.fillna(0).to_numpy().argmax(axis=1)
    return first.iloc[np.argsort(best, kind="stable")]


def _draw(axes: Axes, table: pd.DataFrame, lost: Mapping[str, float], highest: float) -> None:
    table = table[[name for name in lost if name in table] or list(table.columns)]
    timed = table.index.nlevels == len(PART_COLUMNS)
    starts = table.index.get_level_values("first").to_list() if timed else list(range(len(table)))
    end = table.index.get_level_values("end").max() if timed else len(table)
    edges = np.arange(len(table.columns) + 1)
    axes.pcolormesh(edges, [*starts, end], table.to_numpy(), cmap=COLOUR_MAP, vmin=0, vmax=max(highest, 1e-9))
    axes.set_xticks(edges[:-1] + 0.5, table.columns, rotation=90, fontsize=7 if len(edges) > 13 else 8)
    if timed:
        axes.set_ylabel("t at which the block opens", fontsize=8)
        axes.set_yticks([*starts[:: max(1, len(starts) // 8)], end])
        times = [lost.get(name, math.nan) for name in table.columns]
        axes.plot(edges[:-1] + 0.5, times, "D", color="#d55e00", ms=4.5, mew=0)
    else:
        axes.set_yticks(np.arange(len(table)) + 0.5, table.index)
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=7)
