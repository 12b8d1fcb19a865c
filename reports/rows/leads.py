"""Who leads among the methods under test, and whether the seeds tell the first from the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from diffrep.metrics.catalogue import Number
from diffrep.metrics.comparison import differences, holm, no_spread
from diffrep.metrics.power import SIGNIFICANT
from diffrep.metrics.uncertainty import LEAST_SEEDS
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.power import seeds_text, told
from diffrep.reports.rows.scores import TableRow, means_of, ranked
from diffrep.reports.rows.written import written

Pair = frozenset[str]


@dataclass(frozen=True)
class Lead:
    """The best two of the methods under test in one number.

    order    all of them that have the number, the best first
    means    of the first and the second
    p_value  of the t-test between the two, corrected for all pairs of methods under test: which two are the best is
             known only afterwards; None where there is nothing to test, as of fewer than three seeds
    needed   seeds that would tell them four times in five, tested so; None where it cannot be said or that many ran
    """

    column: Number
    order: tuple[str, ...]
    means: tuple[float, float]
    p_value: float | None
    needed: float | None

    @property
    def first(self) -> str:
        """The best."""
        return self.order[0]

    @property
    def second(self) -> str:
        """The next."""
        return self.order[1]

    @property
    def told(self) -> bool | None:
        """Whether the seeds tell the two apart; None where that was not tested."""
        return None if self.p_value is None else self.p_value < SIGNIFICANT

    @property
    def verdict(self) -> str:
        """The same in words."""
        return "not tested" if self.told is None else "told apart" if self.told else "not told apart"

    @property
    def margin(self) -> str:
        """By how much the first leads: "0.604; next diffae, 0.566: not told apart, 9 seeds would"."""
        first, second = (written(mean, self.column.digits) for mean in self.means)
        more = "" if self.needed is None else f", {seeds_text(self.needed)} seeds would"
        return f"{first}; next {self.second}, {second}: {self.verdict}{more}"


def leads_of(dataset: str, columns: Sequence[Number], rows: Sequence[TableRow], study: Study) -> list[Lead]:
    """The lead in each number that two methods under test have; `rows` are those of the data set."""
    under_test = [row for row in rows if row.kind == "method" and row.name not in study.controls]
    found = ((column, means_of(under_test, column.name)) for column in columns)
    return [_lead(dataset, column, means, rows, study) for column, means in found if len(means) > 1]


def _lead(dataset: str, column: Number, means: Mapping[str, float], rows: Sequence[TableRow], study: Study) -> Lead:
    order = tuple(ranked(means, column))
    best = order[0], order[1]
    scores = {row.name: row.scores[column.name].values for row in rows if row.kind == "method" and row.name in means}
    whole = {name: np.array(values) for name, values in scores.items() if len(values) == len(study.seeds)}
    corrected = p_of_pairs(whole, column)
    p_value = corrected.get(frozenset(best))
    untold = p_value is not None and p_value >= SIGNIFICANT
    needed = _needed(dataset, column, best, len(corrected), rows, study) if untold else None
    return Lead(column, order, (means[best[0]], means[best[1]]), p_value, needed)


def p_of_pairs(values: Mapping[str, np.ndarray], column: Number) -> dict[Pair, float]:
    """{two methods: p of the t-test between them, corrected for all such pairs}, of those that can be tested.

    values  method -> [s], a score a training seed
    """
    p_values = {
        frozenset((one, other)): differences(
            {one: list(values[one]), other: list(values[other])}, reference=other, paired=column.paired
        )[one].p_value
        for one, other in combinations(values, 2)
        if len(values[one]) >= LEAST_SEEDS and not no_spread(values[one], values[other], paired=column.paired)
    }
    return dict(zip(p_values, map(float, holm(np.array([*p_values.values()]))), strict=True))


def _needed(
    dataset: str, column: Number, best: tuple[str, str], pairs: int, rows: Sequence[TableRow], study: Study
) -> float | None:
    line = next((line for line in told(dataset, [column], rows, study) if line.best == best), None)
    if line is None:
        return None
    seeds = replace(line.pair, tested=pairs).needed(line.difference).all
    return seeds if seeds > len(study.seeds) else None
