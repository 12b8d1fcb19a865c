"""What stands below a table of how sure it is: noise that exceeds the spread, and what the seeds could find."""

import dataclasses
from collections.abc import Mapping, Sequence

from diffrep.metrics.catalogue import Number
from diffrep.reports.pages.difference_table import DifferenceTable
from diffrep.reports.pages.readable import Table, TableCell
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.noise import Noise, noise_text
from diffrep.reports.rows.power import Design, Told, told
from diffrep.reports.rows.roles import MEANINGS, by_role
from diffrep.reports.rows.scores import TableRow

NOISY = "‡"  # beside a number whose own noise is larger than its spread over seeds
LARGER = "the number's own noise is larger than its spread over seeds"
ALONE = "One seed has no spread. The numbers' own noise"
NoiseOf = Mapping[tuple[str, str], Noise]


def exceeding(row: TableRow, metric: str, noise: NoiseOf) -> Noise | None:
    """The noise of a method's number, where it is larger than the number's spread over seeds."""
    own, sd = noise.get((row.name, metric)), row.scores[metric].sd
    return own if row.kind == "method" and own is not None and sd is not None and own.sd > sd else None


def alone(row: TableRow, metric: str, noise: NoiseOf) -> Noise | None:
    """The noise of a method's number of one seed, which has no spread."""
    single = row.kind == "method" and len(row.scores[metric].values) == 1
    return noise.get((row.name, metric)) if single else None


def with_noise(table: Table, noise: NoiseOf) -> Table:
    """The table with a mark at numbers whose own noise is larger than their spread; how large it is stands below."""
    found: dict[str, list[Noise]] = {}

    def shown(row: TableRow, column: Number, cell: TableCell) -> TableCell:
        own = exceeding(row, column.name, noise)
        if own is None:
            return cell
        found.setdefault(column.name, []).append(own)
        return dataclasses.replace(cell, marks=(*cell.marks, NOISY))

    lines = [
        (row, [shown(row, column, cell) for column, cell in zip(table.columns, cells, strict=True)])
        for row, cells in table.lines
    ]
    single = {
        column.name: [own for row, _ in table.lines if (own := alone(row, column.name, noise))]
        for column in table.columns
    }
    marked, unmarked = (
        "; ".join(noise_text(column, known[column.name]) for column in table.columns if known.get(column.name))
        for known in (found, single)
    )
    footnotes = table.footnotes | ({NOISY: f"{LARGER}: {marked}"} if marked else {})
    notes = (*table.notes, *([f"{ALONE}: {unmarked}."] if unmarked else []))
    return dataclasses.replace(table, lines=lines, footnotes=footnotes, notes=notes)


def with_power(table: Table, dataset: str, rows: Sequence[TableRow], study: Study) -> Table:
    """The table with a line below it of what the seeds could have found."""
    lines = told(dataset, table.columns, rows, study)
    text = power_text(lines, [line.pair for line in lines], "between two methods")
    return dataclasses.replace(table, notes=(*table.notes, *text))


def with_reference_power(table: DifferenceTable, lines: Sequence[Told]) -> DifferenceTable:
    """The differences with the same line, of a method against a reference that has the same value for every seed."""
    known = [(line, line.reference) for line in lines if line.reference is not None]
    designs = [design for _, design in known]
    text = power_text([line for line, _ in known], designs, f"from {table.reference}")
    return dataclasses.replace(table, notes=(*table.notes, *text))


def power_text(lines: Sequence[Told], designs: Sequence[Design], what: str) -> tuple[str, ...]:
    """One sentence with the smallest difference of each metric that the seeds find, empty without any."""
    each = [
        f"{line.column.title} {design.smallest.one:,.{line.column.digits}f} "
        f"({design.smallest.all:,.{line.column.digits}f})"
        for line, design in zip(lines, designs, strict=True)
    ]
    if not each:
        return ()
    seeds, most = designs[0].seeds, max(design.tested for design in designs)
    return (
        f"{seeds} seeds find a true difference {what} four times in five where it is at least this large (in brackets: "
        f"as one of up to {most} that are tested together): {', '.join(each)}.",
    )


def with_roles(table: Table, rows: Sequence[TableRow]) -> Table:
    """The table with a line below it for the rows whose seeds train nothing."""
    notes = (f"{', '.join(names)}: {MEANINGS[role]}." for role, names in by_role(rows).items() if role != "trained")
    return dataclasses.replace(table, notes=(*table.notes, *notes))


def doubted(
    tables: Sequence[Table], dataset: str, rows: Sequence[TableRow], noise: NoiseOf, study: Study
) -> list[Table]:
    """The tables of a data set, each with what is to be known of how sure it is.

    rows  those of the tables, but for that of the views, which stays as it is
    """
    known = {(row.name, row.kind) for row in rows}
    found = [
        with_power(with_noise(table, noise), dataset, rows, study)
        if all((row.name, row.kind) in known for row, _ in table.lines)
        else table
        for table in tables
    ]
    return [with_roles(table, rows) if table.title == TABLE_GROUPS["summary"] else table for table in found]
