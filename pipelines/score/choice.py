"""What is asked of `diffrep score`: tables, metrics or single numbers by name, and what they are expected to cost."""

from collections.abc import Mapping

from diffrep.metrics.catalogue import METRICS, Metric, Sample
from diffrep.metrics.outside import OutsideMetric
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint, nearest

NAMED_TABLES = ("default", "extended", "all")
LONG = 10.0  # seconds that a person wants to know of beforehand


def words_of(asked: str) -> list[str]:
    """What is asked for, word by word."""
    return [part.strip() for part in asked.split(",")]


def chosen(asked: str, kind: str, preset: str, metrics: Mapping[str, Metric] = METRICS) -> dict[str, list[str]]:
    """Metric -> which of its numbers, in the table's order; UserError for a name that nothing has.

    metrics  name -> all that there are, those from outside among them
    """
    here = {name: metric for name, metric in metrics.items() if kind in metric.of}
    wanted: set[tuple[str, str]] = set()
    for word in words_of(asked):
        found = named(word, here, preset)
        if not found:
            raise UserError(unknown(word, kind, preset, here, metrics))
        wanted |= found
    pairs = {name: [number for number in metric.numbers if (name, number) in wanted] for name, metric in here.items()}
    return {name: numbers for name, numbers in pairs.items() if numbers}


def unknown(word: str, kind: str, preset: str, here: Mapping[str, Metric], metrics: Mapping[str, Metric]) -> str:
    """Why `word` names nothing that can be measured of factors or attributes, and what would."""
    if word in NAMED_TABLES:
        return f"no metric of {kind} is {word} with preset {preset}: it has {', '.join(here)}"
    if elsewhere := named(word, metrics, preset):
        kinds = " or ".join(sorted({known for name, _ in elsewhere for known in metrics[name].of}))
        return f"{word} is of {kinds} and this file holds {kind}: name the arrays for what they are"
    near = nearest(word, [number for metric in here.values() for number in metric.numbers])
    return f"no metric {brief(word)}: {hint(near[0] if near else word, {*NAMED_TABLES, *here, *near})}"


def named(word: str, metrics: Mapping[str, Metric], preset: str) -> set[tuple[str, str]]:
    """(metric, number) of all that `word` stands for: a table, a metric, or else one number."""
    whole = {
        name
        for name, metric in metrics.items()
        if word in (name, "all", "default" if preset in metric.presets else "extended")
    }
    pairs = {(name, number) for name, metric in metrics.items() for number in metric.numbers}
    return {pair for pair in pairs if pair[0] in whole or (pair[1] == word and not whole)}


def costs(
    wanted: Mapping[str, list[str]], sample: Sample, preset: str, metrics: Mapping[str, Metric] = METRICS
) -> list[str]:
    """What extended metrics are expected to take, and others that take long, as one line or none."""
    known = {name: metrics[name] for name in wanted if not isinstance(metrics[name], OutsideMetric)}
    times = {name: metric.estimate(sample) for name, metric in known.items()}
    worth_saying = [
        f"{name} {about(seconds)}"
        for name, seconds in times.items()
        if preset not in known[name].presets or seconds >= LONG
    ]
    return [f"expected on one thread: {', '.join(worth_saying)}"] if worth_saying else []


def about(seconds: float) -> str:
    """Seconds to the digit that an estimate has, in the unit that a person would choose."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 2 else "under 2 s"
