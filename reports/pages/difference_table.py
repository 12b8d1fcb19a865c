"""The differences from the reference as they are read: a table of their own, and bold in the summary."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass

from diffrep.metrics.catalogue import Number
from diffrep.reports.pages.readable import DASH, Table, TableCell, letter
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.differences import SIGNIFICANT, Difference
from diffrep.reports.rows.scores import TableRow


@dataclass(frozen=True)
class DifferenceTable:
    """The table of differences, of `seeds` pairs each: `lines` are (row, its cells, each with what stands below it)."""

    reference: str
    seeds: int
    columns: list[Number]
    lines: list[tuple[TableRow, list[tuple[TableCell, tuple[str, ...]]]]]
    footnotes: dict[str, str]


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
    """The tables, what is better than the reference in bold in the summary; and the differences as the page has them.

    Without differences, or a summary to lay them beside, the tables as they are and None.
    """
    summary = next((table for table in tables if table.title == TABLE_GROUPS["summary"]), None)
    if not differences or summary is None:
        return tables, None
    by_cell = {(found.method, found.metric): found for found in differences}
    bold = _in_bold(summary, by_cell, f"{differences[0].reference} by {_rule(seeds)}")
    return [bold if table is summary else table for table in tables], _difference_table(summary, by_cell, seeds)


def _in_bold(summary: Table, by_cell: dict[tuple[str, str], Difference], than: str) -> Table:
    def shown(row: TableRow, column: Number, cell: TableCell) -> TableCell:
        found = by_cell.get((row.name, column.name)) if row.kind == "method" else None
        return dataclasses.replace(cell, bold=found is not None and found.better(column))

    lines = [
        (row, [shown(row, column, cell) for column, cell in zip(summary.columns, cells, strict=True)])
        for row, cells in summary.lines
    ]
    some = any(cell.bold for _, cells in lines for cell in cells)
    note = f"Bold: better than {than}." if some else f"Nothing is bold: no method is better than {than}."
    return dataclasses.replace(summary, lines=lines, notes=(*summary.notes, note))


def _rule(seeds: int) -> str:
    return (
        f"the paired difference of {seeds} training seeds, p < {SIGNIFICANT:g} in a t-test "
        "after Holm's correction for all methods tested in that column"
    )


def _difference_table(summary: Table, by_cell: dict[tuple[str, str], Difference], seeds: int) -> DifferenceTable:
    reference = next(iter(by_cell.values())).reference
    letters: dict[str, str] = {}
    lines = [
        (row, [_cell(by_cell[row.name, column.name], column, letters) for column in summary.columns])
        for row, _ in summary.lines
        if row.kind == "method" and row.name != reference
    ]
    return DifferenceTable(reference, seeds, summary.columns, lines, {mark: reason for reason, mark in letters.items()})


def _cell(found: Difference, column: Number, letters: dict[str, str]) -> tuple[TableCell, tuple[str, ...]]:
    if found.difference is None or found.p_holm is None:
        return TableCell(DASH, (letters.setdefault(found.reason, letter(len(letters))),)), ()
    mean, low, high = (f"{x:+,.{column.digits}f}".replace("-", "−") for x in (found.difference, found.low, found.high))
    p = "p < .001" if found.p_holm < 0.001 else f"p = {found.p_holm:.3f}".replace("0.", ".")
    return TableCell(mean, number=found.difference, bold=found.better(column)), (f"{low} to {high}", p)
