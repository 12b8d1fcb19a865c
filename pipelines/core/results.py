"""Result files: one flat JSON per stage and cell, with all that is needed to trust or refuse it."""

import functools
import math
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from typing import Any

from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import digest

READS = {  # params that the numbers of a stage depend on; a cell's training has a hash of its own (cells.params_hash)
    "base": ("base", "budgets.{dataset}.base"),
    "autoencoder": ("autoencoder", "budgets.{dataset}.autoencoder"),
    "oracle": ("oracle", "budgets.{dataset}.oracle", "evaluate.seed", "evaluate.counterfactual.images"),
    "encode": ("evaluate.preset", "evaluate.seed", "evaluate.diagnose"),
    "attribute_loss": ("base", "budgets.{dataset}.base", "evaluate.preset", "evaluate.seed", "evaluate.diagnose"),
    "probe": ("evaluate.preset", "evaluate.seed", "evaluate.probe"),
    "disentangle": ("evaluate.preset", "evaluate.seed", "evaluate.disentangle"),
    "reconstruct": ("evaluate.preset", "evaluate.seed", "evaluate.reconstruct"),
    "counterfactual": ("evaluate.preset", "evaluate.seed", "evaluate.counterfactual", "oracle.accuracy"),
}
LIBRARIES = {"torch": "torch", "numpy": "numpy", "sklearn": "scikit-learn", "diffusers": "diffusers"}


@functools.cache
def suite_commit() -> str:
    """The commit of the code that runs, with "-dirty" where files of it are changed; "unknown" outside git."""
    here = Path(__file__).parent
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=here, capture_output=True, text=True, check=True
        )
        folders = ["methods", "datasets", "metrics", "pipelines"]
        dirty = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", *folders], cwd=here.parent, check=False)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit.stdout.strip() + ("-dirty" if dirty.returncode else "")


def provenance(params: dict[str, Any]) -> dict[str, Any]:
    """What made a number: commit, versions, machine and threads."""
    machine = params["machine"]
    return {
        "suite_commit": suite_commit(),
        "python": platform.python_version(),
        **{name: version(package) for name, package in LIBRARIES.items()},
        "platform": f"{sys.platform}-{platform.machine()}",
        "device": machine["device"],
        "threads": machine["threads"],
    }


class Result(dict):
    """The content of one result file while it is made: metrics, `reasons` for the missing ones, `notes`."""

    def __init__(self) -> None:
        super().__init__(reasons={}, notes={})

    def add(self, measured: Measured) -> None:
        """Take over a metric's values and the reasons of those it could not compute."""
        self.update(measured)
        self["reasons"].update(measured.reasons)

    def add_intervals(self, intervals: Mapping[str, tuple[float, float]], suffix: str = "") -> None:
        """Keep 95 % intervals over pairs or blocks of images apart from the values; undefined ones are left out."""
        known = {f"{name}{suffix}": list(ends) for name, ends in intervals.items() if not math.isnan(ends[0])}
        self.setdefault("intervals", {}).update(known)

    def not_applicable(self, names: Iterable[str], reason: str) -> None:
        """Write each metric of `names` as null for `reason`."""
        for name in names:
            self[name] = None
            self["reasons"][name] = f"not applicable: {reason}"


def read_by(params: dict[str, Any], stage: str, dataset: str) -> dict[str, Any]:
    """The hash of the params that the numbers of a stage depend on, and the preset where it is one of them."""
    values = {}
    for path in (path.format(dataset=dataset) for path in READS[stage]):
        values[path] = reduce(lambda section, key: section[key], path.split("."), params)
    preset = {"preset": values["evaluate.preset"]} if "evaluate.preset" in values else {}
    return {**preset, "params_hash": digest(values)}


@contextmanager
def result(path: Path, params: dict[str, Any], **identity: Any) -> Iterator[Result]:
    """A result to fill; when the block ends well, it is written to `path` with provenance and cost.

    wall_seconds is the time inside the block, with that of a resumed training before it; peak_memory_mib the highest
    of the whole process so far.
    """
    if "params_hash" not in identity:
        identity |= read_by(params, identity["stage"], identity["dataset"])
    filled = Result()
    start = time.perf_counter()
    yield filled
    seconds = time.perf_counter() - start + filled.pop("earlier_seconds", 0.0)
    cost = {"wall_seconds": round(seconds, 3), "peak_memory_mib": peak_memory_mib()}
    write_json(path, {**identity, **provenance(params), **filled, **cost})


def peak_memory_mib() -> int:
    """The largest resident size of this process so far, MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 if sys.platform != "darwin" else 1024**2)
