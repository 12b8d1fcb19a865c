"""The contract of a metric (metrics/outside.py), promise by promise, tried on codes whose factors are known."""

import math
import re
from typing import NamedTuple

import numpy as np

from diffrep.metrics.catalogue import ALONE, ATTRIBUTES, BOTH, POOL, TEST, TRAIN, Metric, Number, Sample
from diffrep.metrics.measured import Measured
from diffrep.pipelines.contract.promises import Promise, all_kept, expect
from diffrep.pipelines.trained.own_metrics import facts_of, known

ROWS, TESTED, FACTORS, DIMS = 200, 100, 4, 6
SMALL = {"rounds": 2, "trees": 5, "probes": 1, "steps": 50}  # what ours need not do a hundred times to be tried
RANGE = re.compile(r"(−?[\d.]+) to (−?[\d.]+)")


class Tried(NamedTuple):
    """A metric, and what is said of its numbers."""

    metric: Metric
    facts: dict[str, Number]

    def on(self, told: float = 1.0, dims: int = DIMS) -> Measured:
        """Its numbers of codes that mix the factors, `told` of each number and noise else."""
        return self.of(*self.rows(told, dims))

    def of(self, *rows: np.ndarray) -> Measured:
        """Its numbers of these rows."""
        known = self.metric.defaults()
        seed = {"seed": 0} if "seed" in known else {}
        few = {name: least for name, least in SMALL.items() if name in known}
        return self.metric.load()(*rows, **{**known, **few, **seed})

    def number(self, name: str) -> Number:
        """What is said of a number; BrokenError where nothing is."""
        expect(name in self.facts, f"gives {name!r}, which no row describes")
        return self.facts[name]

    def rows(self, told: float, dims: int) -> tuple[np.ndarray, ...]:
        """The arrays that it takes, always the same."""
        chance = np.random.default_rng(0)
        values = 2 if ATTRIBUTES in self.metric.of and len(self.metric.of) == 1 else 4
        factors = chance.integers(0, values, (ROWS + TESTED, FACTORS))
        mixed = factors @ chance.normal(size=(FACTORS, dims))
        codes = told * mixed + (1 - told) * chance.normal(size=mixed.shape)
        fitted, tested = (codes[:ROWS], factors[:ROWS]), (codes[ROWS:], factors[ROWS:])
        given = {TRAIN: fitted, TEST: tested, BOTH: (*fitted, *tested), POOL: (codes, factors), ALONE: (codes[:ROWS],)}
        return given[self.metric.rows]


def numbers_are_those_it_names(on: Tried) -> str:
    """It gives every number that its `numbers` describe and no other; each nan has a reason."""
    found = on.on()
    return ", ".join(f"{name} {value:.3g}" for name, value in found.items() if name in on.metric.numbers)


def same_arguments_same_numbers(on: Tried) -> None:
    """All chance comes from `seed`: called again, every number is the same to the bit."""
    one, other = on.on(), on.on()
    for name, value in one.items():
        same = value == other[name] or (math.isnan(value) and math.isnan(other[name]))
        expect(same, f"{name} is {value!r}, then {other[name]!r}")


def arrays_stay_as_they_are(on: Tried) -> None:
    """What it is given is not changed."""
    rows = on.rows(1.0, DIMS)
    before = [array.copy() for array in rows]
    on.of(*rows)
    for place, (array, kept) in enumerate(zip(rows, before, strict=True), 1):
        expect(np.array_equal(array, kept), f"argument {place} is another array afterwards")


def numbers_lie_in_their_range(on: Tried) -> str:
    """Of codes that tell everything, something and nothing; ranges in words are not read."""
    read = 0
    for told in (1.0, 0.5, 0.0):
        for name, value in on.on(told).items():
            stated = on.number(name).range
            if ends := RANGE.fullmatch(stated):
                low, high = (float(end.replace("−", "-")) for end in ends.groups())
                expect(math.isnan(value) or low <= value <= high, f"{name} is {value:.4g}, which is not {stated}")
                read += 1
    return "" if read else "no range is of the form 0 to 1"


def nothing_told_is_chance(on: Tried) -> str:
    """What it gives of noise, to be held against the chance that is stated."""
    found = on.on(0.0)
    sample = Sample(ROWS, TESTED, DIMS, (4,) * FACTORS, (0.25,) * FACTORS, (0.5,) * FACTORS)
    known = {name: on.number(name).chance_on(sample) for name in on.metric.numbers}
    return ", ".join(f"{name} {found[name]:.3g} (stated: {told})" for name, told in known.items() if told)


def one_dimension_is_enough(on: Tried) -> str | None:
    """One dimension gives numbers, or a ValueError of one line."""
    try:
        on.on(dims=1)
    except ValueError as error:
        expect("\n" not in str(error), "its ValueError has several lines")
        return f"refused: {error}"
    return None


PROMISES: tuple[Promise, ...] = (
    numbers_are_those_it_names,
    same_arguments_same_numbers,
    arrays_stay_as_they_are,
    numbers_lie_in_their_range,
    nothing_told_is_chance,
    one_dimension_is_enough,
)


def contract_of_metric(name: str) -> bool:
    """Try every promise on a metric, of the catalogue or package.module:function; whether all of them are kept."""
    found = known(name)
    return all_kept(name, PROMISES, Tried(found, facts_of([found])), "gives no numbers")
