"""What the seeds of a study could and could not have found, metric by metric."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from diffrep.metrics.catalogue import Number
from diffrep.metrics.comparison import ONE_SAMPLE, PAIRED, WELCH, is_constant
from diffrep.metrics.power import (
    POWER,
    SIGNIFICANT,
    Power,
    paired_power,
    seeds_needed,
    smallest_difference,
    welch_power,
)
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.noise import rms
from diffrep.reports.rows.roles import role_of
from diffrep.reports.rows.scores import TableRow, ranked

POWERS: Mapping[str, Power] = {PAIRED: paired_power, WELCH: welch_power, ONE_SAMPLE: paired_power}


@dataclass(frozen=True)
class Goal:
    """What is asked of the power of the tests; None: as the results are.

    power       how often a true difference is to be found, above .05 and below 1
    seeds       training seeds, 2 or more
    difference  that seeds are to tell, in units of the metric
    """

    power: float = POWER
    seeds: int | None = None
    difference: float | None = None


@dataclass(frozen=True)
class OneOrAll:
    """The same for one pair of methods, tested at .05, and for the clearest of all tested, at .05 / their number."""

    one: float
    all: float


@dataclass(frozen=True)
class Design:
    """One kind of comparison and what it can tell.

    test    paired, Welch or one-sample
    sd      over seeds that the test works with: of a method, or of the differences where it is paired
    seeds   of each method
    tested  methods that the reference is compared with, in the same metric: what "all" are
    power   how often a difference is to be found
    """

    test: str
    sd: float
    seeds: int
    tested: int
    power: float

    @property
    def smallest(self) -> OneOrAll:
        """The difference that is found as often as asked."""
        return OneOrAll(*(
            smallest_difference(POWERS[self.test], self.sd, self.seeds, power=self.power, level=level)
            for level in self._levels
        ))  # fmt: skip

    def needed(self, difference: float) -> OneOrAll:
        """The seeds with which this one is."""
        return OneOrAll(*(
            seeds_needed(POWERS[self.test], difference, self.sd, power=self.power, level=level)
            for level in self._levels
        ))  # fmt: skip

    @property
    def _levels(self) -> tuple[float, float]:
        return SIGNIFICANT, SIGNIFICANT / self.tested  # the second is Holm's first step


@dataclass(frozen=True)
class Told:
    """What the seeds tell of one metric of a data set, of the methods that they train.

    sd          over seeds, root mean square over those methods
    best        two of those methods, by their means: of those under test where there are two, controls set apart
    difference  the one asked for, or that between the best two, which is `observed`
    pair        two of those methods; reference: one of them and the reference, where that is the same for every seed
    """

    dataset: str
    column: Number
    sd: float
    best: tuple[str, str]
    difference: float
    observed: bool
    pair: Design
    reference: Design | None


def told(
    dataset: str,
    columns: Sequence[Number],
    rows: Sequence[TableRow],
    study: Study,
    goal: Goal = Goal(),
) -> list[Told]:
    """What the seeds tell of each of the metrics that has a direction and that two methods have trained by every seed.

    rows  those of the data set
    """
    found = (_told(dataset, column, rows, study, goal) for column in columns if column.better)
    return [line for line in found if line is not None]


def _told(dataset: str, column: Number, rows: Sequence[TableRow], study: Study, goal: Goal) -> Told | None:
    whole = {row.name: row for row in rows if row.kind == "method" and _whole(row, column, study)}
    values = {name: np.array(row.scores[column.name].values) for name, row in whole.items()}
    trained = {name: values[name] for name, row in whole.items() if role_of(row) == "trained"}
    if len(study.seeds) < 2 or len(trained) < 2 or all(map(is_constant, trained.values())):
        return None
    tested = max(1, sum(name != study.reference for name in values))
    under_test = [name for name in trained if name not in study.controls]
    means = {name: float(each.mean()) for name, each in trained.items()}
    first, second, *_ = ranked({name: means[name] for name in (under_test if len(under_test) > 1 else trained)}, column)
    gap = abs(means[first] - means[second])
    sd = rms(each.std(ddof=1) for each in trained.values())
    theirs = values.get(study.reference)

    def design(test: str, spread: float) -> Design:
        return Design(test, spread, goal.seeds or len(study.seeds), tested, goal.power)

    return Told(
        *(dataset, column, sd, (first, second)),
        difference=gap if goal.difference is None else goal.difference,
        observed=goal.difference is None,
        pair=design(PAIRED, _sd_of_differences(trained)) if column.paired else design(WELCH, sd),
        reference=design(ONE_SAMPLE, sd) if theirs is not None and is_constant(theirs) else None,
    )


def _whole(row: TableRow, column: Number, study: Study) -> bool:
    score = row.scores[column.name]
    return len(score.values) == len(study.seeds) and not score.apart


def _sd_of_differences(values: Mapping[str, np.ndarray]) -> float:
    """Of two methods seed by seed, root mean square over all pairs."""
    return rms((mine - theirs).std(ddof=1) for mine, theirs in itertools.combinations(values.values(), 2))


def seeds_text(count: float) -> str:
    """A number of seeds as it is read; without end for infinity."""
    return "over a million" if math.isinf(count) else f"{count:,.0f}"
