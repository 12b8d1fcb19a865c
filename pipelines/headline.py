"""What a finished report is told by in a terminal: what was made, and the headline table of each data set."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 160  # whatever the terminal's: no number is to be cut
KINDS = {".html": "pages", ".png": "pictures", ".csv": "tables", ".md": "tables", ".tex": "tables"}
LEGEND = "mean ± standard deviation over seeds; {}: better than the reference, † worse, after correction"
BOLD, STARS = LEGEND.format("bold"), LEGEND.format("**")  # in a file or a pipe, which has no bold
METHOD = "method"  # as the kind of a row under test; all others are set apart below them


def tell_made(reports: Path, names: Iterable[str]) -> None:
    """One line: where to begin, and how many files of each kind stand there."""
    counts = Counter(kind for name in names if (kind := KINDS.get(PurePath(name).suffix)))
    print(f"Made in {reports}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}.")
    print(f"Begin with {reports / 'index.html'}.")


def tell_headline(reports: Path, datasets: Sequence[str]) -> None:
    """The table that `reports`/index.html begins with, of every data set that has one."""
    console = Console(width=WIDTH, highlight=False, markup=False)
    for dataset in datasets:
        file = reports / "tables" / f"{dataset}-headline.csv"
        if file.exists():
            console.print()
            console.print(f"{dataset}: {BOLD if console.is_terminal else STARS}")
            console.print(headline_table(file.read_text(encoding="utf-8"), bold=console.is_terminal))


def headline_table(text: str, *, bold: bool) -> Table:
    """The table that reports/pages/headline.py has written as CSV; a star stands for remarks, which its page has.

    bold  whether **text** is shown so; else its stars stay
    """
    heads, *lines = csv.reader(text.splitlines())
    shown = Table(box=None, padding=(0, 2, 0, 0))
    shown.add_column(METHOD, no_wrap=True)
    for head in heads[3:]:
        shown.add_column(head.replace(", ", ",\n"), justify="right", no_wrap=True)
    under_test = [line for line in lines if line[0] == METHOD]
    for line in under_test:
        shown.add_row(*_cells(line, bold))
    if apart := [line for line in lines if line[0] != METHOD]:
        shown.add_row(Text("controls:", style="italic"))
    for line in apart:
        shown.add_row(*_cells(line, bold), style="dim")
    return shown


def _cells(line: Sequence[str], bold: bool) -> list[Text]:
    _, name, remarks, *cells = line
    return [Text(name + ("*" if remarks else "")), *(_emphasised(cell) if bold else Text(cell) for cell in cells)]


def _emphasised(text: str) -> Text:
    """**Text** as a CSV has it in bold, as a terminal does."""
    plain = text.removeprefix("**").removesuffix("**")
    return Text(plain, style="bold" if plain != text else "")
