"""A plan carried out: stages started as soon as they can, several side by side, each by its own `dvc repro -s`."""

import signal
import time
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from diffrep.pipelines.core.sections import Machine
from diffrep.pipelines.running import ending
from diffrep.pipelines.running import process as processes
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.gpus import Gpus
from diffrep.pipelines.running.interrupted import LIST
from diffrep.pipelines.running.logs import log_of
from diffrep.pipelines.running.missing import note_made_again
from diffrep.pipelines.running.plan import CHANGED, MISSING, Plan
from diffrep.pipelines.running.waiting import BusyError, holders

ALIKE = "other bytes here than dvc.lock names, of the same settings and code; what stands on the earlier ones stays"
STALE = f"; if that is no run of this folder, delete {LIST}"
POLL = 0.1  # seconds between two looks at the running stages
BUSY = 5.0  # seconds until a stage is tried again whose files another process is at work with


class Run:
    """Which stages wait, run, are done or have failed, with at most `jobs` at a time.

    wanted  up to date but missing here, and to be made again since a stage that runs reads them
    later   {stage: when it is tried again}, of those whose files another process is at work with
    gpus    what those that work on GPUs are given of them
    ran     how many were started and have ended, well or not
    failed  {stage: why}
    """

    def __init__(self, plan: Plan, jobs: int, machine: Machine) -> None:
        self.plan, self.jobs, self.device, self.gpus = plan, jobs, machine.device, Gpus(machine)
        self.expected, self.board = plan.expected(), Board()
        self.waiting, self.done, self.wanted = list(plan.names), set[str](), set[str]()
        self.due: dict[str, str] = {}  # why each stage that must run has to
        self.later: dict[str, float] = {}
        self.put_off = set[str]()  # those that it was told of
        self.running: dict[str, tuple[BaseProcess, float]] = {}
        self.failed: dict[str, str] = {}
        self.ran = 0

    def to_the_end(self) -> None:
        """Until nothing runs and nothing can be started any more."""
        while True:
            self.later = {name: when for name, when in self.later.items() if when > time.monotonic()}
            self.collect()
            self.settle()
            while len(self.running) < self.jobs and (ready := self.startable()):
                self.start(max(ready, key=self.expected.path))
            if not self.running and not self.later:
                return
            now = time.monotonic()
            self.board.show({n: now - began for n, (_, began) in self.running.items()}, *self.left(now))
            wait([process.sentinel for process, _ in self.running.values()], POLL)

    def startable(self) -> list[str]:
        """Ready stages, but for those that read what is still missing, or work on GPUs while too few are free."""
        whole = [name for name in self.ready() if not self.plan.needs[name] & self.wanted]
        return [name for name in whole if not self.shares(name) or self.gpus.suffice()]

    def shares(self, name: str) -> bool:
        """Whether a stage must be given GPUs."""
        return self.gpus.shared and self.plan.on_device(name)

    def ready(self) -> list[str]:
        """Waiting stages whose needs are all met, and whose files nobody else is at work with."""
        return [name for name in self.waiting if self.plan.needs[name] <= self.done and name not in self.later]

    def settle(self) -> None:
        """Mark as done, again and again, what is ready and already up to date; then want what the others lack."""
        due = set(self.due)
        while unknown := [name for name in self.ready() if name not in self.due]:
            for name in unknown:
                try:
                    reason = self.plan.reason(name)
                except BusyError as error:
                    self.try_later(name, holders(str(error)))
                    continue
                if reason:
                    self.due[name] = reason
                else:
                    self.done.add(name)
            self.waiting = [name for name in self.waiting if name not in self.done - self.wanted]
        self.want([name for name in self.due if name not in due])

    def want(self, names: list[str]) -> None:
        """Have made again what is missing here of what these stages read, and what that is made of."""
        for name in names:
            lacking = [other for other in self.plan.lacking(name) if other in self.done - self.wanted]
            self.due |= dict.fromkeys(lacking, MISSING)
            self.wanted |= set(lacking)
            self.waiting += lacking
            self.want(lacking)

    def start(self, name: str) -> None:
        """Hand the stage to DVC; what it prints goes to runs/logs/<stage>.log."""
        self.waiting.remove(name)
        forced = self.due[name] not in (CHANGED, MISSING)  # DVC would skip it, or bring back outputs of an earlier run
        command = ["--wait-for-lock", "repro", "-s", *(["--force"] if forced else []), name]
        gpus = self.gpus.give(name) if self.shares(name) else None
        process = processes.start(command, log_of(name), self.device, gpus)
        self.running[name] = (process, time.monotonic())
        self.board.tell(f"started  {name}{f': {self.due[name]}' if self.due[name] != CHANGED else ''}")

    def collect(self) -> None:
        """Note the stages that have ended, well or not."""
        for name, (process, began) in list(self.running.items()):
            if process.exitcode is None:
                continue
            ending.send([process], signal.SIGKILL)  # what it has left running
            del self.running[name]
            self.gpus.take_back(name)
            if others := ending.put_off_by(process.exitcode, log_of(name)):
                self.waiting.append(name)
                self.try_later(name, others)
                continue
            seconds = time.monotonic() - began
            self.ran += 1
            wrong = ending.wrong_end(process.exitcode, log_of(name)) or self.left_over(name)
            if wrong:
                self.failed[name] = wrong
                self.board.tell(f"FAILED   {name}: {wrong}")
            else:
                self.settled(name)
                self.expected.took(name, seconds)
                self.board.tell(f"finished {name} in {seconds:.0f} s")
                for line in ending.warnings_in(log_of(name)):
                    self.board.tell(f"warning  {name}: {line}")

    def try_later(self, name: str, others: str) -> None:
        """Put a stage off whose files other processes are at work with, and name them: it may be up to date then."""
        if name not in self.wanted:
            self.due.pop(name, None)
        self.later[name] = time.monotonic() + BUSY
        if name not in self.put_off:
            self.put_off.add(name)
            self.board.tell(f"waiting  {name}: its files are in use by {others}{STALE}")

    def settled(self, name: str) -> None:
        """Note that a stage has ended well; of one whose outputs were missing, whether they are what they were."""
        self.done.add(name)
        if name in self.wanted:
            self.wanted.remove(name)
            if note_made_again(self.plan.stages[name]):
                self.board.tell(f"note     {name}: {ALIKE}")

    def left_over(self, name: str) -> str:
        """What a stage has left of earlier results that it no longer writes; empty where there is nothing."""
        wrong = self.plan.otherwise_made(name)
        return f"{wrong}, and is no longer written: delete it" if wrong else ""

    def left(self, now: float) -> tuple[int, int, float]:
        """(stages done, stages in all, seconds left) at a guess: of all stages, or longer of those on GPUs."""
        elapsed = {name: now - began for name, (_, began) in self.running.items()}
        guess = self.expected.left(self.waiting, elapsed, self.jobs)
        if self.gpus.at_a_time:
            waiting, running = ([name for name in names if self.shares(name)] for names in (self.waiting, elapsed))
            spent = {name: elapsed[name] for name in running}
            guess = max(guess, self.expected.left(waiting, spent, self.gpus.at_a_time))
        return len(self.done - self.wanted), len(self.plan.names), guess

    def stop(self) -> None:
        """End whatever still runs (an interrupted run): trainings go on from their checkpoints next time."""
        self.board.close()
        ending.stop([process for process, _ in self.running.values()])
