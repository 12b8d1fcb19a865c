"""All measured numbers as one tidy frame."""

import math

import pandas as pd

from diffrep.reports.reading.load import ResultFile

TIDY_COLUMNS = ["dataset", "kind", "row", "view", "seed", "stage", "metric", "value", "reason"]
RUN = ["dataset", "kind", "row", "view", "seed", "metric"]  # what has one value


def tidy(results: list[ResultFile]) -> pd.DataFrame:
    """One line per measured number: dataset, kind, row, view, seed, stage, metric, value (NaN: none), reason.

    A number that no seed has a part in has the seed <NA>. Numbers of samples (names that begin with n_) describe a
    stage and are no metrics: they are left out, and so are the shared stages. ValueError when two stages of a row give
    one metric two values.
    """
    lines = [
        (r.dataset, r.kind, r.row, r.view, r.seed, r.stage, m, v, r.reason(m) if math.isnan(v) else "")
        for r in results
        if r.kind != "shared"
        for m, v in r.metrics.items()
        if not m.startswith("n_")
    ]
    frame = pd.DataFrame(lines, columns=TIDY_COLUMNS).astype({"seed": "Int64"}).drop_duplicates([*RUN, "value"])
    twice = frame[frame.duplicated(RUN)]
    if len(twice):
        line = twice.iloc[0]
        raise ValueError(
            f"{line['dataset']}/{line['row']}/{line['seed']}: {line['metric']!r} has two values, the second from "
            f"stage {line['stage']!r}; a metric belongs to one stage, so rename one"
        )
    return frame.reset_index(drop=True)
