"""What a result file must be: of the place where it lies, and numbers for numbers.

A number that is told as a text would drop out of a mean in silence. A name that no catalogue has is a number of a stage
of one's own: it stands in the tables' CSV.
"""

import sys
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.provenance import MADE_BY
from diffrep.reports.reading.study import ResultFolder

PROVENANCE = {  # what a result file holds besides metrics
    *("dataset", "method", "seed", "stage", "view", "preset", "data_sha256", "params_hash", "settings_hash", "note"),
    *(*MADE_BY, "weights_sha256"),
    *("reasons", "notes", "intervals", "noise"),
}
SECTIONS = ("reasons", "notes", "intervals", "noise")
AGAIN = "run its stage again"


def expect_result(path: Path, record: dict[str, Any], place: ResultFolder) -> None:
    """Raise ValueError, one line with file and key, where the content of a result file is not what stages write."""
    expect_place(path, record, place)
    for key in SECTIONS:
        if not isinstance(record.get(key) or {}, dict):
            raise ValueError(f"{path}: {key} is {record[key]!r}, which is no mapping: {AGAIN}")
    for name, ends in (record.get("intervals") or {}).items():
        if not (isinstance(ends, list) and len(ends) == 2 and all(map(is_number, ends))):
            raise ValueError(f"{path}: intervals.{name} is {ends!r}, which is no two numbers: {AGAIN}")
    for name, spreads in (record.get("noise") or {}).items():
        if not (isinstance(spreads, dict) and all(sd is not None and is_number(sd) for sd in spreads.values())):
            raise ValueError(f"{path}: noise.{name} is {spreads!r}, which is no mapping to numbers: {AGAIN}")
    for key, value in record.items():
        if key not in PROVENANCE:
            expect_number(path, key, value)


def expect_place(path: Path, record: dict[str, Any], place: ResultFolder) -> None:
    """Raise ValueError where the file is the result of another place than its folder is, or does not say of which."""
    own: dict[str, Any] = {"dataset": place.dataset, "stage": place.stage}
    if place.kind != "shared":  # a shared stage has no method, and draws by a seed of its own
        own |= {"method": place.row} | ({} if place.seed is None else {"seed": place.seed})
    for key in (*own, "params_hash"):
        if record.get(key) is None:
            raise ValueError(f"{path} has no {key}: {AGAIN}")
    for key, value in own.items():
        if record[key] != value:
            raise ValueError(f"{path} is a result of {key} {record[key]!r}, not of {value!r}: {AGAIN}")


def expect_number(path: Path, key: str, value: Any) -> None:
    """Raise ValueError where a value is neither a finite number nor null."""
    if not is_number(value):
        raise ValueError(f"{path}: {key} is {value!r}, which is no finite number: {AGAIN}")


def is_number(value: Any) -> bool:
    """Whether a value of a result file is a finite number that a float can hold, or null."""
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
