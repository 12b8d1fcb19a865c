"""The page that answers: which method is best at what, how sure that is, and what it costs, on one screen."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diffrep.metrics.catalogue import Number
from diffrep.reports.drawing.ranks import ranked
from diffrep.reports.pages.beside_reference import Beside, beside_reference, budget_sentence
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.difference_table import WORSE
from diffrep.reports.pages.environment import environment, plot
from diffrep.reports.pages.facts import joint_facts
from diffrep.reports.pages.readable import DASH, TableCell
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.questions import headline
from diffrep.reports.rows.scores import TableRow

FrontLine = tuple[TableRow, list[TableCell], TableCell]  # a row, its cells, and what a seed of it cost


@dataclass(frozen=True)
class Front:
    """What a reader sees first of one data set.

    columns   the headline numbers
    methods   rows under test, in grid order; controls: the rows set apart from them
    sentences what the numbers say, in words
    known     what has to be known of the data first, as (name, text)
    compared  whether the cells say what is better (bold) and what is worse (a dagger) than the reference
    budget    how long everything was trained, in a sentence
    beside    the headline numbers beside those of the committed reference run, where there is one
    """

    dataset: str
    columns: list[Number]
    methods: list[FrontLine]
    controls: list[FrontLine]
    sentences: list[str]
    known: list[tuple[str, str]]
    compared: bool
    budget: str
    beside: list[Beside]


def front_of(dataset: DatasetResults, study: Study) -> Front | None:
    """The answers of one data set; None while it has no results."""
    summary = next((table for table in dataset.tables if table.title == TABLE_GROUPS["summary"]), None)
    columns = [column for column in headline(dataset.rows) if summary and column in summary.columns]
    if summary is None or not columns:
        return None
    minutes = {cost.name: cost.total / cost.n_seeds for cost in dataset.costs if cost.kind == "method" and cost.n_seeds}
    kept = [summary.columns.index(column) for column in columns]
    lines = [
        (row, [_marked(cells[i]) for i in kept], minutes_cell(minutes.get(row.name)))
        for row, cells in summary.lines
        if row.kind == "method"
    ]
    methods = [line for line in lines if line[0].name not in study.controls]
    controls = [line for line in lines if line[0].name in study.controls]
    sentences = [*best_sentences([row for row, *_ in methods], columns), *compared_sentence(dataset, study)]
    return Front(
        dataset.name,
        columns,
        methods,
        controls,
        sentences,
        joint_facts(dataset.results),
        any(found.verdict for found in dataset.differences),
        budget_sentence(dataset, study),
        beside_reference(dataset, columns, [*methods, *controls]),
    )


def _marked(cell: TableCell) -> TableCell:
    """The cell with the dagger of what is worse alone: footnotes stand below the tables of the questions."""
    return dataclasses.replace(cell, marks=tuple(mark for mark in cell.marks if mark == WORSE))


def minutes_cell(minutes: float | None) -> TableCell:
    """Processor minutes of a seed, over all stages."""
    return TableCell(DASH) if minutes is None else TableCell(f"{minutes:.1f}", number=minutes)


def best_sentences(methods: list[TableRow], columns: Sequence[Number]) -> list[str]:
    """Which method leads in each number, in a sentence each for codes and for what is decoded from them."""
    leads = {column.name: led(methods, column) for column in columns}
    of_codes = [leads[c.name] for c in columns if c.group in ("probe", "disentanglement")]
    of_images = [leads[c.name] for c in columns if c.group not in ("probe", "disentanglement")]
    named = [
        ("Of the methods under test lead", [lead for lead in of_codes if lead]),
        ("In what they decode lead", [lead for lead in of_images if lead]),
    ]
    return [f"{opening} {'; '.join(found)}." for opening, found in named if found]


def led(methods: list[TableRow], column: Number) -> str:
    """Who leads in one number, by how much before the next; empty where fewer than two have it."""
    order = ranked(methods, column)
    if len(order) < 2:
        return ""
    (first, best), (second, after) = ((row.name, row.scores[column.name].mean) for row in order[:2])
    return f"{first} in {column.title} ({best:.{column.digits}f}; next {second}, {after:.{column.digits}f})"


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
        f"differences stand after correction: {better} for the other rows, {worse} for {study.reference}."
    ]


def render(found: list[DatasetResults], drawn: dict[str, dict[str, bytes]], study: Study) -> str:
    """The page as text: the answers of the first data set that has any; `drawn` holds figures by data set and name."""
    first = next((dataset for dataset in found if front_of(dataset, study)), None)
    shown = shown_front(first, drawn[first.name], study) if first else {"front": None}
    return environment().get_template("front.html").render(**shown, study=study, root="")


def shown_front(dataset: DatasetResults, drawn: dict[str, bytes], study: Study) -> dict[str, Any]:
    """The answers of one data set as the templates have them."""
    pictures = {name: plot(name, FIGURES[name], drawn[name]) if name in drawn else None for name in ("ranks", "edited")}
    return {"front": front_of(dataset, study), **pictures}
