"""The differences from the reference as they are read: a table of their own, and marks in the summary."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass

from diffrep.metrics.catalogue import CATALOGUE, Number
from diffrep.metrics.comparison import ONE_SAMPLE, PAIRED, WELCH
from diffrep.metrics.power import SIGNIFICANT
from diffrep.reports.pages.readable import DASH, Table, TableCell, letter
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.differences import Difference, kinds_of_tests
from diffrep.reports.rows.scores import TableRow
from diffrep.reports.rows.written import written

WORSE = "†"  # beside a number that is worse than the reference's
TESTS = {  # in words
    PAIRED: "paired by seed",
    WELCH: "Welch's",
    ONE_SAMPLE: "of one sample, since one of the two has the same value for every seed",
}


@dataclass(frozen=True)
class DifferenceTable:
    """The table of differences, over `seeds` seeds each: `lines` are (row, its cells, each with what stands below it).

    rule   which tests they are of
    notes  stand below the table
    """

    reference: str
    seeds: int
    columns: list[Number]
    lines: list[tuple[TableRow, list[tuple[TableCell, tuple[str, ...]]]]]
    footnotes: dict[str, str]
    rule: str
    notes: tuple[str, ...] = ()


def to_csv(differences: Sequence[Difference]) -> str:
    """One line per method and metric; numbers as repr, absent ones blank."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [field.name for field in dataclasses.fields(Difference) if field.name != "dataset"]
    writer.writerow(names)
    for found in differences:
        values = [getattr(found, name) for name in names]
        writer.writerow(["" if x is None else repr(x) if isinstance(x, float) else x for x in values])
    return text.getvalue()


def compared(
    tables: list[Table], differences: Sequence[Difference], seeds: int
) -> tuple[list[Table], DifferenceTable | None]:
    """The tables with what differs from the reference marked, and the differences as the page has them.

    Without differences, or a summary to lay them beside, the tables as they are; without one that was tested,
    no table of them.
    """
    summary = next((table for table in tables if table.title == TABLE_GROUPS["summary"]), None)
    if not differences or summary is None:
        return tables, None
    rule = rule_of(differences, seeds)
    tested = {found.metric for found in differences}
    marked = [
        with_verdicts(table, differences, rule) if tested & {column.name for column in table.columns} else table
        for table in tables
    ]
    some_tested = any(found.verdict for found in differences)
    return marked, _difference_table(summary, differences, seeds, rule) if some_tested else None


def rule_of(differences: Sequence[Difference], seeds: int) -> str:
    """What is called a difference, and by which tests."""
    used = kinds_of_tests(differences)
    each = {test: f" ({', '.join(CATALOGUE[name].title for name in names)})" for test, names in used.items()}
    kinds = "; ".join(TESTS[test] + (names if len(used) > 1 else "") for test, names in each.items())
    return (
        f"p < {SIGNIFICANT:g} after Holm's correction for all methods tested in that column, "
        f"t-tests over {seeds} seeds" + (f", {kinds}" if kinds else "")
    )


def with_verdicts(table: Table, differences: Sequence[Difference], rule: str) -> Table:
    """The table with what is better than the reference in bold, and a dagger at what is worse."""
    shown = {(row.name, column.name) for row, _ in table.lines for column in table.columns if row.kind == "method"}
    verdicts = {place: found.verdict for found in differences if (place := (found.method, found.metric)) in shown}
    reference = differences[0].reference

    def marked(row: TableRow, column: Number, cell: TableCell) -> TableCell:
        verdict = verdicts.get((row.name, column.name)) if row.kind == "method" else None
        marks = (*cell.marks, WORSE) if verdict == "worse" else cell.marks
        return dataclasses.replace(cell, bold=verdict == "better", marks=marks)

    lines = [
        (row, [marked(row, column, cell) for column, cell in zip(table.columns, cells, strict=True)])
        for row, cells in table.lines
    ]
    worse = {WORSE: f"worse than {reference}, by the rule for bold"} if "worse" in verdicts.values() else {}
    note = told(set(verdicts.values()), reference, rule) if any(verdicts.values()) else untested(differences, reference)
    return dataclasses.replace(table, lines=lines, footnotes=table.footnotes | worse, notes=(*table.notes, note))


def told(verdicts: set[str], reference: str, rule: str) -> str:
    """What bold says, or that nothing is."""
    some = "better" in verdicts
    better = f"Bold: better than {reference}" if some else f"Nothing is bold: no method is better than {reference}"
    return f"{better}: {rule}."


def untested(differences: Sequence[Difference], reference: str) -> str:
    """That nothing was tested, and why where it is one thing for all."""
    reasons = {found.reason for found in differences}
    return f"Nothing is bold: nothing is tested against {reference}{f': {reasons.pop()}' if len(reasons) == 1 else ''}."


def _difference_table(summary: Table, differences: Sequence[Difference], seeds: int, rule: str) -> DifferenceTable:
    by_cell = {(found.method, found.metric): found for found in differences}
    reference = differences[0].reference
    letters: dict[str, str] = {}
    lines = [
        (row, [_cell(by_cell[row.name, column.name], column, letters) for column in summary.columns])
        for row, _ in summary.lines
        if row.kind == "method" and row.name != reference
    ]
    worse = {WORSE: "worse"} if any(found.verdict == "worse" for found in differences) else {}
    footnotes = {mark: reason for reason, mark in letters.items()} | worse
    return DifferenceTable(reference, seeds, summary.columns, lines, footnotes, rule)


def _cell(found: Difference, column: Number, letters: dict[str, str]) -> tuple[TableCell, tuple[str, ...]]:
    if found.difference is None or found.low is None or found.high is None or found.p_holm is None or found.df is None:
        return TableCell(DASH, (letters.setdefault(found.reason, letter(len(letters))),)), ()
    mean, low, high = (written(x, column.digits, "+") for x in (found.difference, found.low, found.high))
    marks = (WORSE,) if found.verdict == "worse" else ()
    cell = TableCell(mean, marks, number=found.difference, bold=found.verdict == "better")
    return cell, (f"{low} to {high}", f"{p_text(found.p_holm)}, df {found.df:.3g}")


def p_text(p: float) -> str:
    """A p-value as it is read: three digits, without the nought before the point.

    >>> p_text(0.0301), p_text(0.0004), p_text(1.0)
    ('p = .030', 'p < .001', 'p = 1.000')
    """
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)
