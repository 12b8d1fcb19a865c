"""Which stages become tasks: all that are out of date, and all that may be once those have run."""

import secrets
from collections.abc import Collection, Mapping
from pathlib import Path

from dvc.stage import Stage as DvcStage

from diffrep.pipelines.running.cluster.contents import keep_hash
from diffrep.pipelines.running.cluster.estimates import RESUMING
from diffrep.pipelines.running.cluster.jobs import Array, Job, arrays_of, read_array
from diffrep.pipelines.running.cluster.needs import Need
from diffrep.pipelines.running.cluster.queue import Place
from diffrep.pipelines.running.cluster.recording import is_params, locked_of
from diffrep.pipelines.running.plan import CHANGED, FIRST, LAST, MISSING, Plan

WAITS = "reads what may change"


def due_of(plan: Plan, queued: Collection[str], *, first: bool = False) -> dict[str, str]:
    """{stage: why} of those to hand over, each behind what it needs; those in the queue are not.

    first  hand the hashes of code over too, by which all others are judged

    A stage that only reads what may change looks for itself, as its task, whether it has.
    """
    due: dict[str, str] = {}
    apart = (LAST,) if first else (FIRST, LAST)
    for name in plan.names:
        if name in apart or name in queued:
            continue
        waits = plan.needs[name] & {*due, *queued}
        reason = (plan.otherwise_made(name) or WAITS) if waits else plan.reason(name)
        if reason:
            due[name] = reason
    return due


def handed_over(
    plan: Plan, due: Mapping[str, str], queued: Mapping[str, Place], needs: Mapping[str, Need], most: int
) -> list[Array]:
    """The arrays of what is due, in an order in which they can be submitted."""
    jobs = [job_of(plan.stages[name], plan.needs[name] & {*due, *queued}, reason) for name, reason in due.items()]
    waiting = [read_array(uid) for uid in sorted({uid for uid, _ in queued.values()})]
    return arrays_of(jobs, needs, RESUMING, f"diffrep-{secrets.token_hex(3)}", most, waiting)


def job_of(stage: DvcStage, needs: Collection[str], reason: str) -> Job:
    """What a task must know of a stage."""
    keys = [key for dep in stage.deps if is_params(dep) for key in dep.params]
    return Job(
        name=stage.addressing,
        command=stage.cmd,
        deps=tuple(str(dep) for dep in stage.deps if not is_params(dep)),
        params=tuple(keys),
        outs=tuple(map(str, stage.outs)),
        needs=tuple(sorted(needs)),
        locked=locked_of(stage),
        forced=reason not in (CHANGED, MISSING, WAITS),
    )


def keep_hashes(plan: Plan, due: Collection[str]) -> None:
    """Spare the tasks the hashing of what they read and no task makes: DVC remembers it."""
    made = {str(out) for name in due for out in plan.stages[name].outs}
    read = {str(dep): dep for name in due for dep in plan.stages[name].deps if not is_params(dep)}
    for path, dep in read.items():
        if path not in made and Path(path).exists():
            keep_hash(Path(path), str(dep.get_hash().value))
