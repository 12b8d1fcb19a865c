"""diffrep score: the metrics of one file of codes, wherever they come from."""

import inspect
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.metrics.catalogue import METRICS
from diffrep.metrics.codes import dimension_counts
from diffrep.metrics.entry import CODES, PARTS, POOL, PRESETS, SAMPLE, TEST, Metric, Sample
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.score.code_file import read_code_file
from diffrep.pipelines.score.output import Scored, expect_own_files, print_scores, write_scores
from diffrep.pipelines.score.rows import Rows, rows_of

TABLES = ("default", "extended", "all")
LONG = 10.0  # seconds that a person wants to know of beforehand


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
    rows = rows_of(file, PRESETS[preset], compat=compat, seed=seed)
    apart = rows_of(file, PRESETS[preset], compat=False, seed=seed) if compat and "pool" in file.parts else rows
    rows_for = {name: rows if "compat" in given else apart for name, given in parameters.items()}
    own = [name for name in wanted if rows_for[name] is not rows]
    if own:
        rows.notes.append(f"no published form, rows drawn without replacement: {', '.join(own)}; {apart.notes[0]}")
    for line in [*rows.notes, *costs(wanted, rows.sample(), preset)]:
        print(line, flush=True)
    measured: dict[str, Measured] = {}
    refused: dict[str, ValueError] = {}
    with meter(f"score {path.name}", len(wanted)) as shown:
        for name in wanted:
            shown.advance(0, name)
            try:
                measured[name] = measure(METRICS[name], rows_for[name], parameters[name])
            except ValueError as error:
                refused[name] = error
            shown.advance()
    if measured:
        counts = dimension_counts(rows.train.codes)
        scored = Scored(path, rows, rows_for, wanted, measured, parameters, told(refused), counts, preset, compat, seed)
        print_scores(scored)
        if out is not None:
            write_scores(scored, out)
    if refused:
        words = "; ".join(f"{name}: {why}" for name, why in told(refused).items())
        raise UserError(words) from next(iter(refused.values()))


def told(errors: dict[str, ValueError]) -> dict[str, str]:
    """What each error says."""
    return {name: str(error) for name, error in errors.items()}


def chosen(asked: str, kind: str, preset: str) -> dict[str, list[str]]:
    """Metric -> which of its numbers, in the table's order; UserError for a name that nothing has."""
    here = {name: metric for name, metric in METRICS.items() if kind in metric.of}
    wanted: set[tuple[str, str]] = set()
    for word in (part.strip() for part in asked.split(",")):
        found = named(word, here, preset)
        if not found:
            raise UserError(unknown(word, kind, preset, here))
        wanted |= found
    pairs = {name: [n.name for n in metric.numbers if (name, n.name) in wanted] for name, metric in here.items()}
    return {name: numbers for name, numbers in pairs.items() if numbers}


def unknown(word: str, kind: str, preset: str, here: dict[str, Metric]) -> str:
    """Why `word` names nothing that can be measured of factors or attributes, and what would."""
    if word in TABLES:
        return f"no metric of {kind} is {word} with preset {preset}: it has {', '.join(here)}"
    if elsewhere := named(word, METRICS, preset):
        kinds = " or ".join(sorted({known for name, _ in elsewhere for known in METRICS[name].of}))
        return f"{word} is of {kinds} and this file holds {kind}: name the arrays for what they are"
    near = get_close_matches(word, [number.name for metric in here.values() for number in metric.numbers], n=1)
    return f"no metric {word!r}: {hint(near[0] if near else word, {*TABLES, *here, *near})}"


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
    """What extended metrics are expected to take, and others that take long, as one line or none."""
    times = {name: METRICS[name].estimate(sample) for name in wanted}
    told = [
        f"{name} {about(seconds)}"
        for name, seconds in times.items()
        if preset not in METRICS[name].presets or seconds >= LONG
    ]
    return [f"expected on one thread: {', '.join(told)}"] if told else []


def about(seconds: float) -> str:
    """Seconds to the digit that an estimate has, in the unit that a person would choose."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 2 else "under 2 s"


def keywords(metric: Metric, preset: str, compat: bool, seed: int) -> dict[str, Any]:
    """Every keyword argument that a metric is called with, its own defaults among them."""
    parameters = inspect.signature(metric.load()).parameters.values()
    known = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    given = {"seed": seed, "compat": compat, **metric.arguments.get(preset, {})}
    return known | {name: value for name, value in given.items() if name in known}


def measure(metric: Metric, rows: Rows, parameters: dict[str, Any]) -> Measured:
    """What a metric gives of the rows that it takes; ValueError for rows that it refuses."""
    arguments: dict[str, tuple[np.ndarray, ...]] = {
        SAMPLE: rows.train,
        TEST: rows.test,
        PARTS: (*rows.train, *rows.test),
        POOL: rows.pool,
        CODES: (rows.train.codes,),
    }
    return metric.load()(*arguments[metric.rows], **parameters)
