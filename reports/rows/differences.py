"""By how much each method differs from the reference, seed by seed, and whether that is more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diffrep.metrics.catalogue import Number
from diffrep.metrics.comparison import paired_differences
from diffrep.metrics.uncertainty import LEAST_SEEDS
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.scores import OverSeeds, metrics_of, rows_of

SIGNIFICANT = 0.05  # p below it
ROUNDING = 1e-9  # of the values: differences that vary by no more over seeds do not vary
SIGNS = {"up": 1, "down": -1, "": 0}


@dataclass(frozen=True)
class Difference:
    """One method and metric of a data set against the reference, or the `reason` why there was nothing to test.

    difference  mean over seeds of the method's value less the reference's; low and high: its 95 % interval
    p_holm      the p-value, corrected for the `tested` methods of this metric
    """

    dataset: str
    metric: str
    method: str
    reference: str
    tested: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    reason: str = ""

    def better(self, column: Number) -> bool:
        """Whether the method is better than the reference, and by more than chance."""
        if self.difference is None or self.p_holm is None:
            return False
        return self.p_holm < SIGNIFICANT and self.difference * SIGNS[column.better] > 0

    def worse(self, column: Number) -> bool:
        """Whether the method is worse than the reference, and by more than chance."""
        if self.difference is None or self.p_holm is None:
            return False
        return self.p_holm < SIGNIFICANT and self.difference * SIGNS[column.better] < 0


def compare(frame: pd.DataFrame, study: Study) -> list[Difference]:
    """Every method against the study's reference, in each metric of the summary table.

    frame  as `tidy` gives it

    Seeds are paired, since base models, test images, pairs and noise are the same for all methods. Each metric is
    corrected for all the methods tested in it. What cannot be tested says why.
    """
    found = []
    for dataset in study.datasets:
        rows = [row for row in rows_of(frame, dataset, study) if row.kind == "method"]
        for column in by_group("summary", metrics_of(rows)):
            scores = {row.name: row.scores[column.name] for row in rows}
            found += _of_metric(dataset, column.name, scores, study)
    return found


def _of_metric(dataset: str, metric: str, scores: dict[str, OverSeeds], study: Study) -> list[Difference]:
    reference = study.reference
    reasons = {name: _untested(name, reference, scores, len(study.seeds)) for name in scores if name != reference}
    tested = [name for name, reason in reasons.items() if not reason]
    values = {name: scores[name].values for name in [reference, *tested]} if tested else {}
    compared = paired_differences(values, reference=reference) if tested else {}
    return [
        Difference(dataset, metric, name, reference, reason=reason)
        if reason
        else _difference((dataset, metric, name, reference), len(tested), compared[name])
        for name, reason in reasons.items()
    ]


def _difference(identity: tuple[str, str, str, str], tested: int, found: Mapping[str, float]) -> Difference:
    return Difference(
        *identity,
        tested,
        difference=found["difference"],
        low=found["low"],
        high=found["high"],
        p_value=found["p_value"],
        p_holm=found["p_holm"],
    )


def _untested(name: str, reference: str, scores: dict[str, OverSeeds], seeds: int) -> str:
    """Why there is nothing to test, empty where there is."""
    if reference not in scores:
        return f"{reference} is the reference and no row of this grid"
    if seeds < LEAST_SEEDS:
        return f"a paired test wants {LEAST_SEEDS} training seeds, and there are {seeds}"
    for who in (reference, name):
        if len(scores[who].values) < seeds:
            return f"{who} lacks seeds: {'; '.join(dict.fromkeys(scores[who].absent))}"
    mine, theirs = np.array(scores[name].values), np.array(scores[reference].values)
    if np.ptp(mine - theirs) <= ROUNDING * np.abs([mine, theirs]).max():
        return "the difference is the same for every training seed: there is no spread to test it by"
    return ""
