"""Figures over the time of diffusion: the use of codes, the loss of factors, the precision of the codes of one time.

Every function returns a PNG as bytes, the same bytes for the same results, or None where there is nothing to draw.
"""

import math
import re

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from diffrep.reports.drawing.style import COLOURS, colour_of, marker_of, panel_title, to_png
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.rows.scores import OverSeeds, TableRow

CODE_WORDS = {"own": "given its own code", "shuffled": "given another image's code", "mean": "given the mean code"}
PANELS_ACROSS = 4  # panels in a row


def denoising(rows: list[TableRow]) -> bytes | None:
    """Error of the image seen in noisy ones given its own, another image's and the mean code: a panel per method."""
    shown = [row for row in rows if any(curve(row.scores, "denoise_error_own_t")[1])]
    if not shown:
        return None
    wide = min(PANELS_ACROSS, len(shown))
    tall = math.ceil(len(shown) / wide)
    figure = Figure(figsize=(0.8 + 2.5 * wide, 0.7 + 2.2 * tall), layout="constrained")
    panels = list(figure.subplots(tall, wide, squeeze=False, sharex=True, sharey=True).flat)
    for axes, row in zip(panels, shown, strict=False):
        for (code, words), colour in zip(CODE_WORDS.items(), COLOURS, strict=False):
            axes.plot(*curve(row.scores, f"denoise_error_{code}_t"), color=colour, lw=1.6, label=words)
        if (high := row.mean("code_use_from")) is not None:
            axes.axvspan(high, 999, color="#000000", alpha=0.06, lw=0)
        axes.set_title(panel_title(f"{row.title}: {row.scores['code_use'].mean or 0:.2f}"), fontsize=9, loc="left")
        axes.set_yscale("log")
        axes.tick_params(labelsize=8, which="both", labelbottom=True)
    for axes in panels[len(shown) :]:
        axes.remove()
    figure.supxlabel("time t of the noise", fontsize=9)
    figure.supylabel("squared error", fontsize=9)
    figure.legend(
        *panels[0].get_legend_handles_labels(), fontsize=9, frameon=False, loc="outside upper left", ncols=min(wide, 3)
    )
    return to_png(figure)


def curve(scores: dict[str, OverSeeds], prefix: str) -> tuple[list[int], list[float]]:
    """The numbers that the names `prefix` + number hold, in the order of these numbers, where there is a mean."""
    names = {int(name.removeprefix(prefix)): name for name in scores if re.fullmatch(prefix + r"\d+", name)}
    points = [(x, mean) for x, name in sorted(names.items()) if (mean := scores[name].mean) is not None]
    return [x for x, _ in points], [mean for _, mean in points]


def attribute_loss(results: list[ResultFile]) -> bytes | None:
    """How often a denoised image is nearer to its twin that differs in one factor; dashed: in a world of these two.

    The mean over the base models of all seeds.
    """
    factors = lost_order(results)
    if not factors:
        return None
    scores = losses(results)
    figure = Figure(figsize=(6.8, 3.8), layout="constrained")
    axes: Axes = figure.subplots()
    for (factor, lost), colour in zip(factors.items(), COLOURS, strict=False):
        when = "never" if math.isnan(lost) else f"t = {lost:.0f}"
        label = f"{factor}: {when}, distance {scores[f'twin_distance_{factor}'].mean:.1f}"
        axes.plot(*curve(scores, f"attribute_loss_{factor}_t"), "o-", color=colour, ms=3.5, lw=1.6, label=label)
        axes.plot(*curve(scores, f"two_image_loss_{factor}_t"), "--", color=colour, lw=0.9)
    axes.axhline(0.25, color="#333333", lw=0.8, ls=":")
    axes.set_ylim(0, 0.55)
    axes.set_xlabel("time t of the noise", fontsize=9)
    axes.set_ylabel("attribute loss", fontsize=9)
    axes.tick_params(labelsize=9)
    figure.legend(fontsize=8, frameon=False, loc="outside right upper", title="half lost at", title_fontsize=8)
    return to_png(figure)


def lost_order(results: list[ResultFile]) -> dict[str, float]:
    """Factor -> the time at which it is half lost (nan: never), the earliest first; empty where nobody measured it."""
    prefix = "half_lost_"
    scores = {name.removeprefix(prefix): own for name, own in losses(results).items() if name.startswith(prefix)}
    found = {name: math.nan if own.mean is None else own.mean for name, own in scores.items()}
    return dict(sorted(found.items(), key=lambda item: math.inf if math.isnan(item[1]) else item[1]))


def losses(results: list[ResultFile]) -> dict[str, OverSeeds]:
    """Every number of the stage attribute_loss over the base models of all seeds; one without a value is absent."""
    files = [r.metrics for r in results if r.stage == "attribute_loss"]
    names = dict.fromkeys(name for metrics in files for name in metrics)
    values = {name: [m[name] for m in files if not math.isnan(m.get(name, math.nan))] for name in names}
    return {name: OverSeeds(tuple(own)) for name, own in values.items()}


def precision_over_times(rows: list[TableRow]) -> bytes | None:
    """Average precision of codes that belong to one time each, a line per method; a dot at the seeds' best times."""
    shown = [row for row in rows if any(curve(row.scores, "times_ap_")[1])]
    if not shown:
        return None
    figure = Figure(figsize=(5.6, 3.4), layout="constrained")
    axes: Axes = figure.subplots()
    for row in shown:
        steps, means = curve(row.scores, "times_ap_")
        times, colour = np.array(steps) / max(steps), colour_of(row, rows)
        seeds = np.array([row.scores[f"times_ap_{i}"].values for i in steps]).T
        axes.plot(times, seeds.T, color=colour, lw=0.8, alpha=0.4)
        axes.plot(times, means, color=colour, lw=1.8, label=row.title)
        best = seeds.argmax(axis=1)
        axes.plot(times[best], seeds[np.arange(len(best)), best], marker_of(row, rows), color=colour, ms=5)
    axes.set_xlabel("time of the code, from 0 (clean) to 1 (noise)", fontsize=9)
    axes.set_ylabel("average precision, validation images", fontsize=9)
    axes.grid(alpha=0.25, lw=0.6)
    axes.tick_params(labelsize=9)
    axes.legend(fontsize=9, frameon=False)
    return to_png(figure)
