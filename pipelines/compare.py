"""Which methods differ from the reference by more than training seeds do: what the report calls a difference."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from diffrep.metrics.comparison import paired_differences
from diffrep.metrics.uncertainty import LEAST_SEEDS
from diffrep.reports.columns import by_group
from diffrep.reports.differences import Difference
from diffrep.reports.load import Grid
from diffrep.reports.scores import Score, metrics_of, rows_of

ROUNDING = 1e-9  # of the values: differences that vary by no more over seeds do not vary


def compare(frame: pd.DataFrame, grid: Grid, reference: str) -> list[Difference]:
    """Every method against the reference, in each metric of the summary table.

    frame      as reports' load.tidy gives it
    reference  a row of the grid, chosen beforehand: the best row is no reference, since chance helped to choose it

    Seeds are paired, since base models, test images, pairs and noise are the same for all methods. Each metric is
    corrected for all the methods tested in it. What cannot be tested says why.
    """
    found = []
    for dataset in grid.datasets:
        rows = [row for row in rows_of(frame, dataset, grid) if row.kind == "method"]
        for column in by_group("summary", metrics_of(rows)):
            scores = {row.name: row.scores[column.name] for row in rows}
            found += _of_metric(dataset, column.name, scores, len(grid.seeds), reference)
    return found


def _of_metric(dataset: str, metric: str, scores: dict[str, Score], seeds: int, reference: str) -> list[Difference]:
    reasons = {name: _untested(name, reference, scores, seeds) for name in scores if name != reference}
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


def _untested(name: str, reference: str, scores: dict[str, Score], seeds: int) -> str:
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
