"""A task: one stage on a node, outside DVC's lock, by the very command of dvc.yaml; it leaves a receipt.

DVC is not asked, since hundreds of nodes would wait for its lock: what the stage is made of is hashed here as DVC does
it, and recorded later by whoever finds the tree as the receipt says (recording.py).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.child import early_end
from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.awaited import wait_for
from diffrep.pipelines.running.cluster.contents import ABSENT, Contents, contents_here, difference
from diffrep.pipelines.running.cluster.jobs import Job, read_array
from diffrep.pipelines.running.cluster.receipts import Receipt
from diffrep.pipelines.running.ending import failure
from diffrep.pipelines.running.interrupted import is_running
from diffrep.pipelines.running.logs import log_of
from diffrep.pipelines.tracking.trouble import SILENT, VARIABLE

LOOK = 0.2  # seconds between two looks at the stage's process
GRACE = 60.0  # seconds that a stage has to end after it was told to
OF_THE_QUEUE = ("SLURM_", "SLURMD_", "SRUN_", "SBATCH_", "PMI_", "PMIX_", "SUBMITIT_")


class Task:
    """The stage at one place of an array: what submitit calls on the node."""

    def __init__(self, uid: str, index: int) -> None:
        self.uid, self.index = uid, index
        self.process: subprocess.Popen[bytes] | None = None
        self.told = False  # to end, by the queue

    def __call__(self) -> None:
        """Run it; UserError, and a receipt that says why, where it does not end well."""
        array = read_array(self.uid)
        if not 0 <= self.index < len(array.jobs):
            raise UserError(f"{self.uid} has the tasks 0 to {len(array.jobs) - 1}, not {self.index}")
        job = array.jobs[self.index]
        signal.signal(signal.SIGTERM, self.hear)
        try:
            self.carry_out(job, array.after)
        except UserError:
            raise
        except Exception as error:
            end(receipts.begun(job.name, self.uid), state="failed", reason=in_words(error))
        finally:
            self.stop()

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Tell the stage that the queue ends the task; what it says then is no word on itself."""
        self.told = True
        self.send(number)

    def carry_out(self, job: Job, after: Collection[str]) -> None:
        """Check what the stage needs, run it where it is out of date, and write what came of it.

        after  uids of the arrays that its own waits for, which have run what it needs
        """
        receipt, before = receipts.begun(job.name, self.uid), receipts.read(job.name)
        if lacking := wait_for(job.needs, after, job.deps):
            end(receipt, state="cancelled", reason=lacking)
        ingredients = contents_here(job.command, job.deps, job.params)
        if (known := up_to_date(job, ingredients, before)) is not None:
            receipts.write(receipt.model_copy(update={"state": "unchanged", "contents": known}))
            return
        receipts.write(receipt)
        code = self.run(job)
        if code != 0 and self.told:
            raise UserError(f"{job.name}: ended by the queue")
        seconds = time.time() - receipt.began
        if code != 0:
            reason = (failure(log_of(job.name)) or early_end(code)) + f" ({log_of(job.name)})"
            end(receipt, state="failed", reason=reason, seconds=seconds)
        made = contents_here(job.command, (), (), job.outs).outs
        if absent := [path for path, value in made.items() if value == ABSENT]:
            end(receipt, state="failed", reason=f"it has not made {absent[0]} ({log_of(job.name)})", seconds=seconds)
        done = {"state": "done", "contents": ingredients.model_copy(update={"outs": made}), "seconds": seconds}
        receipts.write(receipt.model_copy(update=done))

    def run(self, job: Job) -> int:
        """The exit code of the stage's command, below 0 for a signal; what it prints goes to its log.

        What it has left running is killed: it could still change what is then hashed.
        """
        log = log_of(job.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                job.command,
                shell=True,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment(),
                start_new_session=True,
            )
        while (code := self.process.poll()) is None:
            time.sleep(LOOK)
        self.send(signal.SIGKILL)
        self.process = None
        return code

    def stop(self) -> None:
        """End what still runs of the stage: told to, and killed after GRACE seconds."""
        if self.process is None:
            return
        self.send(signal.SIGTERM)
        until = time.monotonic() + GRACE
        while is_running(self.process.pid) and time.monotonic() < until:
            time.sleep(LOOK)
        self.send(signal.SIGKILL)

    def send(self, number: int) -> None:
        """Send a signal to the stage and all that it has started."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # nothing is left
                os.killpg(self.process.pid, number)


class Resumed(Task):
    """One that goes on from its checkpoint when its time is over: submitit queues again what `checkpoint` returns."""

    def checkpoint(self) -> Any:
        """The task to queue, which goes on from the checkpoint that the stage has written last."""
        from submitit.helpers import DelayedSubmission

        self.stop()
        return DelayedSubmission(Resumed(self.uid, self.index))


def in_words(error: Exception) -> str:
    """Why a task could not go on; submitit says with an error of its own that its minutes were over."""
    if type(error).__name__ == "UncompletedJobError":
        return f"out of time ({error}): give it more minutes in cluster.yaml"
    return f"{type(error).__name__}: {error}"


def end(receipt: Receipt, **how: Any) -> NoReturn:
    """Write how the task ended, and raise UserError: what waits for it in the queue is not started then."""
    receipts.write(receipt.model_copy(update=how))
    raise UserError(f"{receipt.stage}: {how['reason']}")


def up_to_date(job: Job, ingredients: Contents, before: Receipt | None) -> Contents | None:
    """By which there is nothing to do: what dvc.lock or an earlier receipt has; None where the stage must run."""
    if job.forced:
        return None
    known = [job.locked, before.contents if before is not None and before.well else None]
    alike = [each for each in known if each is not None and not difference(each.ingredients(), ingredients)]
    if not alike:
        return None
    made = contents_here(job.command, (), (), job.outs).outs
    return next((each for each in alike if each.outs == made), None)


def environment() -> dict[str, str]:
    """That of the stage: the commands of this installation first, and none of the queue's variables.

    By those Lightning would take the task for one process of several. MLflow's own database is filled at the end, from
    result files: one on a shared disk that many nodes write to is soon broken. A server gets curves meanwhile.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_QUEUE)}
    silent = {} if VARIABLE in os.environ else {SILENT: "1"}
    own = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**kept, "PATH": own, **silent}
