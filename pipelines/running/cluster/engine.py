"""`diffrep repro --engine slurm`: what is out of date, as job arrays; followed, recorded, and the report made here."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import remove
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.running.cluster.due import arrays_due
from diffrep.pipelines.running.cluster.estimates import Estimates, needs_of
from diffrep.pipelines.running.cluster.folders import array_file
from diffrep.pipelines.running.cluster.follow import LOOK, LOST, Followed
from diffrep.pipelines.running.cluster.jobs import known_arrays
from diffrep.pipelines.running.cluster.left import forget_used, queued, record_left
from diffrep.pipelines.running.cluster.needs import Cluster, Need, read_cluster
from diffrep.pipelines.running.cluster.queue import Queue, TaskId
from diffrep.pipelines.running.cluster.slurm import Slurm, expect_slurm
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.driver import only_driver
from diffrep.pipelines.running.plan import FIRST, LAST, Plan
from diffrep.pipelines.running.repro import one_line_errors, tell_end
from diffrep.pipelines.running.run import Run


def repro_on_slurm(params: Params, estimates: Estimates, seeds: Collection[int]) -> None:
    """Bring every stage up to date as tasks of SLURM, and show the headline table.

    estimates  what the dry run says of a data set's trainings
    seeds      of the grid, to run those alone; where there are none, all

    UserError when a stage fails, after the others have ended. Interrupted, the tasks go on; a second call finds them.
    """
    expect_slurm()
    cluster = cluster_of(params)
    repro_on(Slurm(cluster), params, cluster, estimates, seeds=seeds)


def repro_on(
    queue: Queue,
    params: Params,
    cluster: Cluster,
    estimates: Estimates,
    *,
    seeds: Collection[int] = (),
    look: float = LOOK,
    lost: float = LOST,
) -> None:
    """The same with any queue; look, lost: seconds, as in `Followed`."""
    start = time.monotonic()
    with only_driver(), one_line_errors():
        plan, board = Plan(params, seeds=seeds), Board()
        record_left(plan, board)
        first = here(plan, FIRST, params)
        there = queued(queue, known_arrays())
        forget(there)
        tasks = {name: task for name, task in there.items() if name in plan.needs}
        if tasks:
            board.tell(f"{len(tasks)} stages are in the queue already")
        needs = partial(needs_of, plan, cluster=cluster, estimates=estimates)
        followed = Followed(plan, queue, board, tasks)
        with told_where_they_are(followed):
            hand_over(followed, needs)
            followed.to_the_end(look, lost)
        if there.keys() <= tasks.keys():  # else tasks of other seeds may need them
            forget_used(plan)
        last = 0 if followed.failed or followed.cancelled else here(plan, LAST, params)
        ran = first + followed.ran + last
    tell_end(params, followed.failed, ran, len(plan.names), time.monotonic() - start, followed.cancelled)


def cluster_of(params: Params) -> Cluster:
    """cluster.yaml, held against the names that there are."""
    return read_cluster(tuple(stages.STAGES), params.grid.method)


@contextmanager
def told_where_they_are(followed: Followed) -> Iterator[None]:
    """Where the block does not end well, say how the tasks are found again, and how they are ended."""
    try:
        yield
    except (KeyboardInterrupt, UserError):
        if followed.open:
            uids = ",".join(sorted({uid for uid, _ in followed.open.values()}))
            left = f"{len(followed.open)} tasks go on"
            followed.board.tell(f"{left}: the same command finds them, scancel --name={uids} ends them")
        raise


def here(plan: Plan, name: str, params: Params) -> int:
    """Run one stage on this machine where it is out of date; how many ran. UserError where it fails."""
    if name not in plan.names:
        return 0
    run = Run(plan.only(name), 1, params.machine)
    try:
        run.to_the_end()
    finally:
        run.stop()
    if run.failed:
        raise UserError(f"{name} failed: {run.failed[name]}")
    return run.ran


def forget(tasks: dict[str, TaskId]) -> None:
    """Delete the files of arrays that have left the queue, so that it is not asked for them for ever."""
    live = {uid for uid, _ in tasks.values()}
    for uid in known_arrays().keys() - live:
        remove(array_file(uid))


def hand_over(followed: Followed, needs: Callable[[Collection[str]], dict[str, Need]]) -> None:
    """Queue what is due and not in the queue yet, to be followed too.

    An array's file is written before it is handed over: whenever this process dies, the next one finds it by its name.
    """
    for array in arrays_due(followed.plan, dict(followed.open), needs, followed.queue.most()):
        array.write()
        followed.queue.submit(array)
        followed.open |= {job.name: (array.uid, index) for index, job in enumerate(array.jobs)}
        followed.board.tell(f"queued   {array.uid}: {len(array.jobs)} tasks, {told(array.need)}")


def told(need: Need) -> str:
    """What a task asks for, in words."""
    gpus = f"{need.gpus} GPUs, " if need.gpus else ""
    return f"each {gpus}{need.cpus} cores, {need.memory_gib:g} GiB, {need.minutes} minutes"
