"""Which stages become tasks: all that are out of date, and all that may be once those have run."""

import secrets
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from dvc.stage import Stage as DvcStage

from diffrep.pipelines.core.files import remove
from diffrep.pipelines.running.cluster.contents import keep_hash
from diffrep.pipelines.running.cluster.estimates import RESUMING
from diffrep.pipelines.running.cluster.folders import receipt_file
from diffrep.pipelines.running.cluster.jobs import Array, Job, arrays_of, read_array
from diffrep.pipelines.running.cluster.needs import Need
from diffrep.pipelines.running.cluster.queue import TaskId
from diffrep.pipelines.running.cluster.recording import locked_of
from diffrep.pipelines.running.cluster.tree import is_params
from diffrep.pipelines.running.plan import CHANGED, FIRST, LAST, Plan

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


def arrays_due(
    plan: Plan,
    queued: Mapping[str, TaskId],
    needs: Callable[[Collection[str]], Mapping[str, Need]],
    most: int,
    *,
    first: bool = False,
) -> list[Array]:
    """The arrays of all that is due, in an order in which they can be submitted; receipts of before are deleted.

    queued  {stage: its task} of those in the queue
    needs   {stage: what its task asks for}, of the stages that it is given
    most    tasks of one array
    """
    due = due_of(plan, queued, first=first)
    if not due:
        return []
    arrays = handed_over(plan, due, queued, needs(due), most)
    keep_hashes(plan, due)
    for name in due:
        remove(receipt_file(name))
    return arrays


def handed_over(
    plan: Plan, due: Mapping[str, str], queued: Mapping[str, TaskId], needs: Mapping[str, Need], most: int
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
        forced=reason not in (CHANGED, WAITS),
    )


def keep_hashes(plan: Plan, due: Collection[str]) -> None:
    """Spare the tasks the hashing of what they read and no task makes: DVC remembers it."""
    made = {str(out) for name in due for out in plan.stages[name].outs}
    read = {str(dep): dep for name in due for dep in plan.stages[name].deps if not is_params(dep)}
    for path, dep in read.items():
        if path not in made and Path(path).exists():
            keep_hash(Path(path), str(dep.get_hash().value))
