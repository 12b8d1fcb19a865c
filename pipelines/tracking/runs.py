"""What each MLflow run should hold, read from the result files of a study."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.paths import Cell, cost_file, curves
from diffrep.pipelines.tracking.store import RunKey
from diffrep.reports.reading.load import ResultFile, read
from diffrep.reports.reading.study import Study

TAGS = {k: k for k in ("device", "preset", "data_sha256", "note")} | {"suite_commit": "commit"}
TRAINING, BASE, PREPARED = "train", "base", "prepare"

CurvePoints = list[tuple[int, float]]
Settings = Callable[[ResultFile], Mapping[str, Any]]  # today's, by dotted key; empty where the file had others


@dataclass(frozen=True)
class RunContent:
    """The results of one row at one seed, in the order of the stages.

    base   the result of the base model that methods stand on, whose settings are shown with theirs
    joint  which factors go together in training images, how strongly, and what is held out, where the data set says so
    root   the top of the repository
    """

    key: RunKey
    results: list[ResultFile]
    base: list[ResultFile]
    joint: Mapping[str, Any]
    root: Path

    @cached_property
    def artifacts(self) -> dict[str, Path]:
        """Name in the run -> file: results/<stage>.json, its cost and curves; pictures/<stage>-<kind>.png."""
        found: dict[str, Path] = {}
        for result in self.results:
            name, folder = f"results/{result.stage}", result.path.parent
            files = {f"{name}.json": result.path, f"{name}-cost.json": cost_file(folder), f"{name}.csv": curves(folder)}
            found |= {name: path for name, path in files.items() if path.exists()}
        return found | {f"pictures/{name}": path for name, path in self.pictures()}

    def pictures(self) -> Iterator[tuple[str, Path]]:
        """(<stage>-<kind>.png, file) of all pictures of a method."""
        if self.key.kind != "method" or self.key.seed is None:
            return
        cell = Cell(self.key.dataset, self.key.row, self.key.seed)
        for result in self.results:
            for path in sorted((self.root / cell.pictures(result.stage)).glob("*.png")):
                yield f"{result.stage}-{path.name}", path

    @property
    def digest(self) -> str:
        """One hash of the contents of all files."""
        hashes = (hashlib.sha256(path.read_bytes()).digest() for path in self.artifacts.values())
        return hashlib.sha256(b"".join(hashes)).hexdigest()

    @property
    def metrics(self) -> dict[str, float]:
        """Final metrics under their names in tables, the training's last, and the cost of all stages; no nan.

        Numbers of samples (n_...) stand in the result files among the artifacts.
        """
        found: dict[str, float] = {}
        for result in sorted(self.results, key=lambda result: result.stage == TRAINING):
            found |= {k: v for k, v in result.metrics.items() if v == v and not k.startswith("n_")}
        peak = max(result.cost.get("peak_memory_mib") or 0 for result in self.results)
        minutes = {f"cost/{name}_minutes": self.seconds(f"{name}_seconds") / 60 for name in ("wall", "cpu", "device")}
        return found | minutes | {"cost/peak_memory_mib": float(peak)}

    def seconds(self, name: str) -> float:
        """What all stages took together, by one of the counts of a cost file."""
        return sum(result.cost.get(name) or 0.0 for result in self.results)

    @cached_property
    def curves(self) -> dict[str, CurvePoints]:
        """train/<column> -> its (step, value) points; a field left empty was not measured."""
        path = self.artifacts.get(f"results/{TRAINING}.csv")
        if path is None:
            return {}
        with path.open(newline="") as file:
            lines = list(csv.DictReader(file))
        names = [name for name in (lines[0] if lines else {}) if name != "step"]
        return {f"train/{n}": [(int(line["step"]), float(line[n])) for line in lines if line[n]] for n in names}

    @property
    def tags(self) -> dict[str, str]:
        """Where the numbers come from, and why some are missing."""
        first = self.results[0]
        record = first.record | first.cost
        tags = {tag: str(record[key]) for key, tag in TAGS.items() if record.get(key) is not None}
        return tags | {"mlflow.source.git.commit": tags.get("commit", ""), "mlflow.note.content": self.note}

    @property
    def note(self) -> str:
        """The run's description: why metrics have no value, and which; a reason once, since MLflow cuts long texts."""
        missing: dict[str, list[str]] = {}
        for result in self.results:
            for name in (name for name, value in result.metrics.items() if value != value):
                missing.setdefault(result.reason(name), []).append(name)
        lines = (f"- {why}: {', '.join(names)}" for why, names in missing.items())
        return "\n".join(lines) or "Every metric has a value."


def run_contents(study: Study, dataset: str, root: Path) -> list[RunContent]:
    """Every row and seed of the data set that has results, anchors after methods, in the order of the tables."""
    found: dict[tuple[str, str, int | None], list[ResultFile]] = {}
    for result in read(root, (folder for folder in study.folders if folder.dataset == dataset)):
        found.setdefault((result.kind, result.row, result.seed), []).append(result)
    seeds = (*study.seeds, None)
    rows = [("method", name) for name in study.methods] + [("anchor", name) for name in study.anchors]
    wanted = [(kind, name, seed) for kind, name in rows for seed in seeds if (kind, name, seed) in found]
    base, data = (found.get(("shared", stage, None), []) for stage in (BASE, PREPARED))
    joint: Mapping[str, Any] = next((result.notes["joint"] for result in data if "joint" in result.notes), {})
    return [RunContent(run_key(found[run]), found[run], base, joint, root) for run in wanted]


def run_key(results: list[ResultFile]) -> RunKey:
    """What a run is found by: the hash of the settings that its weights were made with, or of an anchor's stage."""
    first = results[0]
    made_with = first.record.get("settings_hash") or first.record.get("params_hash")
    return RunKey(first.dataset, first.row, first.seed, str(made_with), first.kind)


def parameters(content: RunContent, settings: Settings) -> dict[str, str]:
    """The run's parameters by dotted name, of every stage whose settings are still those of params.yaml.

    A method's own section stands under "method", so that methods share their columns.
    """
    key = content.key
    seed = {} if key.seed is None else {"seed": str(key.seed)}
    known: dict[str, Any] = {}
    for result in [*(content.base if key.kind == "method" else []), *content.results]:
        known |= settings(result)
    joint = {"data.joint": content.joint} if content.joint else {}
    return {"dataset": key.dataset, "method": key.row, **seed, **dict(flat(named(known, key) | joint))}


def named(settings: Mapping[str, Any], key: RunKey) -> dict[str, Any]:
    """The settings of one row under names that all rows of all data sets share."""
    short = {f"methods.{key.row}": "method", f"budgets.{key.dataset}": "budget", f"datasets.{key.dataset}": "data"}

    def name(path: str) -> str:
        return next((path.replace(long, to, 1) for long, to in short.items() if path.startswith(long)), path)

    return {name(path): value for path, value in settings.items()}


def flat(sections: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """("train.batch_size", "32"), … of nested sections."""
    for key, value in sections.items():
        if isinstance(value, Mapping):
            yield from flat({f"{key}.{inner}": below for inner, below in value.items()})
        else:
            yield key, value if isinstance(value, str) else json.dumps(value)
