"""Numbers of the same cells from two machines, as they lie in reports/machines: one file a data set.

tests/benchmarks/machines.py writes them. A line counts for results that are, to the digit, those of its first machine:
of any other run it would say nothing.
"""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from diffrep.reports.reading.load import ResultFile

MACHINES = Path(__file__).parents[1] / "machines"
KEYS = ("method", "seed", "metric")  # columns; the other two are named after the instruction sets


@dataclass(frozen=True)
class Pair:
    """One number of one cell on both machines."""

    method: str
    seed: int
    metric: str
    first: float
    second: float

    @property
    def sd(self) -> float:
        """The standard deviation of the two; 0 where only the order of sums tells them apart."""
        return 0.0 if math.isclose(self.first, self.second) else abs(self.first - self.second) / math.sqrt(2)


def pairs_of(results: Iterable[ResultFile], dataset: str, folder: Path = MACHINES) -> list[Pair]:
    """The pairs whose first number is the one that these results of the data set have; none where nothing is known."""
    path = folder / f"{dataset}.csv"
    if not path.exists():
        return []
    here = {
        (result.row, result.seed, name): value
        for result in results
        if result.kind == "method" and not result.view
        for name, value in result.metrics.items()
    }
    return [pair for pair in read_pairs(path) if here.get((pair.method, pair.seed, pair.metric)) == pair.first]


def read_pairs(path: Path) -> list[Pair]:
    """All pairs of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        return [Pair(method, int(seed), metric, float(a), float(b)) for method, seed, metric, a, b in lines]


def instruction_sets(dataset: str, folder: Path = MACHINES) -> list[str]:
    """Of the first machine and of the second; empty where nothing is known of the data set."""
    path = folder / f"{dataset}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))[len(KEYS) :]
