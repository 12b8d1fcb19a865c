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
from diffrep.reports.rows.power import told
from diffrep.reports.rows.scores import TableRow

Pair = frozenset[str]


@dataclass(frozen=True)
class Lead:
    """The best two methods under test in one number.

    means   of the first and the second
    told    whether a t-test tells them apart, corrected for all pairs of methods under test: which two are the best is
            known only afterwards
    needed  seeds that would tell them four times in five, tested so; None where it cannot be said or that many ran
    """

    column: Number
    first: str
    second: str
    means: tuple[float, float]
    told: bool
    needed: float | None


def ranked(rows: Sequence[TableRow], column: Number) -> list[TableRow]:
    """The rows that have the number, the best first."""
    sign = -1 if column.better == "up" else 1
    found = [(mean, row) for row in rows if (mean := row.scores[column.name].mean) is not None]
    return [row for _, row in sorted(found, key=lambda pair: sign * pair[0])]


def leads_of(dataset: str, columns: Sequence[Number], rows: Sequence[TableRow], study: Study) -> list[Lead]:
    """The lead in each number that two methods under test have; `rows` are those of the data set."""
    methods = [row for row in rows if row.kind == "method" and row.name not in study.controls]
    found = ((column, ranked(methods, column)) for column in columns)
    return [_lead(dataset, column, order, rows, study) for column, order in found if len(order) > 1]


def _lead(dataset: str, column: Number, order: list[TableRow], rows: Sequence[TableRow], study: Study) -> Lead:
    best = order[0].name, order[1].name
    values = {row.name: np.array(row.scores[column.name].values) for row in order}
    corrected = p_of_pairs({name: each for name, each in values.items() if len(each) == len(study.seeds)}, column)
    means = float(values[best[0]].mean()), float(values[best[1]].mean())
    is_told = corrected.get(frozenset(best), 1.0) < SIGNIFICANT
    needed = None if is_told else _needed(dataset, column, best, len(corrected), rows, study)
    return Lead(column, *best, means, is_told, needed)


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
    if line is None or not pairs:
        return None
    seeds = replace(line.pair, tested=pairs).needed(line.difference).all
    return seeds if seeds > len(study.seeds) else None
