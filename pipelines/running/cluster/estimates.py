"""What tasks ask for where nobody has said it: by what their stage cost before, by the dry run, or a plain guess."""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import Place
from diffrep.pipelines.core.sections import Machine
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.cluster.needs import FILE, Cluster, Need
from diffrep.pipelines.running.costs import Cost, cost_of
from diffrep.pipelines.running.plan import Plan

SPARE = 3.0  # times the seconds of before: nodes differ
SHORTEST, UNKNOWN_MINUTES, UNKNOWN_GIB = 10, 240, 8
LOST_MINUTES = 3  # of those of a task: it starts, and SLURM tells it up to 150 s before their end
DAY = 24 * 60  # minutes up to which they are doubled
LIBRARIES_GIB = 1.5  # torch and what is imported with it
RESUMING = frozenset({"train", "base", "autoencoder", "oracle"})  # stages that go on from a checkpoint
TRAINED = {"train": "", "base": "base", "autoencoder": "autoencoder"}  # {stage: its row in the dry run}; the method's


Estimates = Callable[[str, str], Mapping[str, float]]  # (GPU, data set) -> {row: seconds, as the dry run has it}


@dataclass(frozen=True)
class Kind:
    """Tasks that ask for the same: of all seeds."""

    stage: str
    dataset: str | None
    method: str | None


def needs_of(plan: Plan, names: Iterable[str], cluster: Cluster, estimates: Estimates) -> dict[str, Need]:
    """{stage: what its task asks for}, for these names; UserError for what no task can do.

    estimates  is only asked for trainings on GPUs that never ran
    """
    machine, declared = plan.params.machine, plan.declared
    expect_one_node(machine)
    known, asked_once = costs(declared), functools.cache(estimates)

    @functools.cache
    def of_kind(kind: Kind, on_device: bool) -> Need:
        told = estimated(kind, cluster.gpu, asked_once) if kind not in known and machine.device == "gpu" else None
        asked = cluster.asked(kind.stage, kind.method)
        made = need(machine, known.get(kind), told, asked, on_device=on_device)
        expect_progress(kind.stage, made, machine)
        return made

    return {name: of_kind(kind_of(name, declared), plan.on_device(name)) for name in names}


def expect_one_node(machine: Machine) -> None:
    """Raise UserError where trainings are of several machines."""
    if machine.nodes > 1:
        raise UserError(
            f"params.yaml: machine.nodes is {machine.nodes}: a task of the cluster is of one node, set it to 1"
        )


def expect_progress(stage: str, need: Need, machine: Machine) -> None:
    """Raise UserError where a training would be ended, each time, before its first checkpoint."""
    least = machine.checkpoint_minutes + LOST_MINUTES
    if stage in RESUMING and need.minutes < least:
        raise UserError(
            f"{FILE}: {need.minutes} minutes for {stage}, and machine.checkpoint_minutes is "
            f"{machine.checkpoint_minutes:g}: it would never get on, give it at least {math.ceil(least)}"
        )


def need(
    machine: Machine,
    cost: Cost | None,
    told: float | None,
    asked: Mapping[str, int | float],
    *,
    on_device: bool,
) -> Need:
    """What is asked for, before what it cost, before what the dry run says of it, before a guess."""
    gpus = machine.devices if on_device and machine.device == "gpu" else 0
    seconds = cost.seconds if cost else told
    guess = rounded_minutes(SPARE * seconds / 60) if seconds is not None else UNKNOWN_MINUTES
    minutes = max(guess, rounded_minutes(machine.checkpoint_minutes + LOST_MINUTES))
    gib = cost.mib / 1024 + LIBRARIES_GIB if cost else UNKNOWN_GIB
    cores = (machine.threads + machine.workers) * max(gpus, 1)
    made = {"gpus": gpus, "cpus": cores, "memory_gib": doubled(gib, 2), "minutes": minutes}
    return Need.model_validate({**made, **asked})


def rounded_minutes(minutes: float) -> int:
    """As many or more, of a few numbers, so that cells that differ little make one array: 10, 20, ..., whole days."""
    return int(doubled(minutes, SHORTEST)) if minutes <= DAY else DAY * math.ceil(minutes / DAY)


def doubled(least: float, start: float) -> float:
    """`start`, doubled until it is `least` or more."""
    return start * 2 ** math.ceil(math.log2(max(least, start) / start))


def kind_of(name: str, declared: Mapping[str, tuple[Stage, Place]]) -> Kind:
    """The kind of the stage of that name."""
    place = declared[name][1] if name in declared else None
    return Kind(name.partition("@")[0], getattr(place, "dataset", None), getattr(place, "method", None))


def costs(declared: Mapping[str, tuple[Stage, Place]]) -> dict[Kind, Cost]:
    """The highest cost on record of every kind that has one."""
    found: dict[Kind, Cost] = {}
    for name, (stage, place) in declared.items():
        if (mine := cost_of(stage, place)) is not None:
            kind = kind_of(name, declared)
            found[kind] = Cost(*map(max, mine, found.get(kind, mine)))
    return found


def estimated(kind: Kind, gpu: str, estimates: Estimates) -> float | None:
    """Seconds that the dry run says of a training; None for any other stage."""
    row = TRAINED.get(kind.stage)
    if row is None or kind.dataset is None:
        return None
    return estimates(gpu, kind.dataset).get(row or str(kind.method))
