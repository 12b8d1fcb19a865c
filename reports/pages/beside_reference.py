"""What a run is beside the committed reference run: in a line, and both runs' headline numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from diffrep.metrics.catalogue import Number
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.readable import DASH, TableCell
from diffrep.reports.rows.scores import TableRow


class Beside(NamedTuple):
    """One row of both runs: its name, and for each headline number what it is here and what there."""

    name: str
    values: list[tuple[str, str]]


def run_sentence(dataset: DatasetResults) -> str:
    """What a run is beside the reference run, and whether its seeds share a base model; empty where neither is told."""
    parts = []
    if dataset.reference is not None:
        steps, seeds = dataset.reference.steps, dataset.reference.seeds
        those = f"{steps:,} steps and {seeds} seed{'s' if seeds > 1 else ''}"
        parts.append(f"The reference run's protocol at another budget: that has {those}.")
    return " ".join([*parts, *models_sentence(dataset)])


def models_sentence(dataset: DatasetResults) -> list[str]:
    """Whether the seeds of rows that stand on a pre-trained model share it; nothing where no row stands on one."""
    standing = [row for row in dataset.rows if row.models]
    if not standing or max(row.n_seeds for row in standing) < 2:
        return []
    own = all(row.models == row.n_seeds for row in standing)
    return ["Each seed has its own base model." if own else "The seeds share a base model."]


def beside_reference(
    dataset: DatasetResults, columns: Sequence[Number], lines: Sequence[tuple[TableRow, list[TableCell], TableCell]]
) -> list[Beside]:
    """The headline numbers of the rows that the reference run has too, theirs beside ours; empty without one.

    lines  those of the headline table, whose cells are in the order of the columns
    """
    if dataset.reference is None:
        return []
    there = dataset.reference.values
    return [
        Beside(
            row.name,
            [(cell.text, there[row.name].get(c.heading) or DASH) for c, cell in zip(columns, cells, strict=True)],
        )
        for row, cells, _ in lines
        if row.name in there
    ]
