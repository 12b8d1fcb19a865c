"""What the first page answers, as small files: a table for the terminal, numbers and curves for `dvc metrics`, `plots`.

A file for each method of a data set, so that the lines of `dvc metrics show` are methods, and each loss has a plot of
its own: no two methods mean the same by it.
"""

import csv
import io
import json
from pathlib import PurePosixPath

import pandas as pd

from diffrep.reports.drawing.curves import curves_of
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.difference_table import WORSE
from diffrep.reports.pages.front_page import Front, FrontLine
from diffrep.reports.pages.readable import TableCell

TABLE = PurePosixPath("tables")
METRICS = PurePosixPath("metrics")
CURVES = PurePosixPath("curves")
LOSSES = ["loss", "valid_loss"]
COSTS = "minutes ↓"  # of a processor, for one seed


def files(dataset: DatasetResults, front: Front | None) -> dict[str, str]:
    """All of them by their names below the report's folder; none while the data set has no results.

    front  what a reader sees first of it
    """
    if front is None:
        return {}
    return {
        str(TABLE / f"{front.dataset}-headline.csv"): headline_csv(front),
        **{str(METRICS / front.dataset / f"{name}.json"): text for name, text in metrics(front).items()},
        **{str(CURVES / front.dataset / f"{name}.csv"): text for name, text in curves(dataset).items()},
    }


def metrics(front: Front) -> dict[str, str]:
    """Method -> {title: mean over seeds} of its headline numbers as JSON; what has no value is left out."""
    means = {
        row.name: {column.title: row.scores[column.name].mean for column in front.columns}
        for row, *_ in (*front.methods, *front.controls)
    }
    found = {name: {title: mean for title, mean in of.items() if mean is not None} for name, of in means.items()}
    return {name: json.dumps(of, indent=1, ensure_ascii=False) + "\n" for name, of in found.items() if of}


def curves(dataset: DatasetResults) -> dict[str, str]:
    """Method -> step,loss,valid_loss as CSV, means over seeds; a field is empty where it was not measured."""
    tables = {row.name: curves_of(dataset.results, row.name) for row in dataset.optimised}
    means = {name: pd.concat(found).groupby("step")[LOSSES].mean() for name, found in tables.items() if found}
    return {name: mean.to_csv(lineterminator="\n") for name, mean in means.items()}


def headline_csv(front: Front) -> str:
    """The table of the first page as it is read there: a line a row, with its kind and its remarks.

    As there, **bold** is better than the reference by more than chance, and † worse.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", "method", "remarks", *(column.heading for column in front.columns), COSTS])
    writer.writerows(_line("method", line) for line in front.methods)
    writer.writerows(_line("control", line) for line in front.controls)
    return text.getvalue()


def _line(kind: str, line: FrontLine) -> list[str]:
    row, cells, minutes = line
    return [kind, row.name, row.remarks, *map(_text, cells), minutes.text]


def _text(cell: TableCell) -> str:
    return (f"**{cell.text}**" if cell.bold else cell.text) + (WORSE if WORSE in cell.marks else "")
