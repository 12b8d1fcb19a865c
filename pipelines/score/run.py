"""diffrep score: the metrics of one file of codes, wherever they come from."""

from collections.abc import Collection, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.metrics.catalogue import ALONE, BOTH, METRICS, POOL, PRESETS, TEST, TRAIN, Metric
from diffrep.metrics.codes import dimension_counts
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import raised
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.score.arguments import Parameters, keywords, set_arguments
from diffrep.pipelines.score.choice import chosen, costs
from diffrep.pipelines.score.code_file import read_code_file
from diffrep.pipelines.score.output import Scored, expect_writable, places, print_scores, write_scores
from diffrep.pipelines.score.split import Split, split

FEW_ROWS = 5_000  # in a pool, for batches of it to be almost independent


def score(
    path: Path, *, asked: str, preset: str, compat: bool, seed: int, out: Path | None, changed: Sequence[str] = ()
) -> None:
    """Score the codes in `path`, write the scores where `out` names a file, and print the table.

    asked    tables, metrics or single numbers, separated by commas
    compat   repeat the published code, its bugs included, where a metric can
    changed  "metric.argument=value" for arguments other than the preset's

    UserError for a file or a name that cannot be scored, and, once all others are shown and written, for every metric
    that refused these rows.
    """
    file = read_code_file(path)
    wanted = chosen(asked, file.kind, preset)
    parameters = {name: keywords(METRICS[name], preset, compat, seed) for name in wanted}
    set_arguments(parameters, changed)
    if out is not None:
        expect_writable(out, path)
    rows = split(file, PRESETS[preset], compat=compat, seed=seed)
    counts = dimension_counts(rows.train.codes)
    notes = [*rows.notes, *still(counts), *drawn_batches(wanted, rows), *costs(wanted, rows.sample, preset)]
    with suppress(OSError) if out is not None else nullcontext():  # scores that go to a file need no reader
        print(*notes, sep="\n", end="\n" if notes else "", flush=True)
    measured, refused = measure_all(path.name, rows, parameters)
    if measured:
        why = {name: _line(error) for name, error in refused.items()}
        scored = Scored(path, file.sha256, rows, wanted, measured, parameters, why, counts, preset, compat, seed)
        tell(scored, out)
    if refused:
        lines = "; ".join(f"{name}: {_line(error)}" for name, error in refused.items())
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


def _line(error: Exception) -> str:
    """Why a metric refused its rows: in its own words where it says so, else what was raised."""
    return str(error) if isinstance(error, ValueError) else raised(error)


def measure_all(title: str, rows: Split, parameters: Parameters) -> tuple[dict[str, Measured], dict[str, Exception]]:
    """What each metric gives, and why the others refused their rows."""
    measured: dict[str, Measured] = {}
    refused: dict[str, Exception] = {}
    with meter(f"score {title}", len(parameters)) as shown:
        for name in parameters:
            shown.advance(0, name)
            try:
                measured[name] = measure(METRICS[name], rows, parameters[name])
            except Exception as error:  # of any kind: none takes along what the others measured
                refused[name] = error
            shown.advance()
    return measured, refused


def still(counts: Measured) -> list[str]:
    """What has to be said of codes that are all alike to the metrics; one line or none."""
    if counts["active_dims"]:
        return []
    return ["no dimension of these codes varies enough to be told from a constant: scale or centre them"]


def drawn_batches(wanted: Collection[str], rows: Split) -> list[str]:
    """What has to be said where training and test batches come from one pool of few rows; one line or none."""
    drawn, n = [name for name in wanted if METRICS[name].rows == POOL], len(rows.pool.codes)
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
