"""What each MLflow run should hold, read from the result files of the grid."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffrep.pipelines.core import paths
from diffrep.pipelines.tracking.store import Row
from diffrep.reports.load import ANCHORS, STAGES, Result, grid_of, read_json

SECTIONS = ("train", "base", "evaluate")  # shared by all methods; a method's own is shown as method.<key>
PICTURED = ("reconstruct", "counterfactual")
TAGS = {k: k for k in ("device", "preset", "data_sha256", "note")} | {"suite_commit": "commit"}

Points = list[tuple[int, float]]


@dataclass(frozen=True)
class Entry:
    """The results of one row at one seed, in the order of the stages."""

    row: Row
    results: list[Result]
    curves_file: Path
    pictures: list[Path]

    @property
    def files(self) -> list[Path]:
        """Everything that the run is made from."""
        return [result.path for result in self.results] + [p for p in (self.curves_file, *self.pictures) if p.exists()]

    @property
    def digest(self) -> str:
        """One hash of the contents of `files`."""
        return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in self.files)).hexdigest()

    @property
    def metrics(self) -> dict[str, float]:
        """Final metrics under their names in tables, the training's last, and the cost of all stages; no nan.

        Numbers of samples (n_...) stand in the result files among the artifacts.
        """
        found: dict[str, float] = {}
        for result in sorted(self.results, key=lambda result: result.stage == "train"):
            found |= {k: v for k, v in result.metrics.items() if v == v and not k.startswith("n_")}
        peak = max(result.record.get("peak_memory_mib") or 0 for result in self.results)
        return found | {"cost/minutes": self.seconds / 60, "cost/peak_memory_mib": float(peak)}

    @property
    def seconds(self) -> float:
        """What all stages took together."""
        return sum(result.record.get("wall_seconds") or 0.0 for result in self.results)

    @property
    def curves(self) -> dict[str, Points]:
        """train/<column> -> its (step, value) points; a field left empty was not measured."""
        if not self.curves_file.exists():
            return {}
        with self.curves_file.open(newline="") as file:
            lines = list(csv.DictReader(file))
        names = [name for name in (lines[0] if lines else {}) if name != "step"]
        return {f"train/{n}": [(int(line["step"]), float(line[n])) for line in lines if line[n]] for n in names}

    @property
    def tags(self) -> dict[str, str]:
        """Where the numbers come from, and why some are missing."""
        record = self.results[0].record
        tags = {tag: str(record[key]) for key, tag in TAGS.items() if record.get(key) is not None}
        return tags | {"mlflow.source.git.commit": tags.get("commit", ""), "mlflow.note.content": self.note}

    @property
    def note(self) -> str:
        """The run's description: each metric without a value, and why."""
        missing = [(name, r.reason(name)) for r in self.results for name, v in r.metrics.items() if v != v]
        return "\n".join(f"- {name}: {why}" for name, why in missing) or "Every metric has a value."


def entries(params: dict[str, Any], dataset: str, root: Path) -> Iterator[Entry]:
    """Every row and seed of the grid that has results, anchors after methods."""
    grid = grid_of(params)
    rows = [("method", name) for name in grid.methods] + [("anchor", name) for name in ANCHORS]
    for kind, name in rows:
        for seed in grid.seeds:
            results = _results(kind, dataset, name, seed, root)
            if results:
                row = Row(dataset, name, seed, str(results[0].record.get("params_hash")), kind)
                firsts = [root / paths.picture(dataset, name, stage, seed) for stage in PICTURED]
                pictures = [path for first in firsts for path in [first, *sorted(first.parent.glob(f"{seed}-*.png"))]]
                yield Entry(row, results, root / paths.curves(dataset, name, seed), pictures)


def _results(kind: str, dataset: str, name: str, seed: int, root: Path) -> list[Result]:
    place = paths.anchor if kind == "anchor" else paths.result
    files = {stage: root / place(dataset, name, stage, seed) for stage in STAGES}
    there = {stage: path for stage, path in files.items() if path.exists()}
    return [Result(kind, dataset, name, seed, stage, path, read_json(path)) for stage, path in there.items()]


def settings(params: dict[str, Any], row: Row) -> dict[str, str]:
    """The run's parameters by dotted name; no more than the row's own name where params.yaml has moved on since."""
    from diffrep.pipelines.trained.cells import params_hash

    named = {"dataset": row.dataset, "method": row.method, "seed": str(row.seed)}
    if row.kind == "anchor" or params_hash(params, row.dataset, row.method) != row.params_hash:
        return named
    own = {"method": params["methods"][row.method], "budget": params["budgets"][row.dataset]}
    sections = own | {name: params[name] for name in SECTIONS} | {"data": params["datasets"][row.dataset]}
    return named | dict(_flat("", sections))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    """("train.batch_size", "32"), … of nested sections."""
    if not isinstance(value, dict):
        yield prefix, value if isinstance(value, str) else json.dumps(value)
        return
    for key, inner in value.items():
        yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
