"""Figure of exact counterfactuals: how much of the error to the truth an edit takes away, and what it damages."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.reports.drawing.style import colour_of, marker_of, to_png
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.rows.scores import OverSeeds, TableRow

EDIT_TITLES = {  # ending of the metrics' names -> the panel's title
    "": "one part swapped",
    "_top": "dimensions of the largest weights swapped",
    "_direction": "along a probe direction",
    "_direction_top": "along its largest weights",
    "_direction_mask": "along it, on a learned mask",
}
GainsAndSpills = list[tuple[float, float]]  # of each seed


def gain_against_spill(rows: list[TableRow], results: list[ResultFile]) -> bytes | None:
    """A panel per kind of edit, a mark per row and seed; None where no truth is known.

    results  those of the data set
    """
    drawn = {edit: {row.name: points(row, results, edit) for row in rows} for edit in EDIT_TITLES}
    shown = [edit for edit, found in drawn.items() if any(found.values())]
    if not shown:
        return None
    wide = 2 if len(shown) in (2, 4) else min(3, len(shown))
    tall = math.ceil(len(shown) / wide)
    figure = Figure(figsize=(2.6 + 3.1 * wide, 0.6 + 2.9 * tall), layout="constrained")
    panels = list(figure.subplots(tall, wide, squeeze=False, sharex=True, sharey=True).flat)
    for axes, edit in zip(panels, shown, strict=False):
        axes.axhline(0, color="#999999", lw=0.6, zorder=0)
        axes.axvline(0, color="#999999", lw=0.6, zorder=0)
        axes.tick_params(labelsize=8, labelbottom=True, labelleft=True)
        for row in rows:
            _draw(axes, row, rows, drawn[edit][row.name])
        axes.set_title(EDIT_TITLES[edit], fontsize=9, loc="left")
    for axes in panels[len(shown) :]:
        axes.remove()
    figure.supxlabel(
        "exact gain: share of the error, where the image had to change, that the edit takes away", fontsize=9
    )
    figure.supylabel("exact spill: error added elsewhere", fontsize=9)
    named = {label: mark for axes in panels for mark, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(named.values(), named.keys(), fontsize=8, frameon=False, loc="outside right upper")
    return to_png(figure)


def points(row: TableRow, results: list[ResultFile], edit: str) -> GainsAndSpills:
    """Gain and spill of each seed of the row that has both, by one kind of edit; none where rows cannot be compared."""
    if row.scores.get(f"exact_gain{edit}", OverSeeds()).apart:
        return []
    own = [r.metrics for r in results if (r.kind, r.row, r.stage) == (row.kind, row.name, "counterfactual")]
    found = [(m.get(f"exact_gain{edit}", math.nan), m.get(f"exact_spill{edit}", math.nan)) for m in own]
    return [(gain, spill) for gain, spill in found if not math.isnan(gain + spill)]


def _draw(axes: Axes, row: TableRow, rows: list[TableRow], found: GainsAndSpills) -> None:
    if found:
        marker, colour = marker_of(row, rows), colour_of(row, rows)
        edge = 0 if row.kind == "method" else 1.4
        axes.plot(*zip(*found, strict=True), marker, color=colour, ms=5.5, mew=edge, alpha=0.85, label=row.title)
