"""One page per question: its tables, what their numbers mean, and the figures beside them, data set by data set."""

import dataclasses
from typing import Any

from diffrep.metrics.catalogue import Number
from diffrep.pipelines.core.paths import cost_file
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.difference_table import DifferenceTable
from diffrep.reports.pages.doubts import with_reference_power
from diffrep.reports.pages.environment import environment, plot
from diffrep.reports.pages.facts import joint_facts, plain
from diffrep.reports.pages.readable import VIEWS_TITLE, Table
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.budget import rising_sentence
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.flags import left_out
from diffrep.reports.rows.power import told
from diffrep.reports.rows.questions import VIEWS, Question
from diffrep.reports.rows.roles import SPREAD
from diffrep.reports.rows.views import view_title


def render(question: Question, found: list[DatasetResults], drawn: dict[str, dict[str, bytes]], study: Study) -> str:
    """The page as text; `drawn` holds each data set's figures by their names."""
    sections = [section(question, dataset, drawn[dataset.name], study) for dataset in found]
    return environment().get_template("question.html").render(
        question=question,
        sections=sections,
        columns=list(dict.fromkeys(column for part in sections for column in part["columns"])),
        study=study,
        root="../",
        views_title=VIEWS_TITLE,
        spread=SPREAD,
    )  # fmt: skip


def section(question: Question, dataset: DatasetResults, drawn: dict[str, bytes], study: Study) -> dict[str, Any]:
    """What the page says of one data set."""
    tables = tables_of(question, dataset)
    columns = list(dict.fromkeys(column for table in tables for column in table.columns))
    return {
        "name": dataset.name,
        "known": joint_facts(dataset.results),
        "tables": tables,
        "comparison": narrowed(dataset, columns, study),
        "columns": columns,
        "warnings": warnings_of(dataset) if question.key in ("reconstructs", "edits") else [],
        "oracle": oracle_accuracy(dataset.results) if question.key == "edits" else [],
        "costs": dataset.costs if question.key == "costs" else [],
        "stages": [stage for stage in study.stages if any(stage in cost.minutes for cost in dataset.costs)],
        "figures": [plot(name, FIGURES[name], drawn[name]) for name in question.figures if name in drawn],
        "rising": rising_sentence(dataset.budget) if "budget" in question.figures else "",
        "no_twins": no_twins(dataset.results) if "attribute-loss" in question.figures else "",
        "files": first_files(dataset),
        "cost_files": cost_first_files(dataset.results),
    }


def tables_of(question: Question, dataset: DatasetResults) -> list[Table]:
    """The tables that answer a question, in its order."""
    titles = [VIEWS_TITLE if group == VIEWS else TABLE_GROUPS[group] for group in question.groups]
    return [table for title in titles for table in dataset.tables if table.title == title]


def narrowed(dataset: DatasetResults, columns: list[Number], study: Study) -> DifferenceTable | None:
    """The differences in these numbers alone, with what the seeds could find of them; None where there are none."""
    comparison = dataset.comparison
    kept = [i for i, column in enumerate(comparison.columns) if column in columns] if comparison else []
    if comparison is None or not kept:
        return None
    lines = [(row, [cells[i] for i in kept]) for row, cells in comparison.lines]
    marks = {mark for _, cells in lines for cell, _ in cells for mark in cell.marks}
    footnotes = {mark: text for mark, text in comparison.footnotes.items() if mark in marks}
    columns = [comparison.columns[i] for i in kept]
    alone = dataclasses.replace(comparison, columns=columns, lines=lines, footnotes=footnotes)
    return with_reference_power(alone, told(dataset.name, columns, dataset.rows, study))


def warnings_of(dataset: DatasetResults) -> list[tuple[str, str]]:
    """What has to be known before methods are compared, as (whom it is about, the warning)."""
    ignored = [(f"{row.name} ignores its code", row.ignored) for row in dataset.rows if row.ignored]
    unread = [(f"{row.name}, scores of the oracle", row.warning) for row in dataset.rows if row.warning]
    unjudged = [("Not judged, since the oracle misreads real images", text) for text in left_out(dataset.results)]
    return ignored + unread + unjudged


def first_files(dataset: DatasetResults) -> dict[tuple[str, str], str]:
    """(row, number) of what no method page holds -> the first seed's result file, from the top of the repository."""
    found: dict[tuple[str, str], str] = {}
    viewed = {result.row for result in dataset.results if result.view}
    for result in dataset.results:
        row = result.row if result.kind == "anchor" else view_title(result.row, result.view)
        if result.kind == "anchor" or result.row in viewed:
            for metric in result.metrics:
                found.setdefault((row, metric), result.address)
    return found


def cost_first_files(results: list[ResultFile]) -> dict[tuple[str, str], str]:
    """(row, stage) -> what the first seed of it cost, from the top of the repository."""
    found: dict[tuple[str, str], str] = {}
    for result in results:
        found.setdefault((result.row, result.stage), cost_file(result.folder).as_posix())
    return found


def no_twins(results: list[ResultFile]) -> str:
    """Why nobody measured when noise takes each factor; empty where somebody did."""
    measured = [r for r in results if r.stage == "attribute_loss" and "attribute_loss" in r.metrics]
    return "; ".join(r.reason("attribute_loss") for r in measured)


def oracle_accuracy(results: list[ResultFile]) -> list[tuple[str, str]]:
    """How often the oracle reads real images right: in all, and by factor."""
    metrics = [item for r in results if r.stage == "oracle" for item in r.metrics.items()]
    return [(name, plain(value)) for name, value in metrics if name.startswith("accuracy")]
