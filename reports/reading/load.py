"""The result files of a study, read and checked.

Only files that the study names are opened, so results of a method that left the grid stay out of every table.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import cost_file, result_file, view_file
from diffrep.reports.reading.expected import AGAIN, PROVENANCE, expect_result
from diffrep.reports.reading.study import ResultFolder


@dataclass(frozen=True)
class ResultFile(ResultFolder):
    """One result file and what stands in it.

    path    where it was found
    record  its content
    cost    what it took, as the file beside it tells: wall_seconds, peak_memory_mib, suite_commit
    view    of the codes; empty for the default, whose cost is that of all views
    """

    path: Path = Path()
    record: dict[str, Any] = field(default_factory=dict)
    cost: dict[str, Any] = field(default_factory=dict)
    view: str = ""

    @property
    def address(self) -> str:
        """The file from the top of the repository."""
        return (self.folder / self.path.name).as_posix()

    @property
    def metrics(self) -> dict[str, float]:
        """Every number of the file that is no provenance; null and NaN are NaN."""
        numbers = {k: v for k, v in self.record.items() if k not in PROVENANCE}
        return {k: math.nan if v is None else float(v) for k, v in numbers.items()}

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """Metric -> the ends of its 95 % interval, where the stage could tell."""
        found = self.record.get("intervals") or {}
        return {name: (low, high) for name, (low, high) in found.items() if None not in (low, high)}

    @property
    def noise(self) -> dict[str, dict[str, float]]:
        """Metric -> source (estimator or rows) -> the standard deviation that this alone makes, if measured."""
        return dict(self.record.get("noise") or {})

    def reason(self, metric: str) -> str:
        """Why `metric` has no value, in the file's own words."""
        return str((self.record.get("reasons") or {}).get(metric, "no reason given"))

    @property
    def notes(self) -> dict[str, Any]:
        """What the stage had to say besides numbers."""
        return dict(self.record.get("notes") or {})


def load(root: Path, folders: Iterable[ResultFolder]) -> list[ResultFile]:
    """Every result file that is there, further views of the codes after all others.

    root     what the folders are relative to
    folders  where results are expected; one that holds none is a stage not run yet and is left out

    UserError, one line: a file that is not a JSON object, or that no cost.json beside it vouches for. ValueError, one
    line: results of another place or without their identity, of two presets (within a stage), of two settings where
    they must be alike, or of two versions of the data (within a data set); seeds whose numbers have other names.
    """
    found = read(root, folders)
    found += list(_views(found))
    _refuse_other_names(found)
    _refuse_mixed(found, "preset", lambda result: (result.stage,))
    _refuse_mixed(found, "params_hash", lambda result: (result.stage, result.settings))
    _refuse_mixed(found, "data_sha256", lambda result: ())
    return found


def read(root: Path, folders: Iterable[ResultFolder]) -> list[ResultFile]:
    """The result files of the default codes, each with its cost; UserError or ValueError for one not as written."""
    there = [(place, result_file(root / place.folder)) for place in folders]
    return [
        ResultFile(**vars(place), path=path, record=_record(path, place), cost=_cost(path.parent))
        for place, path in there
        if path.exists()
    ]


def _record(path: Path, place: ResultFolder) -> dict[str, Any]:
    record = read_json(path)
    expect_result(path, record, place)
    return record


def _cost(folder: Path) -> dict[str, Any]:
    """What the results in `folder` cost; UserError where they, or what lies beside them, are not what was written."""
    return read_card(cost_file(folder), AGAIN)


def _views(found: list[ResultFile]) -> Iterator[ResultFile]:
    """The results on the further views that each encoded cell names, by cell and view."""
    for encoded in found:
        for view in encoded.notes.get("views") or []:
            for result in found:
                path = view_file(result.path.parent, view)
                if _cell(result) == _cell(encoded) and path.exists():
                    yield replace(result, path=path, record=_record(path, result), cost={}, view=view)


def _cell(result: ResultFile) -> tuple[str, str, str, int | None]:
    return result.kind, result.dataset, result.row, result.seed


def read_csv(path: Path, columns: Set[str]) -> pd.DataFrame:
    """The table in `path`. ValueError, one line, when it is no CSV or lacks one of the columns."""
    try:
        table = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no readable CSV ({error}): run its stage again") from None
    lacking = columns - set(table.columns)
    if lacking:
        raise ValueError(f"{path} has no column {sorted(lacking)[0]!r}: run its stage again")
    return table


def _refuse_other_names(results: list[ResultFile]) -> None:
    """ValueError where a seed's file lacks a number that another of the same settings has, and would drop out of it."""
    first: dict[tuple[str, ...], ResultFile] = {}
    for result in (result for result in results if result.record.get("params_hash") is not None):
        seen = first.setdefault(
            (result.kind, result.dataset, result.row, result.stage, result.view, result.record["params_hash"]), result
        )
        for one, other in ((result, seen), (seen, result)):
            for name in sorted(one.metrics.keys() - other.metrics.keys()):
                raise ValueError(f"{other.path} has no {name!r}, which {one.path} has: run its stage again")


def _refuse_mixed(results: list[ResultFile], key: str, alike: Callable[[ResultFile], tuple[str, ...]]) -> None:
    """ValueError where two results of a data set that are `alike` hold two values under `key`."""
    first: dict[tuple[str, ...], ResultFile] = {}
    for result in (result for result in results if result.record.get(key) is not None):
        seen = first.setdefault((result.dataset, *alike(result)), result)
        if seen.record[key] != result.record[key]:
            raise ValueError(
                f"{result.path} has {key} {result.record[key]!r} but {seen.path} has {seen.record[key]!r}: "
                "they cannot share a column; run the older of the two again"
            )
