"""diffrep score: the metrics of one file of codes, wherever they come from."""

import inspect
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.metrics.codes import dimension_counts
from diffrep.metrics.measured import Measured
from diffrep.metrics.table import CODES, METRICS, PARTS, POOL, PRESETS, SAMPLE, TEST, Metric, Sample
from diffrep.pipelines.code_file import read_code_file
from diffrep.pipelines.errors import UserError
from diffrep.pipelines.names import hint
from diffrep.pipelines.progress import meter
from diffrep.pipelines.score_output import Scored, expect_own_files, print_scores, write_scores
from diffrep.pipelines.score_rows import Rows, rows_of

TABLES = ("default", "extended", "all")


def score(path: Path, *, asked: str, preset: str, compat: bool, seed: int, out: Path | None) -> None:
    """Score the codes in `path`, print the table, and write it where `out` names a file.

    asked   tables, metrics or single numbers, separated by commas
    compat  repeat disentanglement_lib, its bugs included, where a metric can
    """
    file = read_code_file(path)
    wanted = chosen(asked, file.kind, preset)
    if out is not None:
        expect_own_files(out, path)
    rows = rows_of(file, PRESETS[preset], compat=compat, seed=seed)
    sample = rows.sample()
    for line in [*rows.notes, *costs(wanted, sample, preset)]:
        print(line, flush=True)
    measured: dict[str, Measured] = {}
    parameters: dict[str, dict[str, Any]] = {}
    with meter(f"score {path.name}", len(wanted)) as shown:
        for name in wanted:
            shown.advance(0, name)
            parameters[name] = keywords(METRICS[name], preset, compat, seed)
            measured[name] = measure(METRICS[name], rows, parameters[name])
            shown.advance()
    counts = dimension_counts(rows.train.codes)
    scored = Scored(path, rows, sample, wanted, measured, parameters, counts, preset, compat, seed)
    print_scores(scored)
    if out is not None:
        write_scores(scored, out)


def chosen(asked: str, kind: str, preset: str) -> dict[str, list[str]]:
    """Metric -> which of its numbers, in the table's order; UserError for a name that nothing has."""
    here = {name: metric for name, metric in METRICS.items() if kind in metric.of}
    wanted: set[tuple[str, str]] = set()
    for word in (part.strip() for part in asked.split(",")):
        found = named(word, here, preset)
        if not found and named(word, METRICS, preset):
            kinds = " or ".join(sorted({k for m, _ in named(word, METRICS, preset) for k in METRICS[m].of}))
            raise UserError(f"{word} is of {kinds} and this file holds {kind}: name the arrays for what they are")
        if not found:
            known = {*TABLES, *here, *(number.name for metric in here.values() for number in metric.numbers)}
            raise UserError(f"no metric {word!r}: {hint(word, known)}")
        wanted |= found
    pairs = {name: [n.name for n in metric.numbers if (name, n.name) in wanted] for name, metric in here.items()}
    return {name: numbers for name, numbers in pairs.items() if numbers}


def named(word: str, metrics: dict[str, Metric], preset: str) -> set[tuple[str, str]]:
    """(metric, number) of all that `word` stands for: a table, a metric, or else one number."""
    whole = {
        name
        for name, metric in metrics.items()
        if word in (name, "all", "default" if preset in metric.presets else "extended")
    }
    pairs = {(name, number.name) for name, metric in metrics.items() for number in metric.numbers}
    return {pair for pair in pairs if pair[0] in whole or (pair[1] == word and not whole)}


def costs(wanted: dict[str, list[str]], sample: Sample, preset: str) -> list[str]:
    """What the extended metrics are expected to take, in words."""
    extended = [METRICS[name] for name in wanted if preset not in METRICS[name].presets]
    return [f"{metric.name}: extended, about {about(metric.estimate(sample))} on one thread" for metric in extended]


def about(seconds: float) -> str:
    """Seconds to the digit that an estimate has, in the unit that a person would choose."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds" if seconds >= 2 else "a second or two"


def keywords(metric: Metric, preset: str, compat: bool, seed: int) -> dict[str, Any]:
    """Every keyword argument that a metric is called with, its own defaults among them."""
    parameters = inspect.signature(metric.load()).parameters.values()
    known = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    given = {"seed": seed, "compat": compat, **metric.arguments.get(preset, {})}
    return known | {name: value for name, value in given.items() if name in known}


def measure(metric: Metric, rows: Rows, parameters: dict[str, Any]) -> Measured:
    """Call a metric with the rows that it takes; UserError, with its name, for rows that it refuses."""
    arguments: dict[str, tuple[np.ndarray, ...]] = {
        SAMPLE: rows.train,
        TEST: rows.test,
        PARTS: (*rows.train, *rows.test),
        POOL: rows.pool,
        CODES: (rows.train.codes,),
    }
    try:
        return metric.load()(*arguments[metric.rows], **parameters)
    except ValueError as error:
        raise UserError(f"{metric.name}: {error}") from error
