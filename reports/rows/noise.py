"""How far a number moves with the same seed: by other draws of its estimator, other test images, another machine."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from diffrep.metrics.catalogue import Number
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.machines import Pair

WORDS = {  # source -> what it is
    "estimator": "the estimator's draws",
    "rows": "the test rows",
    "cases": "the pairs or images judged",  # of which result files have intervals
    "machine": "another instruction set",  # of which reports/machines has numbers
}
NORMAL = NormalDist().inv_cdf(0.975)  # half the width of a 95 % interval, in standard deviations


@dataclass(frozen=True)
class Noise:
    """The largest of the sources of a row's number, root mean square over seeds, in its own units."""

    sd: float
    source: str


def noise_of(results: Iterable[ResultFile]) -> dict[tuple[str, str], Noise]:
    """{(method, metric): its noise}, of the results of one data set on the default codes.

    From the section `noise` of result files, and where a stage gives an interval over what it judged, from that.
    """
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for result in (result for result in results if result.kind == "method" and not result.view):
        for metric, by_source in _of_file(result).items():
            for source, sd in by_source.items():
                found.setdefault((result.row, metric), {}).setdefault(source, []).append(sd)
    return {key: _largest(by_source) for key, by_source in found.items()}


def between_machines(pairs: Iterable[Pair]) -> dict[tuple[str, str], Noise]:
    """{(method, metric): how far it moves where another machine trains and measures the same cells}."""
    found: dict[tuple[str, str], list[float]] = {}
    for pair in pairs:
        found.setdefault((pair.method, pair.metric), []).append(pair.sd)
    return {key: Noise(rms(each), "machine") for key, each in found.items()}


def _of_file(result: ResultFile) -> dict[str, Mapping[str, float]]:
    """Metric -> source -> standard deviation."""
    intervals = {name: {"cases": (high - low) / 2 / NORMAL} for name, (low, high) in result.intervals.items()}
    return {
        metric: {**intervals.get(metric, {}), **result.noise.get(metric, {})} for metric in intervals | result.noise
    }


def _largest(by_source: Mapping[str, list[float]]) -> Noise:
    return max((Noise(rms(each), source) for source, each in by_source.items()), key=lambda noise: noise.sd)


def noise_text(column: Number, noises: Sequence[Noise]) -> str:
    """How large the noise of a column is, root mean square, and where it comes from."""
    sources = dict.fromkeys(WORDS[noise.source] for noise in noises)
    size = rms(noise.sd for noise in noises)
    return f"{column.title} ± {size:,.{column.digits}f} (from {' or '.join(sources)})"


def rms(values: Iterable[float]) -> float:
    """The root mean square: what variances are averaged by.

    >>> rms([3.0, 4.0, 5.0])
    4.08248290463863
    """
    known = list(values)
    return math.sqrt(math.fsum(value**2 for value in known) / len(known))
