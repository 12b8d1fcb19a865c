"""What a run is beside the committed reference run: its budget in a line, and both runs' headline numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from diffrep.metrics.catalogue import Number
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.readable import DASH, TableCell
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.scores import OverSeeds, TableRow


class Beside(NamedTuple):
    """One row of both runs: its name, and for each headline number what it is here and what there."""

    name: str
    values: list[tuple[str, str]]


def budget_sentence(dataset: DatasetResults, study: Study) -> str:
    """What was trained for how long, and whether seeds share a base model; empty where nothing is trained by steps."""
    steps = {row.scores.get("steps", OverSeeds()).mean or 0 for row in dataset.trained}
    batch = study.shared_settings.get("train", {}).get("batch_size")
    if not steps or batch is None:
        return ""
    told = f"{' to '.join(f'{own:,.0f}' for own in sorted({min(steps), max(steps)}))} steps of {batch} images"
    reference = dataset.reference
    if reference is None:
        opening = f"Trained for {told}"
    else:
        opening = f"The reference run's protocol at another budget: {told}, where that has {reference.steps:,} steps"
    return f"{opening}{models_words(dataset)}."


def models_words(dataset: DatasetResults) -> str:
    """Whether the seeds of rows that stand on a pre-trained model share it; nothing where no row stands on one."""
    standing = [row for row in dataset.rows if row.models]
    if not standing or max(row.n_seeds for row in standing) < 2:
        return ""
    own = all(row.models == row.n_seeds for row in standing)
    return "; each seed has its own base model" if own else "; seeds share a base model"


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
