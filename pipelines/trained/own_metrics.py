"""Metrics by their names: those of the catalogue, and functions from outside as package.module:function."""

from collections.abc import Iterable

from diffrep.metrics.catalogue import CATALOGUE, METRICS, Metric, Number
from diffrep.metrics.outside import OutsideMetric, outside_metric
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import lookup


def own_metric(path: str) -> OutsideMetric:
    """The metric that package.module:function is; UserError where it cannot be imported or is none."""
    function = lookup({}, path, "metric")
    try:
        return outside_metric(path, function)
    except ValueError as error:
        raise UserError(f"metric {path!r} {error}; diffrep contract {path} tries it") from error


def own_metrics(paths: Iterable[str]) -> dict[str, OutsideMetric]:
    """{path: metric} of these; UserError too where two give a number of the same name."""
    found = {path: own_metric(path) for path in paths}
    whose: dict[str, str] = {}
    for path, metric in found.items():
        for name in metric.numbers:
            if name in whose:
                raise UserError(f"{whose[name]} and {path} both give {name!r}: rename one")
            whose[name] = path
    return found


def facts_of(metrics: Iterable[Metric]) -> dict[str, Number]:
    """{number: what is said of it} of the catalogue and of metrics from outside."""
    own = [number for metric in metrics if isinstance(metric, OutsideMetric) for number in metric.facts]
    return CATALOGUE | {number.name: number for number in own}


def is_metric(name: str) -> bool:
    """Whether a name is a metric's, of the catalogue or package.module:function; UserError where nothing is there."""
    return name in METRICS or (":" in name and not isinstance(lookup({}, name, "method"), type))


def known(name: str) -> Metric:
    """The metric of that name, of the catalogue or from outside."""
    return METRICS[name] if name in METRICS else own_metric(name)
