"""A queue of this machine: submitit's local jobs, started as SLURM would start the tasks of arrays."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
from forked_jobs import ForkingExecutor
from submitit import LocalExecutor

from diffrep.pipelines.running.cluster.jobs import Array
from diffrep.pipelines.running.cluster.queue import TaskId
from diffrep.pipelines.running.cluster.task import Resumed, Task


class LocalQueue:
    """At most `slots` tasks side by side, each behind what its array waits for.

    arrays   {uid: array}, in the order in which they came
    executor who starts them: submitit's own takes seconds for each
    jobs     {task: its job}, of those that were started
    dropped  tasks that never start: cancelled, or what they wait for has failed
    """

    def __init__(self, slots: int = 2, executor: type[LocalExecutor] = ForkingExecutor) -> None:
        self.slots, self.executor = slots, executor
        self.arrays: dict[str, Array] = {}
        self.jobs: dict[TaskId, Any] = {}
        self.dropped: set[TaskId] = set()

    def most(self) -> int:
        return 100

    def submit(self, array: Array) -> None:
        self.arrays[array.uid] = array

    def states(self, uids: Iterable[str]) -> dict[TaskId, str]:
        self.start_some()
        wanted = set(uids)
        words = {task: "RUNNING" for task in self.jobs if self.runs(task)}
        words |= {task: "PENDING" for task in self.waiting()}
        return {task: state for task, state in words.items() if task[0] in wanted}

    def last_word(self, task: TaskId) -> str:
        return "CANCELLED" if task in self.dropped else "FAILED"

    def cancel(self, tasks: Iterable[TaskId]) -> None:
        for task in tasks:
            self.dropped.add(task)
            if task in self.jobs:
                self.kill(task)

    def kill(self, task: TaskId) -> None:
        """As a node's end would: the task, and the stage with it."""
        process = psutil.Process(self.jobs[task]._process.pid)
        for each in [*process.children(recursive=True), process]:
            each.kill()

    def start_some(self) -> None:
        for task in self.waiting():
            if sum(map(self.runs, self.jobs)) >= self.slots:
                return
            if all(self.allows(task, uid, how) for uid, how in self.arrays[task[0]].after.items()):
                self.start(task)

    def start(self, task: TaskId) -> None:
        uid, index = task
        executor = self.executor(folder=Path("runs", "logs", "cluster", "submitted", uid).absolute())
        self.jobs[task] = executor.submit((Resumed if self.arrays[uid].resumes else Task)(uid, index))

    def waiting(self) -> list[TaskId]:
        every = [(uid, index) for uid, array in self.arrays.items() for index in range(len(array.jobs))]
        return [task for task in every if task not in self.jobs and task not in self.dropped]

    def runs(self, task: TaskId) -> bool:
        return self.jobs[task]._process.poll() is None

    def allows(self, task: TaskId, uid: str, how: str) -> bool:
        if uid not in self.arrays:
            return True
        others = [(uid, index) for index in range(len(self.arrays[uid].jobs))]
        if how == "afterany":
            return all(self.ended(other) for other in others)
        other = (uid, task[1])
        if self.ended(other) and not self.ended_well(other):
            self.dropped.add(task)
        return self.ended_well(other)

    def ended(self, task: TaskId) -> bool:
        return task in self.dropped or (task in self.jobs and not self.runs(task))

    def ended_well(self, task: TaskId) -> bool:
        return task in self.jobs and not self.runs(task) and self.jobs[task].exception() is None
