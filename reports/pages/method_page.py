"""One page per method: its pictures, its numbers with what each seed's test pairs leave open, its settings and cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from diffrep.metrics.catalogue import Number
from diffrep.reports.drawing import maps, over_time
from diffrep.reports.drawing.budget import budget
from diffrep.reports.drawing.curves import training_curves
from diffrep.reports.drawing.pictures import MAIN
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment, plot
from diffrep.reports.pages.facts import joint_facts
from diffrep.reports.pages.readable import DASH, Table, TableCell, readable, unmeasured
from diffrep.reports.pages.strips import strip
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.budget import rising_sentence
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.cost import RowCost
from diffrep.reports.rows.flags import left_out
from diffrep.reports.rows.scores import TableRow, titled

PICTURE_TITLES = {  # (stage, kind) -> what a picture shows, in the order of the page
    ("counterfactual", "exact"): "Edits of one factor each",
    ("counterfactual", MAIN): "One part of the code swapped",
    ("counterfactual", "direction"): "Edits along a probe direction",
    ("counterfactual", "interpolation"): "From one image to the other",
    ("counterfactual", "blocks"): "Which block acts when",
    ("counterfactual", "ranges"): "Ranges of blocks from one image to the other",
    ("reconstruct", MAIN): "Reconstructions",
}

SeedValues = Mapping[tuple[int, str], float]
SeedFiles = Mapping[tuple[int, str], str]
SeedIntervals = Mapping[tuple[int, str], tuple[float, float]]


@dataclass(frozen=True)
class MetricLine:
    """One number: its column, mean and spread over seeds, and (value, interval over test pairs, file) of each seed."""

    column: Number
    cell: TableCell
    seeds: list[tuple[str, str, str]]


def section(dataset: DatasetResults, row: TableRow, study: Study) -> dict[str, Any]:
    """What a method's page says of one data set."""
    name, results, pictures = dataset.name, dataset.results, dataset.pictures[row.name]
    own = [r for r in results if (r.kind, r.row, r.view) == ("method", row.name, "")]
    drawn = {(p.stage, p.kind): p for p in pictures}
    return {
        "dataset": name,
        "title": titled(row.name, row.note),
        "flags": flags_of(row, own),
        "data": joint_facts(results),
        "pictures": [strip(drawn[key], title) for key, title in PICTURE_TITLES.items() if key in drawn],
        "no_pictures": _why_no_pictures(row, own),
        "groups": [(table, _lines(table, own, study.seeds)) for table in readable([row], []) if _is_shown(table)],
        "unmeasured": unmeasured([row]),
        "figures": [plot(name, FIGURES[name], png) for name, png in figures_of(dataset, row, own).items()],
        "rising": rising_sentence(dataset.budget[dataset.budget["row"] == row.name]),
        "intervals": any(r.intervals for r in own),
        "cost": [line for c in dataset.costs if (c.kind, c.name) == ("method", row.name) for line in cost_facts(c)],
    }


def figures_of(dataset: DatasetResults, row: TableRow, own: list[ResultFile]) -> dict[str, bytes]:
    """Its curves, what it is worth on the way, what it sees of noisy images, and which part of its code tells what."""
    on_the_way = row.name in set(dataset.budget["row"])
    drawn = {
        "curves": training_curves(own, [row]),
        "budget": budget(dataset.budget, dataset.rows, row.name) if on_the_way else None,
        "denoising": over_time.denoising([row]),
        "factor-map": maps.part_maps(own, [row], "disentangle", over_time.lost_order(dataset.results)),
        "attribute-map": maps.part_maps(own, [row], "probe", {}),
        "times": over_time.precision_over_times([row]),
    }
    return {name: png for name, png in drawn.items() if png is not None}


def flags_of(row: TableRow, own: list[ResultFile]) -> list[str]:
    """What a reader has to know before comparing this method with others."""
    ignores = [f"Ignores its code: {row.ignored}"] if row.ignored else []
    unread = [f"Its judged scores are flagged: {row.warning}"] if row.warning else []
    unjudged = [f"Not judged, since the oracle misreads it on real images: {text}" for text in left_out(own)]
    return ignores + unread + unjudged


def _is_shown(table: Table) -> bool:
    """The summary repeats what the other tables hold."""
    return table.title != TABLE_GROUPS["summary"]


def _why_no_pictures(row: TableRow, own: list[ResultFile]) -> str:
    score = row.scores.get("mse_random_start")
    reasons = dict.fromkeys(r.reason("mse_random_start") for r in own if r.stage == "reconstruct")
    return "; ".join(reasons) if score and not score.values else ""


def _lines(table: Table, own: list[ResultFile], seeds: tuple[int, ...]) -> list[MetricLine]:
    (_, cells), *_ = table.lines
    values, intervals, files = values_of(own), intervals_of(own), files_by_seed(own)
    return [
        MetricLine(
            column,
            cell,
            [(*_of_seed(column, seed, values, intervals), files.get((seed, column.name), "")) for seed in seeds],
        )
        for column, cell in zip(table.columns, cells, strict=True)
    ]


def values_of(own: list[ResultFile]) -> SeedValues:
    """(seed, metric) -> the value of one training."""
    return {(r.seed, name): value for r in own if r.seed is not None for name, value in r.metrics.items()}


def files_by_seed(own: list[ResultFile]) -> SeedFiles:
    """(seed, metric) -> the result file that holds it, from the top of the repository."""
    return {(r.seed, name): r.address for r in own if r.seed is not None for name in r.metrics}


def intervals_of(own: list[ResultFile]) -> SeedIntervals:
    """(seed, metric) -> 95 % over the pairs of images of one training, where the stage could tell."""
    return {(r.seed, name): ends for r in own if r.seed is not None for name, ends in r.intervals.items()}


def _of_seed(column: Number, seed: int, values: SeedValues, intervals: SeedIntervals) -> tuple[str, str]:
    value, ends = values.get((seed, column.name)), intervals.get((seed, column.name))
    digits = column.digits
    text = DASH if value is None or value != value else f"{value:,.{digits}f}"
    return text, f"{ends[0]:,.{digits}f} to {ends[1]:,.{digits}f}" if ends else ""


def cost_facts(cost: RowCost) -> list[tuple[str, str]]:
    """What all seeds together took, as (name, text)."""
    spent_on = cost.minutes | ({"base models of its seeds": cost.base} if cost.base else {})
    stages = ", ".join(f"{stage} {spent:.1f}" for stage, spent in spent_on.items())
    lines = [("Seeds", str(cost.n_seeds)), ("Processor minutes", f"{cost.total:.1f}: {stages}")]
    if cost.device:
        lines += [("Device minutes", f"{cost.device:.1f}")]
    if cost.parameters is not None:
        trained = f", {cost.parameters_trained:,.0f} of them trained" if cost.parameters_trained is not None else ""
        lines += [("Parameters", f"{cost.parameters:,.0f}{trained}")]
    return lines + ([("Peak memory", f"{cost.peak_memory_mib:,.0f} MiB")] if cost.peak_memory_mib else [])


def render(name: str, sections: list[dict[str, Any]], study: Study) -> str:
    """The page of the method as text, from one dictionary per data set."""
    settings = study.method_settings.get(name) or {}
    columns = {line.column.name: line.column for part in sections for _, lines in part["groups"] for line in lines}
    return environment().get_template("method.html").render(
        name=name,
        title=sections[0]["title"],
        adapter=settings.get("adapter", name),
        settings=yaml.safe_dump(dict(settings), sort_keys=False).strip() if settings else "",
        sections=sections,
        study=study,
        root="../",
        columns=list(columns.values()),
    )  # fmt: skip
