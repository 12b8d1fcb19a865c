"""`diffrep repro`: every stage that is out of date, independent ones side by side, each by its own `dvc repro -s`.

DVC decides what is out of date, runs the commands and records the outputs; this file only chooses the order and
shows what goes on.
"""

import json
import signal
import time
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import networkx
import psutil
from dvc.exceptions import DvcException
from dvc.lock import make_lock
from dvc.repo import Repo
from dvc.stage import Stage

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import adapter_of
from diffrep.pipelines.running import process as processes
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.eta import Expected
from diffrep.pipelines.stages.code import adapters

LOGS = Path("runs", "logs")
RUNNING = Path(".dvc", "tmp", "rwlock")
POLL = 0.1  # seconds between two looks at the running stages


def repro(params: dict[str, Any], jobs: int) -> None:
    """Bring every stage up to date with at most `jobs` at a time; UserError when one fails, after the others ended."""
    start = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # as Ctrl-C: no stage runs on by itself
    mend_running()
    if has_own_adapter(params):
        adapters(params)  # DVC watches no code outside the repository: what this writes is what it sees changed
    try:
        plan = Plan(jobs, params["machine"]["device"])
        try:
            plan.run()
        finally:
            plan.stop()
    except DvcException as error:
        raise UserError(str(error)) from error
    seconds = time.monotonic() - start
    if plan.failed:
        told = "; ".join(f"{name}: {reason}" for name, reason in plan.failed.items())
        raise UserError(f"{len(plan.failed)} of {len(plan.names)} stages failed, the rest is kept. {told}")
    if not plan.ran:
        print(f"Everything is up to date: {len(plan.names)} stages checked in {seconds:.0f} s, nothing to do.")
    else:
        print(f"{plan.ran} of {len(plan.names)} stages ran in {seconds / 60:.1f} minutes. See reports/index.html.")


def has_own_adapter(params: dict[str, Any]) -> bool:
    """Whether some adapter of the grid is named as package.module:Class."""
    grid = params["grid"]
    named = [("methods", name) for name in grid["method"]] + [("datasets", name) for name in grid["dataset"]]
    return any(":" in adapter_of(params, kind, name) for kind, name in named)


def mend_running() -> None:
    """Remove DVC's list of what runs where nothing in it does any more, or where a kill has left half of it.

    DVC writes it in place, refuses half of it, and takes a dead process that nobody waited for as a living one.
    """
    if not RUNNING.exists():
        return
    with make_lock(f"{RUNNING}.lock", wait=True):
        try:
            listed = json.loads(RUNNING.read_text())
        except ValueError:
            listed = {}
        readers = [info for infos in listed.get("read", {}).values() for info in infos]
        if not any(is_running(info["pid"]) for info in [*readers, *listed.get("write", {}).values()]):
            RUNNING.unlink()


def is_running(pid: int) -> bool:
    """Whether the process is there and more than a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Plan:
    """The stages of dvc.yaml, what each waits for, and which are running."""

    def __init__(self, jobs: int, device: str) -> None:
        graph = Repo(_wait_for_lock=True).index.graph  # a stage may hold the lock while it records large outputs
        self.stages: dict[str, Stage] = {stage.addressing: stage for stage in graph}
        self.needs = {s.addressing: {d.addressing for d in graph.successors(s)} for s in graph}
        self.names = list(reversed([s.addressing for s in networkx.topological_sort(graph)]))
        self.expected = Expected(self.stages, self.needs)
        self.jobs, self.device, self.ran = jobs, device, 0
        self.waiting, self.done, self.outdated = list(self.names), set[str](), set[str]()
        self.failed: dict[str, str] = {}
        self.running: dict[str, tuple[BaseProcess, float]] = {}
        self.board = Board()

    def run(self) -> None:
        """Until nothing runs and nothing can be started any more."""
        while True:
            self.collect()
            self.settle()
            while len(self.running) < self.jobs and (ready := self.ready()):
                self.start(max(ready, key=self.expected.path))
            if not self.running:
                return
            now = time.monotonic()
            self.board.show({n: now - began for n, (_, began) in self.running.items()}, *self.left(now))
            wait([process.sentinel for process, _ in self.running.values()], POLL)

    def ready(self) -> list[str]:
        """Waiting stages whose needs are all met."""
        return [name for name in self.waiting if self.needs[name] <= self.done]

    def settle(self) -> None:
        """Mark as done, again and again, what is ready and already up to date."""
        while unknown := [name for name in self.ready() if name not in self.outdated]:
            for name in unknown:
                (self.outdated if changed(self.stages[name]) else self.done).add(name)
            self.waiting = [name for name in self.waiting if name not in self.done]

    def start(self, name: str) -> None:
        """Hand the stage to DVC; what it prints goes to runs/logs/<stage>.log."""
        self.waiting.remove(name)
        anew = ["--force"] if name == "adapters" else []  # DVC's run cache would bring back the hashes of earlier code
        command = ["--wait-for-lock", "repro", "-s", *anew, name]
        process = processes.start(command, LOGS / f"{name}.log", self.device)
        self.running[name] = (process, time.monotonic())
        self.board.tell(f"started  {name}")

    def collect(self) -> None:
        """Note the stages that have ended, well or not."""
        for name, (process, began) in list(self.running.items()):
            if process.exitcode is None:
                continue
            del self.running[name]
            seconds = time.monotonic() - began
            self.ran += 1
            if process.exitcode == 0:
                self.done.add(name)
                self.expected.took(name, seconds)
                self.board.tell(f"finished {name} in {seconds:.0f} s")
            else:
                self.failed[name] = reason(LOGS / f"{name}.log")
                self.board.tell(f"FAILED   {name}: {self.failed[name]}")

    def left(self, now: float) -> tuple[int, int, float]:
        """(stages done, stages in all, seconds left) at a guess."""
        elapsed = {name: now - began for name, (_, began) in self.running.items()}
        return len(self.done), len(self.names), self.expected.left(self.waiting, elapsed, self.jobs)

    def stop(self) -> None:
        """End whatever still runs (an interrupted run): trainings go on from their checkpoints next time."""
        self.board.close()
        for process, _ in self.running.values():
            processes.stop(process)
        for process, _ in self.running.values():
            process.join()


def changed(stage: Stage) -> bool:
    """Whether DVC would run the stage: its command, dependencies, parameters or outputs differ from the lock's."""
    with stage.repo.lock:
        return bool(stage.changed())


def reason(log: Path) -> str:
    """The line that says why a stage failed, or where to read on."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("diffrep: error:", "ERROR:"))]
    return f"{told[0].removeprefix('diffrep: error: ')} ({log})" if told else f"see {log}"
