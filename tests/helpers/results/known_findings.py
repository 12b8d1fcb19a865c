"""What findings are made of, from numbers by row and metric alone."""

from pathlib import Path
from typing import Any

import pandas as pd

from diffrep.reports.findings.finding import Known
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.scores import OverSeeds, TableRow

Scores = dict[str, dict[str, tuple[float, ...]]]


def known(scores: Scores, results: tuple[ResultFile, ...] = (), **given: Any) -> Known:
    """Rows with these values, one per seed; every row whose name is not in `closed` is trained.

    given  closed and controls (default pca both), dataset, settings (of methods), budget (points)
    """
    closed = given.get("closed", ("pca",))
    seeds = tuple(range(max(len(values) for of in scores.values() for values in of.values())))
    metrics = {metric: OverSeeds() for of in scores.values() for metric in of}
    rows = [
        TableRow(
            name,
            "method",
            len(seeds),
            metrics
            | {"steps": OverSeeds((0.0 if name in closed else 40.0,) * len(seeds))}
            | {metric: OverSeeds(values) for metric, values in of.items()},
        )
        for name, of in scores.items()
    ]
    settings = given.get("settings", {})
    study = Study(("squares",), tuple(scores), seeds, (), "pca", given.get("controls", ("pca",)), {}, settings, {})
    budget = given.get("budget", pd.DataFrame(columns=["row", "share", "metric", "images", "n", "mean", "sd"]))
    return Known(given.get("dataset", "squares"), rows, list(results), budget, study)


def result(row: str, stage: str, seed: int, folder: Path = Path(), kind: str = "method", **record: Any) -> ResultFile:
    """A result file of a row, or of a stage that a data set shares."""
    return ResultFile(kind, "squares", row, seed, stage, folder, stage, path=folder / "result.json", record=record)
