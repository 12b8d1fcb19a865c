"""The committed reference run, where a clone has it: what its first page shows, for pages that stand beside it."""

import csv
from dataclasses import dataclass
from pathlib import Path

REFERENCE = Path("reports", "reference")
PARTS = {"shapes3d_rendered": "rooms", "faces_drawn": "faces"}  # data set -> the workspace that has it
METHOD = "method"


@dataclass(frozen=True)
class ReferenceRun:
    """What the reference run has of one data set.

    values  method -> heading -> text, as in its own headline table, without what marks bold
    steps   that its methods are trained for; seeds: the most that a row of it has
    """

    values: dict[str, dict[str, str]]
    steps: int
    seeds: int


def reference_run(root: Path, dataset: str) -> ReferenceRun | None:
    """That of a data set; None where `root` has none, as in the reference's own workspaces."""
    headline, whole = reference_tables(root, dataset)
    if not (headline.exists() and whole.exists()):
        return None
    rows = lines(whole)
    steps = [float(row["steps_mean"]) for row in rows if row.get("steps_mean")]
    if not steps:
        return None
    values = {line[METHOD]: {key: text.strip("*") for key, text in line.items()} for line in lines(headline)}
    return ReferenceRun(values, int(max(steps)), max(int(row["n_seeds"]) for row in rows))


def reference_tables(root: Path, dataset: str) -> tuple[Path, Path]:
    """Where the reference run's headline table and its whole one are, if a clone has them."""
    tables = root / REFERENCE / PARTS.get(dataset, "") / "reports" / "tables"
    return tables / f"{dataset}-headline.csv", tables / f"{dataset}.csv"


def reference_tables_there(root: Path) -> list[Path]:
    """The reference run's tables that a clone has, of all data sets."""
    return [table for dataset in PARTS for table in reference_tables(root, dataset) if table.exists()]


def lines(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV by the names of its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
