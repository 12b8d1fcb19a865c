"""By how much each method differs from the reference, seed by seed: a table of its own, and bold in the summary.

The differences are given: what tests them is no business of a report.
"""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass

from diffrep.metrics.catalogue import Number as Column
from diffrep.reports.columns import GROUPS
from diffrep.reports.formats import DASH, Cell, Table, letter
from diffrep.reports.scores import Row

LEVEL = 0.05


@dataclass(frozen=True)
class Difference:
    """One method and metric of a data set against the reference, or the `reason` why there was nothing to test.

    difference  mean over seeds of the method's value less the reference's; low and high: its 95 % interval
    p_holm      the p-value, corrected for the `tested` methods of this metric
    """

    dataset: str
    metric: str
    method: str
    reference: str
    tested: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    reason: str = ""

    def better(self, column: Column) -> bool:
        """Whether the method is better than the reference, and by more than chance."""
        if self.difference is None or self.p_holm is None:
            return False
        return self.p_holm < LEVEL and self.difference * {"up": 1, "down": -1, "": 0}[column.better] > 0


@dataclass(frozen=True)
class Comparison:
    """The table of differences, of `seeds` pairs each: `lines` are (row, its cells, each with what stands below it)."""

    reference: str
    seeds: int
    columns: list[Column]
    lines: list[tuple[Row, list[tuple[Cell, tuple[str, ...]]]]]
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
) -> tuple[list[Table], Comparison | None]:
    """The tables, what is better than the reference in bold in the summary; and the differences as the page has them.

    Without differences, or a summary to lay them beside, the tables as they are and None.
    """
    summary = next((table for table in tables if table.title == GROUPS["summary"]), None)
    if not differences or summary is None:
        return tables, None
    by_cell = {(found.method, found.metric): found for found in differences}
    bold = _in_bold(summary, by_cell, f"{differences[0].reference} by {_rule(seeds)}")
    return [bold if table is summary else table for table in tables], _comparison(summary, by_cell, seeds)


def _in_bold(summary: Table, by_cell: dict[tuple[str, str], Difference], than: str) -> Table:
    def shown(row: Row, column: Column, cell: Cell) -> Cell:
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
        f"the paired difference of {seeds} training seeds, p < {LEVEL:g} in a t-test "
        "after Holm's correction for all methods tested in that column"
    )


def _comparison(summary: Table, by_cell: dict[tuple[str, str], Difference], seeds: int) -> Comparison:
    reference = next(iter(by_cell.values())).reference
    letters: dict[str, str] = {}
    lines = [
        (row, [_cell(by_cell[row.name, column.name], column, letters) for column in summary.columns])
        for row, _ in summary.lines
        if row.kind == "method" and row.name != reference
    ]
    return Comparison(reference, seeds, summary.columns, lines, {mark: reason for reason, mark in letters.items()})


def _cell(found: Difference, column: Column, letters: dict[str, str]) -> tuple[Cell, tuple[str, ...]]:
    if found.difference is None or found.p_holm is None:
        return Cell(DASH, (letters.setdefault(found.reason, letter(len(letters))),)), ()
    mean, low, high = (f"{x:+,.{column.digits}f}".replace("-", "−") for x in (found.difference, found.low, found.high))
    p = "p < .001" if found.p_holm < 0.001 else f"p = {found.p_holm:.3f}".replace("0.", ".")
    return Cell(mean, number=found.difference, bold=found.better(column)), (f"{low} to {high}", p)
