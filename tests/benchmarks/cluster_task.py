"""What a task of the cluster takes beside its stage: from the start of its process to its receipt, less a plain run.

Run with `python tests/benchmarks/cluster_task.py`, some minutes; a number behind it says how often each is run. The
task is one of submitit's local jobs, the stage `code` of the smoke grid. Medians; a busy machine moves the first.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from subprocess import Popen

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers" / "runs"))

from dvc.repo import Repo
from smoke_runs import command, workspace
from submitit import LocalExecutor

from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.due import job_of
from diffrep.pipelines.running.cluster.jobs import Array
from diffrep.pipelines.running.cluster.needs import Need
from diffrep.pipelines.running.cluster.task import Task

UID, STAGE = "run-000-code", "code"
NEED = Need(gpus=0, cpus=1, memory_gib=2, minutes=10)


def processor_seconds(process: Popen) -> float:
    """Those of a process and of all that it has started, at its end; RuntimeError where that was no good one."""
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{process.args} has failed")
    return used.ru_utime + used.ru_stime


def plain() -> tuple[float, float]:
    """(seconds, of a processor) that the stage's own command takes."""
    start = time.time()
    used = processor_seconds(Popen([command("diffrep"), STAGE]))
    return time.time() - start, used


def task() -> tuple[float, float]:
    """(seconds until the receipt, of a processor until the end) of its task."""
    executor = LocalExecutor(folder=Path("submitted").absolute())
    executor.update_parameters(timeout_min=10)
    start = time.time()
    used = processor_seconds(executor.submit(Task(UID, 0))._process)
    receipt = receipts.read_of(STAGE, [UID])
    if receipt is None or receipt.state != receipts.DONE:
        raise RuntimeError(f"its receipt: {receipt}")
    return receipt.written - start, used


def main(times: int) -> None:
    """Run both in turn."""
    os.chdir(workspace(Path(tempfile.mkdtemp()) / "smoke"))
    with Repo() as repo:
        stage = next(stage for stage in repo.index.stages if stage.addressing == STAGE)
        Array(uid=UID, need=NEED, jobs=(job_of(stage, (), "measured"),)).write()
    runs = [(plain(), task()) for _ in range(times)]
    for number, unit in enumerate(("s", "s of processor")):
        alone, whole = (median(run[kind][number] for run in runs) for kind in (0, 1))
        print(f"{whole - alone:6.1f} {unit}: {whole:.1f} for the task, {alone:.1f} for the stage")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
