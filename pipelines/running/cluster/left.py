"""What an earlier driver has left: tasks that are still in the queue, and receipts that nobody has recorded."""

import shutil
import time
from collections.abc import Mapping

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import remove
from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.folders import ARRAYS, CLUSTER, array_file, receipt_file
from diffrep.pipelines.running.cluster.jobs import Array, Job, known_arrays
from diffrep.pipelines.running.cluster.needs import Cluster
from diffrep.pipelines.running.cluster.queue import Queue, SilentError, TaskId
from diffrep.pipelines.running.cluster.recording import locked_of, record
from diffrep.pipelines.running.cluster.slurm import Slurm
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.plan import Plan

LOOK = 1.0  # seconds between two looks at what a shared disk may show late


def queued(queue: Queue, known: Mapping[str, Array]) -> dict[str, TaskId]:
    """{stage: its task} of all stages of these arrays, by their uids, that wait or run in the queue."""
    live = queue.states(known)
    return {known[uid].jobs[index].name: (uid, index) for uid, index in live if index < len(known[uid].jobs)}


def record_left(plan: Plan, board: Board) -> None:
    """Record in dvc.lock what the receipts say; one that the tree does not bear out is named, and dropped."""
    if not CLUSTER.exists():
        return
    found = [receipt for name in plan.names if (receipt := receipts.read(name)) is not None and receipt.well]
    fresh = [receipt for receipt in found if locked_of(plan.stages[receipt.stage]) != receipt.contents]
    refused = record(plan.stages, fresh)
    while any(receipt.recent for receipt in fresh if receipt.stage in refused):  # a shared disk may show outputs late
        time.sleep(LOOK)
        refused = record(plan.stages, [receipt for receipt in fresh if receipt.stage in refused])
    for name, reason in refused.items():
        board.tell(f"dropped  the receipt of {name}: {reason}: nothing recorded")
        receipt_file(name).unlink(missing_ok=True)
    if recorded := len(fresh) - len(refused):
        board.tell(f"recorded {recorded} stages that tasks of the cluster have made")


def forget_used(plan: Plan) -> None:
    """Delete the receipts of what has ended well, and arrays that have ended, when no task in the queue needs them."""
    for uid, array in known_arrays().items():
        if all(has_ended(job, uid) for job in array.jobs):
            remove(array_file(uid))
    for name in plan.names:
        if (receipt := receipts.read(name)) is not None and receipt.well:
            remove(receipt_file(name))


def expect_none_queued() -> None:
    """Raise UserError where tasks of this folder are in the cluster's queue: they would run the same stages."""
    known = {uid: array for uid, array in known_arrays().items() if not all(has_ended(job, uid) for job in array.jobs)}
    if not known or shutil.which("squeue") is None:
        return
    try:
        live = queued(Slurm(Cluster()), known)
    except SilentError as error:
        raise UserError(f"tasks may be in the cluster's queue: delete {ARRAYS} if none are ({error})") from error
    if live:
        uids = ",".join(sorted({uid for uid, _ in live.values()}))
        raise UserError(
            f"{len(live)} stages of this folder are in the cluster's queue ({next(iter(live))} ...): follow them with "
            f"diffrep repro --engine slurm, or end them with scancel --name={uids}"
        )


def has_ended(job: Job, uid: str) -> bool:
    """Whether the task of a stage in that array has said how it ended."""
    receipt = receipts.read(job.name)
    return receipt is not None and receipt.final and receipt.uid == uid
