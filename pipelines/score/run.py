"""diffrep score: the metrics of one file of codes, wherever they come from."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.metrics.catalogue import ALONE, BOTH, METRICS, POOL, PRESETS, TEST, TRAIN, Metric
from diffrep.metrics.codes import dimension_counts
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.score.choice import chosen, costs
from diffrep.pipelines.score.code_file import CodeFile, read_code_file
from diffrep.pipelines.score.output import Scored, expect_own_files, print_scores, write_scores
from diffrep.pipelines.score.split import Split, split

Parameters = dict[str, dict[str, Any]]  # metric -> keyword arguments


def score(path: Path, *, asked: str, preset: str, compat: bool, seed: int, out: Path | None) -> None:
    """Score the codes in `path`, print the table, and write it where `out` names a file.

    asked   tables, metrics or single numbers, separated by commas
    compat  repeat disentanglement_lib, its bugs included, where a metric can

    UserError for a file or a name that cannot be scored, and, once all others are shown and written, for every metric
    that refused these rows.
    """
    file = read_code_file(path)
    wanted = chosen(asked, file.kind, preset)
    if out is not None:
        expect_own_files(out, path)
    parameters = {name: keywords(METRICS[name], preset, compat, seed) for name in wanted}
    rows, rows_for = splits(file, parameters, preset, compat, seed)
    for line in [*rows.notes, *costs(wanted, rows.sample(), preset)]:
        print(line, flush=True)
    measured, refused = measure_all(path.name, rows_for, parameters)
    if measured:
        counts = dimension_counts(rows.train.codes)
        why = {name: str(error) for name, error in refused.items()}
        scored = Scored(path, rows, rows_for, wanted, measured, parameters, why, counts, preset, compat, seed)
        print_scores(scored)
        if out is not None:
            write_scores(scored, out)
    if refused:
        lines = "; ".join(f"{name}: {error}" for name, error in refused.items())
        raise UserError(lines) from next(iter(refused.values()))


def splits(
    file: CodeFile, parameters: Parameters, preset: str, compat: bool, seed: int
) -> tuple[Split, dict[str, Split]]:
    """The rows of the file, and those of each metric: with `compat` others where it has no published form."""
    rows = split(file, PRESETS[preset], compat=compat, seed=seed)
    apart = split(file, PRESETS[preset], compat=False, seed=seed) if compat and "pool" in file.parts else rows
    rows_for = {name: rows if "compat" in given else apart for name, given in parameters.items()}
    own = [name for name in parameters if rows_for[name] is not rows]
    if own:
        rows.notes.append(f"no published form, rows drawn without replacement: {', '.join(own)}; {apart.notes[0]}")
    return rows, rows_for


def measure_all(
    title: str, rows_for: Mapping[str, Split], parameters: Parameters
) -> tuple[dict[str, Measured], dict[str, ValueError]]:
    """What each metric gives, and why the others refused their rows."""
    measured: dict[str, Measured] = {}
    refused: dict[str, ValueError] = {}
    with meter(f"score {title}", len(rows_for)) as shown:
        for name, rows in rows_for.items():
            shown.advance(0, name)
            try:
                measured[name] = measure(METRICS[name], rows, parameters[name])
            except ValueError as error:
                refused[name] = error
            shown.advance()
    return measured, refused


def keywords(metric: Metric, preset: str, compat: bool, seed: int) -> dict[str, Any]:
    """Every keyword argument that a metric is called with, its own defaults among them."""
    parameters = inspect.signature(metric.load()).parameters.values()
    known = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    given = {"seed": seed, "compat": compat, **metric.arguments.get(preset, {})}
    return known | {name: value for name, value in given.items() if name in known}


def measure(metric: Metric, rows: Split, parameters: dict[str, Any]) -> Measured:
    """What a metric gives of the rows that it takes; ValueError for rows that it refuses."""
    arguments: dict[str, tuple[np.ndarray, ...]] = {
        TRAIN: rows.train,
        TEST: rows.test,
        BOTH: (*rows.train, *rows.test),
        POOL: rows.pool,
        ALONE: (rows.train.codes,),
    }
    return metric.load()(*arguments[metric.rows], **parameters)
