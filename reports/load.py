"""The grid's result files: read, checked, and laid out as one tidy frame.

Only files that the grid names are opened, so results of a method that left the grid stay out of every table.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

STAGES = ("train", "encode", "probe", "disentangle", "reconstruct", "counterfactual")
EVALUATED = ("encode", "probe", "disentangle", "reconstruct", "counterfactual")  # with the same settings for every row
ANCHORS = ("factors", "rotation", "noise", "pca20", "mean_image", "real", "unedited")
SHARED = {  # what belongs to a data set as a whole, and its file
    "base": "base.json",
    "autoencoder": "autoencoder.json",
    "oracle": "oracle.json",
    "attribute_loss": "anchors/attribute_loss.json",
}
VIEWED = ("probe", "disentangle")  # stages that score every view of a code
PROVENANCE = {
    *("dataset", "method", "seed", "stage", "preset", "data_sha256", "params_hash", "suite_commit", "python", "torch"),
    *("numpy", "sklearn", "diffusers", "platform", "device", "threads", "wall_seconds", "peak_memory_mib"),
    *("reasons", "notes"),
}


@dataclass(frozen=True)
class Grid:
    """What the experiment runs: every combination of these three lists is one cell."""

    datasets: tuple[str, ...]
    methods: tuple[str, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """One result file. `kind` is method, anchor or shared; `view` is empty where it speaks of the default codes."""

    kind: str
    dataset: str
    method: str
    seed: int | None
    stage: str
    path: Path
    record: dict[str, Any]
    view: str = ""

    @property
    def metrics(self) -> dict[str, float]:
        """Every number of the file that is no provenance; null and NaN are NaN."""
        numbers = {k: v for k, v in self.record.items() if k not in PROVENANCE and _is_number(v)}
        return {k: math.nan if v is None else float(v) for k, v in numbers.items()}

    def reason(self, metric: str) -> str:
        """Why `metric` has no value, in the file's own words."""
        return str((self.record.get("reasons") or {}).get(metric, "no reason given"))

    @property
    def notes(self) -> dict[str, Any]:
        """What the stage had to say besides numbers."""
        return dict(self.record.get("notes") or {})


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def grid_of(params: dict[str, Any]) -> Grid:
    """The grid of a parsed params.yaml. ValueError names the list that is missing or empty."""
    grid = params.get("grid") or {}
    for key in ("dataset", "method", "seed"):
        if not isinstance(grid.get(key), list) or not grid[key]:
            raise ValueError(f"params: grid.{key} is {grid.get(key)!r}; give a list with at least one entry")
    return Grid(tuple(grid["dataset"]), tuple(grid["method"]), tuple(grid["seed"]))


def load(root: Path, params: dict[str, Any]) -> list[Result]:
    """Every result file of the grid that exists below `root`/results, anchors and shared stages included.

    A file that is not there is a cell not run yet and is left out. ValueError, one line: a file that is not a JSON
    object, or results of two presets (within a stage) or of two versions of the data (within a data set).
    """
    results = [Result(*cell, read_json(cell[-1])) for cell in _cells(root, grid_of(params)) if cell[-1].exists()]
    results += [view for result in results if result.stage == "encode" for view in _views(result)]
    _refuse_mixed(results, "preset", by_stage=True)
    _refuse_mixed([r for r in results if r.stage in EVALUATED], "params_hash", by_stage=True)
    _refuse_mixed(results, "data_sha256", by_stage=False)
    return results


def _cells(root: Path, grid: Grid) -> Iterator[tuple[str, str, str, int | None, str, Path]]:
    for dataset in grid.datasets:
        folder = root / "results" / dataset
        for stage, name in SHARED.items():
            yield "shared", dataset, stage, None, stage, folder / name
        rows = [("method", m, folder / m) for m in grid.methods]
        rows += [("anchor", a, folder / "anchors" / a) for a in ANCHORS]
        for kind, row, place in rows:
            for stage in STAGES:
                for seed in grid.seeds:
                    yield kind, dataset, row, seed, stage, place / stage / f"{seed}.json"


def _views(encoded: Result) -> Iterator[Result]:
    """The results on the further views that an encoded cell names."""
    folder = encoded.path.parents[1]
    for view in encoded.notes.get("views") or []:
        for stage in VIEWED:
            path = folder / stage / view / encoded.path.name
            if path.exists():
                yield replace(encoded, stage=stage, path=path, record=read_json(path), view=view)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`. ValueError, one line, when it holds anything else or is cut short."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not readable JSON ({error}): delete it and run its stage again") from None
    if not isinstance(record, dict):
        raise ValueError(f"{path} holds a JSON {type(record).__name__}, not an object: run its stage again")
    return record


def notes_of(results: list[Result], dataset: str) -> dict[str, str]:
    """Method -> the remark that its adapter wants behind the row's name, where it has one."""
    trained = [r for r in results if r.dataset == dataset and r.kind == "method" and r.stage == "train"]
    return {r.method: str(r.record["note"]) for r in trained if r.record.get("note")}


def _refuse_mixed(results: list[Result], key: str, *, by_stage: bool) -> None:
    first: dict[tuple[str, str], Result] = {}
    for result in results:
        seen = first.setdefault((result.dataset, result.stage if by_stage else ""), result)
        if seen.record.get(key) != result.record.get(key):
            raise ValueError(
                f"{result.path} has {key} {result.record.get(key)!r} but {seen.path} has {seen.record.get(key)!r}: "
                "they cannot share a column; run the older of the two again"
            )


def tidy(results: list[Result]) -> pd.DataFrame:
    """One line per measured number: dataset, kind, method, view, seed, stage, metric, value (NaN: none), reason.

    Numbers of samples (names that begin with n_) describe a stage and are no metrics: they are left out, and so are
    the shared stages. ValueError when two stages of a cell give one metric two values.
    """
    columns = ["dataset", "kind", "method", "view", "seed", "stage", "metric", "value", "reason"]
    lines = [
        (r.dataset, r.kind, r.method, r.view, r.seed, r.stage, m, v, r.reason(m) if math.isnan(v) else "")
        for r in results
        if r.kind != "shared"
        for m, v in r.metrics.items()
        if not m.startswith("n_")
    ]
    frame = pd.DataFrame(lines, columns=columns)
    cell = ["dataset", "kind", "method", "view", "seed", "metric"]
    frame = frame.drop_duplicates([*cell, "value"])
    twice = frame[frame.duplicated(cell)]
    if len(twice):
        line = twice.iloc[0]
        raise ValueError(
            f"{line['dataset']}/{line['method']}/{line['seed']}: {line['metric']!r} has two values, the second from "
            f"stage {line['stage']!r}; a metric belongs to one stage, so rename one"
        )
    return frame.reset_index(drop=True)
