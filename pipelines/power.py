"""What the seeds of the results that are here could have found, printed: `diffrep power`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from diffrep.metrics.catalogue import Number, number
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.study import so_far, study_of
from diffrep.reports.reading.load import load
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.finished import finished_rows
from diffrep.reports.rows.power import Design, Goal, Told, seeds_text, told
from diffrep.reports.rows.scores import TableRow, metrics_of
from diffrep.reports.rows.tidy import tidy

WIDTH = 120  # whatever the terminal's: no number is to be cut


def power(params: Params, metrics: Sequence[str], goal: Goal) -> None:
    """Print, of each data set, what seeds tell of `metrics`, or of those of the summary; UserError for unknown ones."""
    study = so_far(study_of(params))
    results = load(Path(), study.folders)
    frame = tidy(results)
    found = {dataset: finished_rows(results, frame, dataset, study) for dataset in study.datasets}
    expect_metrics(metrics, found)
    console = Console(width=WIDTH, highlight=False, markup=False)
    for dataset, rows in found.items():
        lines = told(dataset, columns_of(metrics, rows), rows, study, goal)
        if lines:
            console.print(f"{dataset}: what {lines[0].pair.seeds} seeds find in {goal.power:.0%} of all cases")
            console.print(smallest_table(lines, study.reference))
            console.print(f"{dataset}: how many seeds would find a difference as often")
            console.print(needed_table(lines))
        else:
            console.print(f"{dataset}: nothing to say: no two methods are trained by two seeds or more, and have it")


def expect_metrics(metrics: Sequence[str], found: Mapping[str, list[TableRow]]) -> None:
    """UserError, with the nearest name, for a metric that no row has or that has no better side."""
    names = {name for rows in found.values() for name in metrics_of(rows)}
    known = {name for name in names if (row := number(name)) and row.better}
    for name in metrics:
        if name not in known:
            raise UserError(f"no metric {name!r} with a better side in the results: {hint(name, known)}")


def columns_of(metrics: Sequence[str], rows: list[TableRow]) -> list[Number]:
    """The catalogue's rows of these metrics as far as the data set has them; of the summary where none are named."""
    there = metrics_of(rows)
    if not metrics:
        return by_group("summary", there)
    return [row for name in metrics if name in there and (row := number(name))]


def smallest_table(lines: Sequence[Told], reference: str) -> Table:
    """A row for each metric: the smallest difference found between two methods, and from a constant reference."""
    heads = ("metric", "sd", "two methods,\none pair", "\nall", "\ntest", f"from {reference},\none pair", "\nall")
    return table(heads, [(line.column.name, text(line.sd, line), *smallest(line)) for line in lines])


def smallest(line: Told) -> tuple[str, ...]:
    """The cells of a metric."""

    def found(design: Design | None) -> tuple[str, str]:
        return ("–", "–") if design is None else (text(design.smallest.one, line), text(design.smallest.all, line))

    return *found(line.pair), line.pair.test, *found(line.reference)


def needed_table(lines: Sequence[Told]) -> Table:
    """A row for each metric: a difference, whose it is where it was observed, and the seeds that would find it."""
    heads = ("metric", "difference", "between", "seeds,\none pair", "\nall")
    rows = []
    for line in lines:
        needed = line.pair.needed(line.difference)
        whose = " and ".join(line.best) if line.observed else "as asked"
        cells = (text(line.difference, line), whose, seeds_text(needed.one), seeds_text(needed.all))
        rows.append((line.column.name, *cells))
    return table(heads, rows)


def text(value: float, line: Told) -> str:
    """A value of a metric, with one digit more than tables have."""
    return f"{value:,.{line.column.digits + 1}f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table of texts: the first column to the left."""
    shown = Table(box=None, padding=(0, 2, 0, 0))
    for i, head in enumerate(heads):
        shown.add_column(head, justify="right" if i else "left", no_wrap=True)
    for cells in rows:
        shown.add_row(*map(Text, cells))
    return shown
