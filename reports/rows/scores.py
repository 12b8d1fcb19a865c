"""Mean and spread over seeds of every row and metric, and why a value is absent."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from diffrep.metrics.catalogue import LEAST_CODE_USE, Number
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study

NO_RESULT = "no result file yet"


@dataclass(frozen=True)
class OverSeeds:
    """The values of one metric in one row, one per seed that has one, and a reason for each seed without.

    remark  what has to be known of the values before they are compared
    apart   why they cannot be compared with those of other rows at all; empty where they can
    """

    values: tuple[float, ...] = ()
    absent: tuple[str, ...] = ()
    remark: str = ""
    apart: str = ""

    @property
    def mean(self) -> float | None:
        """Mean over the seeds that have a value, summed exactly: equal values give that value; None without any."""
        return statistics.mean(self.values) if self.values else None

    @property
    def sd(self) -> float | None:
        """Standard deviation over seeds with n - 1 below the line; None below two values."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class TableRow:
    """One method or anchor of one data set.

    scores   every metric of the data set
    models   how many different pre-trained models its seeds stand on
    warning  why what the oracle read cannot be taken at its word; empty where it can
    """

    name: str
    kind: str
    n_seeds: int
    scores: dict[str, OverSeeds]
    note: str = ""
    models: int = 0
    warning: str = ""

    @property
    def remarks(self) -> str:
        """What has to be known of the row before it is compared: its adapter's note, and that it ignores its code."""
        return "; ".join(filter(None, [self.note, "ignores its code" if self.ignored else ""]))

    @property
    def title(self) -> str:
        """The name as tables show it, remarks in brackets behind it."""
        return titled(self.name, self.remarks)

    @property
    def ignored(self) -> str:
        """How the method shows, in the mean over seeds, that it hardly looks at its code; empty where it does."""
        use, shuffled, own = (self.mean(n) for n in ("code_use", "mse_shuffled_codes", "mse_random_start"))
        found, told = [], f"{100 * LEAST_CODE_USE:g} %"
        if use is not None and use < LEAST_CODE_USE:
            found.append(f"denoising with its own code spares less than {told} of another code's error at high noise")
        if shuffled is not None and own is not None and shuffled < (1 + LEAST_CODE_USE) * own:
            found.append(f"decoding with another image's code raises the error by less than {told}")
        return "; ".join(found)

    def mean(self, metric: str) -> float | None:
        """The mean of a metric over seeds; None where the row has no value of it."""
        return self.scores.get(metric, OverSeeds()).mean


def titled(name: str, remarks: str) -> str:
    """A name with what has to be known of it in brackets behind it."""
    return f"{name} ({remarks})" if remarks else name


def means_of(rows: Sequence[TableRow], metric: str) -> dict[str, float]:
    """{row: mean over seeds} of those that have a value, and one to compare with others."""
    scores = ((row.name, row.scores.get(metric, OverSeeds())) for row in rows)
    return {name: score.mean for name, score in scores if score.mean is not None and not score.apart}


def ranked(means: Mapping[str, float], column: Number) -> list[str]:
    """Names from the best mean to the worst, alike ones as they come."""
    return sorted(means, key=means.__getitem__, reverse=column.better == "up")


def rows_of(frame: pd.DataFrame, dataset: str, study: Study, notes: Mapping[str, str] | None = None) -> list[TableRow]:
    """Rows of the data set's tables: methods in grid order, run or not, then the anchors that have results.

    frame    as `tidy` gives it
    notes    method -> a remark that stands behind its name
    returns  rows that all have the same metrics; a seed without a file counts as absent, an anchor's only where
             another seed has one, since most anchors are defined for some stages only
    """
    here = frame[(frame["dataset"] == dataset) & (frame["view"] == "")]
    metrics = list(dict.fromkeys(here["metric"]))
    rows = [_row(here, "method", method, study, metrics, (notes or {}).get(method, "")) for method in study.methods]
    anchors = [_row(here, "anchor", anchor, study, metrics) for anchor in study.anchors]
    return rows + [row for row in anchors if row.n_seeds]


def notes_of(results: list[ResultFile], dataset: str) -> dict[str, str]:
    """Method -> the remark that its adapter wants behind the row's name, where it has one."""
    trained = [r for r in results if (r.dataset, r.kind, r.stage) == (dataset, "method", "train")]
    return {r.row: str(r.record["note"]) for r in trained if r.record.get("note")}


def on_models(rows: list[TableRow], results: list[ResultFile]) -> list[TableRow]:
    """The rows of a data set with how many pre-trained models each stands on, by the checksums in its results."""
    found: dict[str, set[str]] = {}
    for result in (r for r in results if (r.kind, r.stage) == ("method", "train")):
        found.setdefault(result.row, set()).update(result.notes.get("stands_on", {}).values())
    return [replace(row, models=len(found.get(row.name, ())) if row.kind == "method" else 0) for row in rows]


def remarks_of(rows: list[TableRow]) -> dict[str, str]:
    """Method -> what has to be known of its row."""
    return {row.name: row.remarks for row in rows if row.kind == "method"}


def _row(here: pd.DataFrame, kind: str, name: str, study: Study, metrics: list[str], note: str = "") -> TableRow:
    own = here[(here["kind"] == kind) & (here["row"] == name)]
    found = dict(tuple(own.groupby("metric")))
    missing = {m: NO_RESULT if kind == "method" or m in found else "" for m in metrics}
    scores = {m: over_seeds(found.get(m, own.iloc[:0]), study.seeds, missing[m]) for m in metrics}
    return TableRow(name, kind, int(own["seed"].nunique(dropna=False)), scores, note)


def over_seeds(lines: pd.DataFrame, seeds: Sequence[int], missing: str) -> OverSeeds:
    """The lines of one row and metric, at most one per seed; `missing` is why a seed has none.

    A number that no seed has a part in is the only one of its row.
    """
    seedless = lines["seed"].isna().any()
    table = {seed: (v, r) for seed, v, r in zip(lines["seed"], lines["value"], lines["reason"], strict=True)}
    runs = list(table.values()) if seedless else [table.get(seed, (np.nan, missing)) for seed in seeds]
    values = tuple(float(value) for value, _ in runs if not np.isnan(value))
    return OverSeeds(values, tuple(reason for value, reason in runs if np.isnan(value) and reason))


def metrics_of(rows: list[TableRow]) -> list[str]:
    """The metrics that the rows have, in the order of the result files."""
    return list(rows[0].scores) if rows else []
