"""The page that answers: which method is best at what, how sure that is, and what it costs, on one screen."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diffrep.metrics.catalogue import Number
from diffrep.reports.pages.beside_reference import Beside, beside_reference, run_sentence
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.difference_table import WORSE
from diffrep.reports.pages.environment import environment, plot
from diffrep.reports.pages.facts import joint_facts
from diffrep.reports.pages.readable import APART, DASH, TableCell, apart
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.differences import standing_over_all
from diffrep.reports.rows.flags import OVERSHOT
from diffrep.reports.rows.leads import Lead, leads_of
from diffrep.reports.rows.questions import headline
from diffrep.reports.rows.scores import OverSeeds, TableRow

TOO_LONG = "¶"  # beside a number of steps that may overshoot
FrontLine = tuple[TableRow, list[TableCell], TableCell]  # a row, its cells, and what a seed of it cost


@dataclass(frozen=True)
class Front:
    """What a reader sees first of one data set.

    columns   the headline numbers
    methods   rows under test, in grid order; controls: the rows set apart from them
    sentences what the numbers say, in words
    known     what has to be known of the data first, as (name, text)
    compared  whether the cells say what is better (bold) and what is worse (a dagger) than the reference
    footnotes marks beside cells, and what they say
    run       what the run is beside the reference run, in a sentence
    beside    the headline numbers beside those of the committed reference run, where there is one
    """

    dataset: str
    columns: list[Number]
    methods: list[FrontLine]
    controls: list[FrontLine]
    sentences: list[str]
    known: list[tuple[str, str]]
    compared: bool
    footnotes: dict[str, str]
    run: str
    beside: list[Beside]

    @property
    def scale(self) -> str:
        """How long the methods under test were trained: "500 steps (32,000 images)"; empty where none was."""
        steps, images = (
            [mean for row, *_ in self.methods if (mean := row.mean(name))] for name in ("steps", "images_seen")
        )
        return f"{span_of(steps)} steps" + (f" ({span_of(images)} images)" if images else "") if steps else ""


def front_of(dataset: DatasetResults, study: Study) -> Front | None:
    """The answers of one data set; None while it has no results."""
    summary = next((table for table in dataset.tables if table.title == TABLE_GROUPS["summary"]), None)
    columns = [column for column in headline(dataset.rows) if summary and column in summary.columns]
    if summary is None or not columns:
        return None
    minutes = {cost.name: cost.total / cost.n_seeds for cost in dataset.costs if cost.kind == "method" and cost.n_seeds}
    kept = [summary.columns.index(column) for column in columns]
    lines = [
        (
            row,
            [marked(cells[i], row.scores[summary.columns[i].name]) for i in kept],
            minutes_cell(minutes.get(row.name)),
        )
        for row, cells in summary.lines
        if row.kind == "method"
    ]
    methods = [line for line in lines if line[0].name not in study.controls]
    controls = [line for line in lines if line[0].name in study.controls]
    leads = leads_of(dataset.name, columns, dataset.rows, study)
    return Front(
        dataset.name,
        columns,
        methods,
        controls,
        [*best_sentences(leads), *compared_sentence(dataset, study)],
        joint_facts(dataset.results),
        any(found.verdict for found in dataset.differences),
        footnotes_of(columns, dataset.rows),
        run_sentence(dataset),
        beside_reference(dataset, columns, [*methods, *controls]),
    )


def marked(cell: TableCell, score: OverSeeds) -> TableCell:
    """The cell with what says how it compares, and whether its step may be too long: other footnotes stand below the
    tables of the questions."""
    kept = tuple(mark for mark in cell.marks if mark in (WORSE, APART))
    return dataclasses.replace(cell, marks=(*kept, TOO_LONG) if score.remark.startswith(OVERSHOT) else kept)


def footnotes_of(columns: Sequence[Number], rows: Sequence[TableRow]) -> dict[str, str]:
    """What the marks of these columns say, each where any cell has it."""
    remarks = (row.scores[column.name].remark for row in rows for column in columns)
    too_long = {TOO_LONG: OVERSHOT} if any(remark.startswith(OVERSHOT) for remark in remarks) else {}
    return {mark: f"not compared, {why}" for mark, why in apart(columns, rows).items()} | too_long


def span_of(counts: Sequence[float]) -> str:
    """One number where all are the same, else the least and the most.

    >>> span_of([500.0, 500.0]), span_of([500.0, 1000.0])
    ('500', '500 to 1,000')
    """
    return " to ".join(dict.fromkeys(f"{end:,.0f}" for end in (min(counts), max(counts))))


def minutes_cell(minutes: float | None) -> TableCell:
    """Processor minutes of a seed, over all stages."""
    return TableCell(DASH) if minutes is None else TableCell(f"{minutes:.1f}", number=minutes)


def best_sentences(leads: Sequence[Lead]) -> list[str]:
    """Which method leads in each number, in a sentence each for codes and for what is decoded from them."""
    of_codes = [lead for lead in leads if lead.column.group in ("probe", "disentanglement")]
    named = [
        ("Of the methods under test, ", of_codes),
        ("In what they decode, ", [lead for lead in leads if lead not in of_codes]),
    ]
    return [f"{opening}{'; '.join(map(led, found))}." for opening, found in named if found]


def led(lead: Lead) -> str:
    """Who leads in one number, by how much before the next, and whether the seeds tell the two apart."""
    return f"{lead.first} leads in {lead.column.title} ({lead.margin})"


def compared_sentence(dataset: DatasetResults, study: Study) -> list[str]:
    """How many differences from the reference stand, and in whose favour; nothing where none was tested."""
    if dataset.comparison is None:
        return []
    tested = [found.verdict for found in dataset.differences if found.verdict]
    better, worse = tested.count("better"), tested.count("worse")
    if not tested:
        return []
    return [
        f"Against {study.reference}, the row chosen beforehand to compare with, {better + worse} of {len(tested)} "
        f"differences stand, corrected within each metric (over all {len(tested)}: "
        f"{standing_over_all(dataset.differences)}): {better} for the other rows, {worse} for {study.reference}."
    ]


def render(fronts: list[Front | None], drawn: dict[str, dict[str, bytes]], study: Study) -> str:
    """The page as text: the answers of the first data set that has any; `drawn` holds figures by data set and name."""
    first = next((front for front in fronts if front), None)
    shown = shown_front(first, drawn[first.dataset]) if first else {"front": None}
    return environment().get_template("front.html").render(**shown, study=study, root="")


def shown_front(front: Front | None, drawn: dict[str, bytes]) -> dict[str, Any]:
    """The answers of one data set as the templates have them."""
    pictures = {name: plot(name, FIGURES[name], drawn[name]) if name in drawn else None for name in ("ranks", "edited")}
    return {"front": front, **pictures}
