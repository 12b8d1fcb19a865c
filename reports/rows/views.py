"""Rows of the table that compares the views of one code: its default, tokens as numbers, times alone or joined."""

from collections.abc import Mapping

import pandas as pd

from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import VIEW_COLUMNS
from diffrep.reports.rows.scores import OverSeeds, TableRow, over_seeds

VIEW_TITLES = {
    "tokens_pca": "one number per token (PCA)",
    "times_best": "the best time",
    "times_mean": "mean over times",
    "times": "all times joined",
}
FOUND_WITH = {  # numbers of the encode stage that speak of one view
    "tokens_explained_mean": "tokens_pca",
    "tokens_explained_min": "tokens_pca",
    "times_best": "times_best",
}


def view_rows(frame: pd.DataFrame, dataset: str, study: Study, remarks: Mapping[str, str]) -> list[TableRow]:
    """For every method whose code has further views the default one and those, in grid order.

    frame    as `tidy` gives it
    remarks  method -> what stands behind its name

    A number that a view does not have is a dash without a reason.
    """
    rows = []
    for method in study.methods:
        own = frame[(frame["dataset"] == dataset) & (frame["kind"] == "method") & (frame["row"] == method)]
        views = [view for view in dict.fromkeys(own["view"]) if view]
        if views:
            rows += [_row(own, method, view, study, remarks.get(method, "")) for view in ["", *views]]
    return rows


def _row(own: pd.DataFrame, method: str, view: str, study: Study, remarks: str) -> TableRow:
    scores: dict[str, OverSeeds] = {}
    for column in VIEW_COLUMNS:
        source = "" if column.name in FOUND_WITH else view
        here = own[(own["view"] == source) & (own["metric"] == column.name)]
        found = FOUND_WITH.get(column.name, view) == view
        scores[column.name] = over_seeds(here, study.seeds, "") if found else OverSeeds()
    seeds = own[own["view"] == view]["seed"]
    return TableRow(view_title(method, view), "method", int(seeds.nunique()), scores, remarks)


def view_title(method: str, view: str) -> str:
    """What a row of the table is called; a view without a name is the default one."""
    return f"{method}: {VIEW_TITLES.get(view, view) or 'default'}"
