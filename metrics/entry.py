"""What is said of a metric of codes: its results with their range and chance, the rows that it takes, what it costs.

The metrics themselves are in table.py.
"""

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from diffrep.metrics.measured import Measured

QUICK, STANDARD = "quick", "standard"
KINDS = FACTORS, ATTRIBUTES = ("factors", "attributes")  # what may be known of the rows

# which rows a metric takes, and with that what its function is called with
SAMPLE = "sample"  # (codes, targets) of the rows to fit on
TEST = "test"  # (codes, targets) of the rows to test on
PARTS = "parts"  # (codes, targets) to fit on, then (codes, targets) to test on
POOL = "pool"  # (codes, targets) of all rows: it draws its own batches
CODES = "codes"  # (codes) of the rows to fit on


class Preset(NamedTuple):
    """How many rows of a grid are fitted on and tested on. A table never mixes presets."""

    train: int
    test: int


PRESETS = {QUICK: Preset(3_000, 1_500), STANDARD: Preset(10_000, 5_000)}


@dataclass(frozen=True)
class Sample:
    """How much there is to score.

    values       of each factor or attribute that varies, how many values it takes
    prevalences  of each attribute that varies on the test rows, the share of ones there
    """

    n_train: int
    n_test: int
    dims: int
    values: tuple[int, ...]
    prevalences: tuple[float, ...] = ()

    def sizes(self) -> dict[str, int]:
        """What a cost may grow with, by name."""
        counts = {"n_train": self.n_train, "n_test": self.n_test, "dims": self.dims}
        return {**counts, "targets": len(self.values), "values": sum(self.values)}


Chance = Callable[[Sample], float]


@dataclass(frozen=True)
class Number:
    """One result of a metric. `better` is up, down or empty (neither); `chance` in words or from the sample."""

    name: str
    chance: str | Chance = ""
    range: str = "0 to 1"
    better: str = "up"
    digits: int = 4

    def chance_words(self, sample: Sample) -> str:
        """What a code that says nothing would score."""
        if isinstance(self.chance, str):
            return self.chance
        value = self.chance(sample)
        return "" if math.isnan(value) else f"{value:.3f}"


@dataclass(frozen=True)
class Metric:
    """A metric of codes, under the name that `diffrep score --metrics` takes.

    path        "file:function" in this folder
    rows        which rows it takes: SAMPLE, TEST, PARTS, POOL or CODES
    seconds     what it takes at REFERENCE on one thread; `grows_with` names the sizes that it is proportional to
    of          what has to be known of the rows
    presets     in whose default table it stands; in the others it is extended
    arguments   preset -> keyword arguments that are not the function's own defaults there

    `seed` and `compat` are passed where the function takes them.
    """

    name: str
    path: str
    rows: str
    numbers: tuple[Number, ...]
    seconds: float
    grows_with: tuple[str, ...]
    of: tuple[str, ...] = (FACTORS,)
    presets: tuple[str, ...] = ()
    arguments: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def load(self) -> "Callable[..., Measured]":
        """The function itself."""
        file, _, function = self.path.partition(":")
        return getattr(importlib.import_module(f"diffrep.metrics.{file}"), function)

    def estimate(self, sample: Sample) -> float:
        """Seconds on one thread, by proportion from REFERENCE; right within a factor of a few."""
        sizes, reference = sample.sizes(), REFERENCE.sizes()
        return self.seconds * math.prod(sizes[name] / reference[name] for name in self.grows_with)


REFERENCE = Sample(n_train=10_000, n_test=5_000, dims=8, values=(10, 10, 10, 8, 4, 15))


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values) if values else math.nan


def one_factor(sample: Sample) -> float:
    """Guessing which factor it is: 1 / K, nan without a factor that varies.

    >>> one_factor(Sample(100, 50, 8, values=(10, 4)))
    0.5
    """
    return 1 / len(sample.values) if sample.values else math.nan


def one_value(sample: Sample) -> float:
    """Guessing each factor's value, as if all were equally frequent; mean over factors.

    >>> one_value(Sample(100, 50, 8, values=(10, 4)))
    0.175
    """
    return _mean(tuple(1 / n for n in sample.values))


def prevalence(sample: Sample) -> float:
    """Ranking rows at random: precision is the prevalence at every recall; mean over attributes.

    >>> prevalence(Sample(100, 50, 8, values=(2, 2), prevalences=(0.25, 0.5)))
    0.375
    """
    return _mean(sample.prevalences)


def pooled_positive(sample: Sample) -> float:
    """F1 of calling every row positive, of the counts of all attributes together.

    >>> pooled_positive(Sample(100, 50, 8, values=(2, 2), prevalences=(0.5, 0.1)))  # TP 0.6, called 2, positives 0.6
    0.4615384615384615
    """
    mean = prevalence(sample)
    return 2 * mean / (1 + mean)


def all_positive(sample: Sample) -> float:
    """F1 of calling every row positive; mean over attributes.

    >>> all_positive(Sample(100, 50, 8, values=(2,), prevalences=(0.25,)))
    0.4
    """
    return _mean(tuple(2 * p / (1 + p) for p in sample.prevalences))
