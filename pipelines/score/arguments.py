"""The keyword arguments that metrics are called with: their own, the preset's, and those that a person sets."""

from collections.abc import Sequence
from typing import Any

from diffrep.metrics.catalogue import METRICS, Metric
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.settings_file import parsed_settings

Parameters = dict[str, dict[str, Any]]  # metric -> keyword arguments
OF_THE_COMMAND = ("seed", "compat")  # options of their own
# below these all codes score alike: one bin tells nothing, nor which dimension of one row varies least; else 1
LEAST = {"factor_vae.batch_size": 2, "mig.bins": 2, "tad.thresholds": 2}
KINDS = {"tuple": "list of columns, such as [0, 2]"}  # as a person would say it, where that is not the type's name


def keywords(metric: Metric, preset: str, compat: bool, seed: int) -> dict[str, Any]:
    """Every keyword argument that a metric is called with, its own defaults among them."""
    known = metric.defaults()
    given = {"seed": seed, "compat": compat, **metric.arguments.get(preset, {})}
    return known | {name: value for name, value in given.items() if name in known}


def set_arguments(parameters: Parameters, changed: Sequence[str]) -> None:
    """Put "metric.argument=value" into the arguments; UserError for what no metric asked for takes, or twice."""
    given: set[str] = set()
    for word in changed:
        path, equals, text = word.partition("=")
        name, dot, argument = path.rpartition(".")  # a metric from outside has dots of its own
        if not (equals and dot):
            raise UserError(f"--set {word} is not METRIC.ARGUMENT=VALUE, such as tad.thresholds=11")
        if name not in parameters:
            known = "is not measured here" if name in METRICS else "is no metric"
            raise UserError(f"--set {word}: {name} {known}: {hint(name, parameters)}")
        own = {key: value for key, value in parameters[name].items() if key not in OF_THE_COMMAND}
        if argument not in own:
            raise UserError(f"--set {word}: {name} has no argument {argument!r}: {hint(argument, own)}")
        if path in given:
            raise UserError(f"--set {word}: {path} is set twice: keep one")
        given.add(path)
        parameters[name][argument] = _value(word, text, own[argument])
        least = LEAST.get(path, 1)
        if type(own[argument]) is int and parameters[name][argument] < least:
            raise UserError(f"--set {word}: {path} must be {least} or more")


def _value(word: str, text: str, now: Any) -> Any:
    """The value that a text in YAML 1.2 stands for, of the type that the argument has now."""
    try:
        value = parsed_settings(text, word)
    except UserError:
        value = None
    if type(now) is float and type(value) is int:
        value = float(value)
    if type(now) is tuple and type(value) is list and all(type(item) is int and item >= 0 for item in value):
        value = tuple(value)
    if type(value) is not type(now):
        kind = type(now).__name__
        raise UserError(f"--set {word}: {text!r} is no {KINDS.get(kind, kind)}, as {now!r} is")
    return value
