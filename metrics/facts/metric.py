"""What is said of a function: where it is, which numbers come of it, and how `diffrep score` calls it."""

import importlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from diffrep.metrics.facts.sample import Sample

if TYPE_CHECKING:
    from diffrep.metrics.measured import Measured

QUICK, STANDARD = "quick", "standard"
TARGETS = FACTORS, ATTRIBUTES = ("factors", "attributes")  # what may be known of the rows

# which rows a metric takes, and with that what its function is called with
TRAIN = "train"  # (codes, targets) of the rows to fit on
TEST = "test"  # (codes, targets) of the rows to test on
BOTH = "both"  # (codes, targets) to fit on, then (codes, targets) to test on
POOL = "pool"  # (codes, targets) of all rows: it draws its own batches
ALONE = "alone"  # (codes) of the rows to fit on


class Preset(NamedTuple):
    """How many rows of a grid are fitted on and tested on. A table never mixes presets."""

    train: int
    test: int


PRESETS = {QUICK: Preset(3_000, 1_500), STANDARD: Preset(10_000, 5_000)}
REFERENCE = Sample(n_train=10_000, n_test=5_000, dims=8, values=(10, 10, 10, 8, 4, 15))


@dataclass(frozen=True)
class Function:
    """A function of this package that `diffrep score` does not call.

    path     "file:function" in this folder
    meaning  what it is for, in a sentence
    numbers  names of the catalogue that come of it; empty where it gives what others are made of
    """

    path: str
    meaning: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """A metric of codes, under the name that `diffrep score --metrics` takes.

    path        "file:function" in this folder
    rows        which rows it takes: TRAIN, TEST, BOTH, POOL or ALONE
    numbers     names of the catalogue, in the order that it gives them
    seconds     what it takes at REFERENCE on one thread; `grows_with` names the sizes that it is proportional to
    of          what has to be known of the rows
    presets     in whose default table it stands; in the others it is extended
    arguments   preset -> keyword arguments that are not the function's own defaults there

    `seed` and `compat` are passed where the function takes them.
    """

    name: str
    path: str
    rows: str
    numbers: tuple[str, ...]
    seconds: float
    grows_with: tuple[str, ...]
    of: tuple[str, ...] = (FACTORS,)
    presets: tuple[str, ...] = ()
    arguments: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def load(self) -> "Callable[..., Measured]":
        """The function itself."""
        file, _, function = self.path.partition(":")
        return getattr(importlib.import_module(f"diffrep.metrics.{file}"), function)

    def defaults(self) -> dict[str, Any]:
        """The keyword arguments of the function, with their defaults."""
        parameters = inspect.signature(self.load()).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    def estimate(self, sample: Sample) -> float:
        """Seconds on one thread, by proportion from REFERENCE; right within a factor of a few."""
        sizes, reference = sample.sizes(), REFERENCE.sizes()
        return self.seconds * math.prod(sizes[name] / reference[name] for name in self.grows_with)
