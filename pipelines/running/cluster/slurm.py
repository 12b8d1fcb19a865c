"""SLURM: arrays handed over by submitit, states by squeue and scontrol.

submitit would ask the accounting database for states, which many clusters do not have.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster.folders import SUBMITTED
from diffrep.pipelines.running.cluster.jobs import MOST, Array
from diffrep.pipelines.running.cluster.needs import Cluster
from diffrep.pipelines.running.cluster.queue import SilentError, TaskId
from diffrep.pipelines.running.cluster.sbatch import sbatch_options
from diffrep.pipelines.running.cluster.task import GRACE, Resumed, Task

if TYPE_CHECKING:
    from submitit import SlurmExecutor

FORMAT = "%j|%K|%T|%A|%F"  # uid, index, state, job, array's job
COMMANDS = ("sbatch", "squeue", "scontrol", "scancel", "srun")
ANSWER_SECONDS = 60.0
EXTRA = "diffrep[slurm]"


class Slurm:
    """The queue, as one that is handed arrays and asked for states.

    jobs    {uid: the number that SLURM has given the array}, of all that this process has handed over or seen
    single  uids of those with one task, which is no array to SLURM
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.jobs: dict[str, str] = {}
        self.single: set[str] = set()

    def most(self) -> int:
        """How many tasks an array may have."""
        found = re.search(r"MaxArraySize\s*=\s*(\d+)", asked("scontrol", "show", "config"))
        return min(int(found[1]) - 1, MOST) if found else MOST

    def submit(self, array: Array) -> None:
        """Hand an array over; UserError with SLURM's word where it is refused."""
        executor = executor_of(array, self.cluster, dependency(array.after, self.jobs))
        kind = Resumed if array.resumes else Task
        try:
            with executor.batch():
                jobs = [executor.submit(kind(array.uid, index)) for index in range(len(array.jobs))]
        except Exception as error:  # submitit raises several kinds
            raise UserError(f"SLURM refuses {array.uid}: {word(error)}") from error
        self.note(array.uid, jobs[0].job_id.partition("_")[0], single=len(jobs) == 1)

    def states(self, uids: Iterable[str]) -> dict[TaskId, str]:
        """{(uid, index): SLURM's word for its state}, of all tasks of these arrays that wait or run."""
        names = ",".join(uids)
        if not names:
            return {}
        found: dict[TaskId, str] = {}
        for line in asked("squeue", "--array", "--noheader", f"--name={names}", f"--format={FORMAT}").splitlines():
            uid, index, state, job, array = line.strip().split("|")
            found[uid, int(index) if index.isdecimal() else 0] = state
            self.note(uid, array if array.isdecimal() else job, single=not index.isdecimal())
        return found

    def note(self, uid: str, job: str, *, single: bool) -> None:
        """Remember what SLURM calls an array."""
        self.jobs[uid] = job
        if single:
            self.single.add(uid)

    def last_word(self, task: TaskId) -> str:
        """SLURM's word on how a task ended that has left the queue; empty where it has forgotten."""
        job = self.job(task)
        if job is None:
            return ""
        try:
            told = asked("scontrol", "show", "job", "--oneliner", job)
        except UserError:
            return ""
        state, code = (re.search(rf"\b{key}=(\S+)", told) for key in ("JobState", "ExitCode"))
        return f"{state[1]}, exit code {code[1]}" if state and code else ""

    def cancel(self, tasks: Iterable[TaskId]) -> None:
        """Take tasks from the queue, running or not."""
        jobs = [job for task in tasks if (job := self.job(task)) is not None]
        if jobs:
            asked("scancel", *jobs)

    def job(self, task: TaskId) -> str | None:
        """What SLURM calls a task; None where it was never seen in the queue."""
        uid, index = task
        if uid not in self.jobs:
            return None
        return self.jobs[uid] if uid in self.single else f"{self.jobs[uid]}_{index}"


def expect_slurm() -> None:
    """Raise UserError where the cluster's commands, or submitit, are not here."""
    if lacking := [name for name in COMMANDS if shutil.which(name) is None]:
        raise UserError(f"no {lacking[0]} here: --engine slurm is for a machine from which jobs are sent to SLURM")
    try:
        import submitit  # noqa: F401
    except ModuleNotFoundError as error:
        raise UserError(f"submitit is not installed: pip install '{EXTRA}'") from error


def executor_of(array: Array, cluster: Cluster, after: str) -> "SlurmExecutor":
    """submitit's executor of one array."""
    from submitit import SlurmExecutor

    executor = SlurmExecutor(folder=SUBMITTED / array.uid, max_num_timeout=cluster.timeouts)
    executor.update_parameters(**options(array, cluster, after))
    return executor


def options(array: Array, cluster: Cluster, after: str) -> dict[str, Any]:
    """An array's options for submitit: those of sbatch, and its own."""
    return {
        **sbatch_options(array, cluster),
        **({"dependency": after} if after else {}),
        "array_parallelism": cluster.at_a_time,
        "signal_delay_s": int(GRACE) + 30,
        "stderr_to_stdout": True,
        "setup": list(cluster.setup),
        "additional_parameters": {"kill-on-invalid-dep": "yes", "requeue": True, **cluster.sbatch},
    }


def dependency(after: Mapping[str, str], jobs: Mapping[str, str]) -> str:
    """In sbatch's words, for what the array waits."""
    return ",".join(f"{how}:{jobs[uid]}" for uid, how in after.items() if uid in jobs)


def asked(*command: str) -> str:
    """What a command of SLURM's prints; SilentError where it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SQUEUE_")}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=ANSWER_SECONDS, env=environment
        )
    except subprocess.CalledProcessError as error:
        raise SilentError(f"{command[0]}: {word(error).removeprefix(f'{command[0]}: ')}") from error
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        raise SilentError(f"{command[0]} does not answer: {error}") from error
    return done.stdout


def word(error: Exception) -> str:
    """The last line of what SLURM has said, which says why."""
    said = getattr(error, "stderr", None) or str(error)
    lines = [line for line in str(said).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
