"""By how much each method differs from the reference, over training seeds, and whether that is more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from diffrep.metrics.catalogue import Number
from diffrep.metrics.comparison import Compared, differences, holm, no_spread
from diffrep.metrics.power import SIGNIFICANT
from diffrep.metrics.uncertainty import LEAST_SEEDS
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.scores import OverSeeds, TableRow, metrics_of

SIGNS = {"up": 1, "down": -1}

Verdict = Literal["better", "worse", "untold", ""]


@dataclass(frozen=True)
class Difference:
    """One method and metric of a data set against the reference, or the `reason` why there was nothing to test.

    tested      how many methods were, in this metric
    test        which t-test it was: paired, Welch or one-sample (metrics/comparison.py)
    difference  mean over seeds of the method's value less the reference's; low and high: its 95 % interval
    df          degrees of freedom of the interval and of p_value
    p_holm      the p-value, corrected for the `tested` methods of this metric
    verdict     better or worse than the reference where p_holm is below .05, else untold, as where
                no side of the metric is better; empty without a test
    """

    dataset: str
    metric: str
    method: str
    reference: str
    tested: int = 0
    test: str = ""
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    df: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    verdict: Verdict = ""
    reason: str = ""


def compare(dataset: str, rows: Sequence[TableRow], study: Study) -> list[Difference]:
    """Every method against the study's reference, in each metric of the summary table.

    rows  those of the data set

    Whether seeds are paired stands in the catalogue. Each metric is corrected for all the methods tested in it. What
    cannot be tested says why.
    """
    methods = [row for row in rows if row.kind == "method"]
    return [
        found
        for column in by_group("summary", metrics_of(methods))
        for found in _of_metric(dataset, column, {row.name: row.scores[column.name] for row in methods}, study)
    ]


def verdict_of(column: Number, difference: float, p_holm: float) -> Verdict:
    """What a tested difference says of the method; of a metric without a better side, nothing."""
    if p_holm >= SIGNIFICANT or not column.better:
        return "untold"
    return "better" if difference * SIGNS[column.better] > 0 else "worse"


def _of_metric(dataset: str, column: Number, scores: Mapping[str, OverSeeds], study: Study) -> list[Difference]:
    reference = study.reference
    reasons = {
        name: _untested(name, reference, scores, len(study.seeds), column.paired)
        for name in scores
        if name != reference
    }
    tested = [name for name, reason in reasons.items() if not reason]
    values = {name: scores[name].values for name in [reference, *tested]} if tested else {}
    compared = differences(values, reference=reference, paired=column.paired) if tested else {}
    return [
        Difference(dataset, column.name, name, reference, reason=reason)
        if reason
        else _difference(dataset, column, name, reference, compared)
        for name, reason in reasons.items()
    ]


def _difference(
    dataset: str, column: Number, name: str, reference: str, compared: Mapping[str, Compared]
) -> Difference:
    found = compared[name]
    verdict = verdict_of(column, found.difference, found.p_holm)
    return Difference(dataset, column.name, name, reference, len(compared), verdict=verdict, **asdict(found))


def _untested(name: str, reference: str, scores: Mapping[str, OverSeeds], seeds: int, paired: bool) -> str:
    """Why there is nothing to test, empty where there is."""
    if reference not in scores:
        return f"{reference} is the reference and no row of this grid"
    if seeds < LEAST_SEEDS:
        return f"a test wants {LEAST_SEEDS} training seeds, and there {'is' if seeds == 1 else 'are'} {seeds}"
    for who in (reference, name):
        if scores[who].apart:
            return f"{who} is not compared: {scores[who].apart}"
        if len(scores[who].values) < seeds:
            return f"{who} lacks seeds: {'; '.join(dict.fromkeys(scores[who].absent))}"
    mine, theirs = np.array(scores[name].values), np.array(scores[reference].values)
    return no_spread(mine, theirs, paired=paired)


def standing_over_all(differences: Sequence[Difference]) -> int:
    """How many stand where all of them are corrected together, and not those of each metric apart."""
    p_values = [found.p_value for found in differences if found.p_value is not None]
    return int((holm(np.array(p_values)) < SIGNIFICANT).sum()) if p_values else 0


def kinds_of_tests(differences: Sequence[Difference]) -> dict[str, list[str]]:
    """{t-test: the metrics that some method was compared in by it}, in the order of the table."""
    found: dict[str, dict[str, None]] = {}
    for difference in differences:
        if difference.test:
            found.setdefault(difference.test, {})[difference.metric] = None
    return {test: list(metrics) for test, metrics in found.items()}
