"""The keyword arguments that metrics are called with: their own, the preset's, and those that a person sets."""

from collections.abc import Sequence
from typing import Any

import yaml

from diffrep.metrics.catalogue import METRICS, Metric
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint

Parameters = dict[str, dict[str, Any]]  # metric -> keyword arguments
OF_THE_COMMAND = ("seed", "compat")  # options of their own


def keywords(metric: Metric, preset: str, compat: bool, seed: int) -> dict[str, Any]:
    """Every keyword argument that a metric is called with, its own defaults among them."""
    known = metric.defaults()
    given = {"seed": seed, "compat": compat, **metric.arguments.get(preset, {})}
    return known | {name: value for name, value in given.items() if name in known}


def set_arguments(parameters: Parameters, changed: Sequence[str]) -> None:
    """Put "metric.argument=value" into the arguments, each once; UserError for what no metric asked for takes."""
    for word in changed:
        path, equals, text = word.partition("=")
        name, dot, argument = path.partition(".")
        if not (equals and dot):
            raise UserError(f"--set {word} is not METRIC.ARGUMENT=VALUE, such as tad.thresholds=11")
        if name not in parameters:
            known = "is not measured here" if name in METRICS else "is no metric"
            raise UserError(f"--set {word}: {name} {known}: {hint(name, parameters)}")
        own = {key: value for key, value in parameters[name].items() if key not in OF_THE_COMMAND}
        if argument not in own:
            raise UserError(f"--set {word}: {name} has no argument {argument!r}: {hint(argument, own)}")
        parameters[name][argument] = _value(word, text, own[argument])


def _value(word: str, text: str, now: Any) -> Any:
    """The value that a text stands for, of the type that the argument has now."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = None
    if type(now) is float and type(value) is int:
        value = float(value)
    if type(value) is not type(now):
        raise UserError(f"--set {word}: {text!r} is no {type(now).__name__}, as {now!r} is")
    return value
