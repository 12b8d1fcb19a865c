"""diffrep score: the metrics of one file of codes, wherever they come from."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.metrics.catalogue import ALONE, BOTH, METRICS, POOL, PRESETS, TEST, TRAIN, Metric
from diffrep.metrics.codes import dimension_counts
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.errors import UserError, missing_library
from diffrep.pipelines.core.own_code import own_line, raised
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.score.arguments import Parameters, keywords, set_arguments
from diffrep.pipelines.score.choice import chosen, costs, words_of
from diffrep.pipelines.score.code_file import read_code_file
from diffrep.pipelines.score.output import Scored, expect_writable, places, print_scores, write_scores
from diffrep.pipelines.score.split import Split, split
from diffrep.pipelines.trained.own_metrics import own_metrics

FEW_ROWS = 5_000  # in a pool, for batches of it to be almost independent


def score(
    path: Path, *, asked: str, preset: str, compat: bool, seed: int, out: Path | None, changed: Sequence[str] = ()
) -> None:
    """Score the codes in `path`, write the scores where `out` names a file, and print the table.

    asked    tables, metrics, single numbers or package.module:function, separated by commas
    compat   repeat the published code, its bugs included, where a metric can
    changed  "metric.argument=value" for arguments other than the preset's

    UserError for a file or a name that cannot be scored, and, once all others are shown and written, for every metric
    that refused these rows, or stands on a library that is not installed.
    """
    file = read_code_file(path)
    metrics = METRICS | own_metrics(word for word in dict.fromkeys(words_of(asked)) if ":" in word)
    wanted = chosen(asked, file.kind, preset, metrics)
    parameters, refused = arguments_of(wanted, metrics, preset, compat, seed)
    set_arguments(parameters, changed)
    if out is not None:
        expect_writable(out, path)
    rows = split(file, PRESETS[preset], compat=compat, seed=seed)
    counts = dimension_counts(rows.train.codes)
    possible = {name: wanted[name] for name in parameters}
    expected = costs(possible, rows.sample, preset, metrics)
    notes = [*rows.notes, *still(counts), *drawn_batches(possible, rows, metrics), *expected]
    with suppress(OSError) if out is not None else nullcontext():  # scores that go to a file need no reader
        print(*notes, sep="\n", end="\n" if notes else "", flush=True)
    measured = measure_all(path.name, rows, parameters, metrics, refused)
    if measured:
        why = {name: _line(name, error) for name, error in refused.items()}
        of_file = (path, file.sha256, rows)
        scored = Scored(*of_file, metrics, wanted, measured, parameters, why, counts, preset, compat, seed)
        tell(scored, out)
    if refused:
        lines = "; ".join(f"{name}: {_line(name, error)}" for name, error in refused.items())
        raise UserError(lines) from next(iter(refused.values()))


def tell(scored: Scored, out: Path | None) -> None:
    """Write the scores where `out` names a file, then print them, whether they could be written or not."""
    try:
        if out is not None:  # first, since what shows them may be gone
            write_scores(scored, out)
    finally:
        print_scores(scored)
    if out is not None:
        print(f"written: {', '.join(map(str, places(out)))}")


def _line(name: str, error: Exception) -> str:
    """Why a metric refused its rows: in its own words where it says so, else what was raised, and where it is a line
    of one from outside, where.
    """
    own_words = str(error) if isinstance(error, ValueError) else missing_library(error)
    if own_words is not None or ":" not in name:
        return own_words or raised(error)
    return f"{raised(error)} ({own_line(error, name)})"


def arguments_of(
    wanted: Collection[str], metrics: Mapping[str, Metric], preset: str, compat: bool, seed: int
) -> tuple[Parameters, dict[str, Exception]]:
    """Every keyword argument of each metric, and why others cannot be called: what they import is not installed."""
    parameters: Parameters = {}
    missing: dict[str, Exception] = {}
    for name in wanted:
        try:
            parameters[name] = keywords(metrics[name], preset, compat, seed)
        except ModuleNotFoundError as error:
            missing[name] = error
    return parameters, missing


def measure_all(
    title: str,
    rows: Split,
    parameters: Parameters,
    metrics: Mapping[str, Metric],
    refused: dict[str, Exception],
) -> dict[str, Measured]:
    """What each metric gives; why others refused their rows is put into `refused`."""
    measured: dict[str, Measured] = {}
    with meter(f"score {title}", len(parameters)) as shown:
        for name in parameters:
            shown.advance(0, name)
            try:
                measured[name] = measure(metrics[name], rows, parameters[name])
            except Exception as error:  # of any kind: none takes along what the others measured
                refused[name] = error
            shown.advance()
    return measured


def still(counts: Measured) -> list[str]:
    """What has to be said of codes that are all alike to the metrics; one line or none."""
    if counts["active_dims"]:
        return []
    return ["no dimension of these codes varies enough to be told from a constant: scale or centre them"]


def drawn_batches(wanted: Collection[str], rows: Split, metrics: Mapping[str, Metric]) -> list[str]:
    """What has to be said where training and test batches come from one pool of few rows; one line or none."""
    drawn, n = [name for name in wanted if metrics[name].rows == POOL], len(rows.pool.codes)
    if not drawn or n >= FEW_ROWS:
        return []
    return [f"{', '.join(drawn)}: training and test batches share {n:,} rows, so that noise scores above chance"]


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
