"""`diffrep compare DIR DIR`: do two runs of the pipeline come to the same numbers, and if not, does it matter?

A run that is repeated on the same machine with the same versions and threads gives every number to the last digit. On
another instruction set the last bits of a training differ, and what is measured of it differs more: by how much more
than chance is what a training seed changes anyway. So each difference stands beside the standard deviation of its
number over the seeds of the first tree, and is "within spread" where it is no larger. That is a yardstick, no
test: between runs of two different seeds about half of all numbers differ by more.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from diffrep.pipelines.agreement.differences import Agreement, Mismatch, Verdict, agreement
from diffrep.pipelines.agreement.tree import Value, read_tree

VERDICT_WORDS: dict[Verdict, str] = {
    "within": "within spread",
    "beyond": "beyond spread",
    "unknown": "no spread known",
    "not a number": "no number",
}


def compare(first: Path, second: Path) -> bool:
    """Print where two trees of results differ, and a summary; whether they do not.

    UserError where one of them is no tree of results.
    """
    console = Console(highlight=False, markup=False, soft_wrap=True)
    found = agreement(read_tree(first), read_tree(second))
    for file, differences in groupby(found.differences, attrgetter("file")):
        console.print(file)
        console.print(table(differences))
    for folder, files in zip((first, second), found.only, strict=True):
        for file in files:
            console.print(f"only in {folder}: {file}")
    for key, (ours, theirs) in found.made_by.items():
        console.print(f"made by another {key}: {ours} and {theirs}")
    console.print(summary(found))
    return found.complete


def table(differences: Iterable[Mismatch]) -> Table:
    """A row for each difference."""
    shown = Table(box=None, padding=(0, 0, 0, 2))
    shown.add_column("", min_width=32, overflow="fold")
    for head in ("first", "second", "difference", "sd over seeds"):
        shown.add_column(head, justify="right", overflow="fold")
    shown.add_column("")
    for row in differences:
        change = "" if row.change is None else f"{row.change:+.3g}"
        spread = "" if row.spread is None else f"{row.spread:.3g}"
        cells = (row.name, told(row.first), told(row.second), change, spread, VERDICT_WORDS[row.verdict])
        shown.add_row(*map(Text, cells))
    return shown


def told(value: Value) -> str:
    """A value as it is shown."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return "-" if value is None else value


def summary(found: Agreement) -> str:
    """How much was compared and how much differs, in a line."""
    kinds = [f"{found.count(kind)} {words}" for kind, words in VERDICT_WORDS.items() if found.count(kind)]
    differing = f"{len(found.differences)} differ: {', '.join(kinds)}" if kinds else "all are the same"
    alone = sum(map(len, found.only))
    return f"Of {found.compared} values, {differing}." + (f" {alone} files stand in one tree alone." if alone else "")
