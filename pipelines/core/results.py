"""Result files: one flat JSON per stage and place, with all that is needed to trust or refuse it, and its cost."""

import dataclasses
import functools
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.cards import read_card, write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import replacing_folder, write_json
from diffrep.pipelines.core.params import Params, params_hash
from diffrep.pipelines.core.paths import Place, cost_file, result_file, view_file
from diffrep.pipelines.core.provenance import provenance
from diffrep.pipelines.core.sections import Machine
from diffrep.pipelines.core.spent import Spent, so_far
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage
from diffrep.pipelines.core.trainings import training_at

PRESET = "evaluate.preset"


class Numbers(Protocol):
    """What every metric returns (metrics/measured.py): values by name, reasons of missing ones, intervals, noise."""

    reasons: dict[str, str]
    intervals: dict[str, tuple[float, float]]
    noise: dict[str, dict[str, float]]

    def items(self) -> Any:
        """(name, value) of all."""


class Result(dict[str, Any]):
    """The content of one result file while it is made: numbers, reasons of the missing ones, doubts, notes.

    folder           where what belongs beside it is put: it takes its place together with the result
    intervals, noise  how sure the numbers are, where it was looked at
    views            the results of other views of the codes than the default, by name
    notes            what there is to say beside numbers, structured
    earlier          what a training took before it was resumed
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.reasons: dict[str, str] = {}
        self.intervals: dict[str, list[float]] = {}
        self.noise: dict[str, dict[str, float]] = {}
        self.notes: dict[str, Any] = {}
        self.views: dict[str, Result] = {}
        self.earlier = Spent()

    def add(self, measured: Numbers) -> None:
        """Take over values, the reasons of the missing ones, intervals and noise."""
        self.update(dict(measured.items()))
        self.reasons |= measured.reasons
        self.intervals |= {name: list(ends) for name, ends in measured.intervals.items()}
        self.noise |= measured.noise

    def view(self, name: str) -> "Result":
        """The result of another view of the codes, to fill."""
        return self.views.setdefault(name, Result(self.folder))

    def content(self) -> dict[str, Any]:
        """As the file holds it."""
        doubts = {key: known for key in ("intervals", "noise") if (known := getattr(self, key))}
        return {**self, "reasons": self.reasons, "notes": self.notes, **doubts}


@contextmanager
def written(
    stage: Stage, place: Place, params: Params, /, *, folder: Path | None = None, **identity: Any
) -> Iterator[Result]:
    """A result to fill; when the block ends well, its folder takes the place of the old one, all at once.

    folder    of the results; without it the first that the stage declares
    identity  whose numbers they are, beside the place's own axes

    A failing block leaves the old folder as it was. The cost on record is that of the run which first came to these
    numbers: one that repeats the result file to the byte, on the same versions and kind of machine, keeps it.
    """
    target = folder or stage.results(place)[0]
    start = so_far()
    with replacing_folder(target) as temporary:
        filled = Result(temporary)
        yield filled
        whole = {"stage": stage.name, **dataclasses.asdict(place), **identity, **settings_of(stage, place, params)}
        write_json(result_file(temporary), {**whole, **weights_of(stage, place), **filled.content()})
        for view, result in filled.views.items():
            write_json(view_file(temporary, view), {**whole, "view": view, **result.content()})
        spent = so_far() - start + filled.earlier
        cost = cost_on_record(target, temporary) or cost_of(spent, stage, params.machine)
        write_card(cost_file(temporary), cost, of=temporary)


def settings_of(stage: Stage, place: Place, params: Params) -> dict[str, Any]:
    """The hash of the params that the numbers depend on, the preset where it is one of them, machine and versions."""
    keys = stage.keys(place)
    preset = {"preset": params.evaluate.preset} if PRESET in keys else {}
    training = training_at(params, stage.name, place)
    known = (training.settings.precision_on(params.machine),) if training else ()
    return {**preset, "params_hash": params_hash(stage, place, params), **provenance(stage, params.machine, *known)}


def weights_of(stage: Stage, place: Place) -> dict[str, dict[str, str]]:
    """{"weights_sha256": {file: its sum}} of what a training has written: a rerun that is faithful repeats them."""
    if not set(TRAINING_MACHINE) <= set(stage.params):
        return {}
    sums = {
        file.relative_to(folder).as_posix(): sha256_of(file)
        for folder in stage.writes(place)
        for file in sorted(folder.rglob("*.safetensors"))
    }
    return {"weights_sha256": sums}


def cost_of(spent: Spent, stage: Stage, machine: Machine) -> dict[str, Any]:
    """What stands in the cost file: seconds on the clock, of processors, of the devices held; memory and commit."""
    held = machine.devices * machine.nodes if stage.on_device and machine.device != "cpu" else 0
    return {
        "wall_seconds": round(spent.wall, 3),
        "cpu_seconds": round(spent.cpu, 3),
        "device_seconds": round(spent.wall * held, 3),
        "peak_memory_mib": peak_memory_mib(),
        "suite_commit": suite_commit(),
    }


def cost_on_record(old: Path, new: Path) -> dict[str, Any] | None:
    """The cost of the numbers in `old` where those in `new` are the same to the byte; None for others."""
    if not result_file(old).is_file() or result_file(old).read_bytes() != result_file(new).read_bytes():
        return None
    try:
        return read_card(cost_file(old), "run its stage again")
    except UserError:
        return None


@functools.cache
def suite_commit() -> str:
    """The commit of the code that runs, with "-dirty" where files of it are changed or new; "unknown" outside git."""
    here = Path(__file__).parent
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=here, capture_output=True, text=True, check=True
        )
        folders = ["methods", "datasets", "metrics", "pipelines"]
        changes = ["git", "status", "--porcelain", "--", *folders]  # untracked files too: they may be imported
        dirty = subprocess.run(changes, cwd=here.parents[1], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit.stdout.strip() + ("-dirty" if dirty else "")


def peak_memory_mib() -> int:
    """The largest resident size of this process so far, MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 if sys.platform != "darwin" else 1024**2)
