"""Numbers and settings of a row under the names that MLflow shows.

The few of the first table keep their names and come first; all others stand in a folder by the stage that measured
them, which MLflow folds. What describes a run and measures nothing is a parameter.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.tracking.content import CurvePoints
from diffrep.pipelines.tracking.store import RunKey
from diffrep.reports.reading.load import ResultFile

TRAINING, BASE, PREPARED = "train", "base", "prepare"
FOLDERS = {
    "encode": "codes",
    "disentangle": "disentanglement",
    "own_metrics": "own",
    "reconstruct": "reconstruction",
    "counterfactual": "edits",
}
ENDS = {"train_loss": "loss", "valid_loss": "valid_loss"}  # of a training; where there is a curve, its end
DESCRIBING = ("code_dim", "total_dims", "steps", "images_seen", "parameters", "parameters_trained")
HEADLINE = tuple(row.name for row in CATALOGUE.values() if row.summary)

Settings = Callable[[ResultFile], Mapping[str, Any]]  # today's, by dotted key; empty where the file had others


def headline_numbers(results: list[ResultFile]) -> dict[str, float]:
    """The numbers of the first table that are there, in its order."""
    known = {name: value for result in results for name, value in result.metrics.items() if value == value}
    return {name: known[name] for name in HEADLINE if name in known}


def metrics(results: list[ResultFile], curves: Mapping[str, CurvePoints]) -> dict[str, float]:
    """The headline, then all other final numbers in their folders, and the cost of all stages; no nan.

    Numbers of samples (n_...) stand in the result files among the artifacts.
    """
    found = headline_numbers(results)
    for result in results:
        numbers = {name: value for name, value in result.metrics.items() if value == value and name not in found}
        found |= {folded(result.stage, name): value for name, value in numbers.items() if is_measured(name)}
    return {name: value for name, value in (found | cost(results)).items() if name not in curves}


def is_measured(name: str) -> bool:
    """Whether a number is neither a parameter nor a number of samples."""
    return name not in DESCRIBING and not name.startswith("n_")


def folded(stage: str, name: str) -> str:
    """A number's name with its folder: probe/auroc, edits/preservation."""
    return f"{FOLDERS.get(stage, stage)}/{ENDS.get(name, name) if stage == TRAINING else name}"


def cost(results: list[ResultFile]) -> dict[str, float]:
    """What all stages took together."""
    peak = max(result.cost.get("peak_memory_mib") or 0 for result in results)
    minutes = {f"cost/{name}_minutes": seconds(results, f"{name}_seconds") / 60 for name in ("wall", "cpu", "device")}
    return minutes | {"cost/peak_memory_mib": float(peak)}


def seconds(results: list[ResultFile], name: str = "wall_seconds") -> float:
    """What all stages took together, by one of the counts of a cost file."""
    return sum(result.cost.get(name) or 0.0 for result in results)


def curves_of(path: Path) -> dict[str, CurvePoints]:
    """train/<column> -> its (step, value) points, alike for all methods; a field left empty was not measured."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    names = [name for name in (lines[0] if lines else {}) if name != "step"]
    found = {n: [(int(line["step"]), float(line[n])) for line in lines if line[n]] for n in names}
    return {f"{TRAINING}/{name}": points for name, points in found.items() if points}


def parameters(
    key: RunKey, results: list[ResultFile], shared: Mapping[str, ResultFile], settings: Settings
) -> dict[str, str]:
    """The run's parameters by dotted name: of every stage whose settings are still those of params.yaml, and sizes.

    shared  results of the data set by stage: the base model's settings are shown with those of methods; and which
            factors go together in training images, how strongly, and what is held out, where the data set says so

    A method's own section stands under "method", so that methods share their columns.
    """
    seed = {} if key.seed is None else {"seed": str(key.seed)}
    base = [shared[BASE]] if key.kind == "method" and BASE in shared else []
    known: dict[str, Any] = {}
    for result in [*base, *results]:
        known |= settings(result)
    if PREPARED in shared and "joint" in shared[PREPARED].notes:
        known["data.joint"] = shared[PREPARED].notes["joint"]
    return {"dataset": key.dataset, "method": key.row, **seed, **sizes(results), **dict(flat(named(known, key)))}


def sizes(results: list[ResultFile]) -> dict[str, str]:
    """The numbers that describe a run."""
    known = {n: v for result in results for n, v in result.metrics.items() if n in DESCRIBING and v == v}
    return {name: f"{value:.0f}" for name, value in known.items()}


def named(settings: Mapping[str, Any], key: RunKey) -> dict[str, Any]:
    """The settings of one row under names that all rows of all data sets share."""
    short = {f"methods.{key.row}": "method", f"budgets.{key.dataset}": "budget", f"datasets.{key.dataset}": "data"}

    def name(path: str) -> str:
        return next(
            (to + path.removeprefix(long) for long, to in short.items() if f"{path}.".startswith(f"{long}.")), path
        )

    return {name(path): value for path, value in settings.items()}


def flat(sections: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """("train.batch_size", "32"), … of nested sections."""
    for key, value in sections.items():
        if isinstance(value, Mapping):
            yield from flat({f"{key}.{inner}": below for inner, below in value.items()})
        else:
            yield key, value if isinstance(value, str) else json.dumps(value)
