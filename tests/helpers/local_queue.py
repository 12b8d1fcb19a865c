"""A queue of this machine: submitit's local jobs, started as SLURM would start the tasks of arrays."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
from submitit import LocalExecutor

from diffrep.pipelines.running.cluster.jobs import Array
from diffrep.pipelines.running.cluster.queue import Place
from diffrep.pipelines.running.cluster.task import Resumed, Task


class LocalQueue:
    """At most `slots` tasks side by side, each behind what its array waits for.

    arrays   {uid: array}, in the order in which they came
    jobs     {task: its job}, of those that were started
    dropped  tasks that never start: cancelled, or what they wait for has failed
    """

    def __init__(self, slots: int = 2) -> None:
        self.slots = slots
        self.arrays: dict[str, Array] = {}
        self.jobs: dict[Place, Any] = {}
        self.dropped: set[Place] = set()

    def most(self) -> int:
        return 100

    def submit(self, array: Array) -> None:
        self.arrays[array.uid] = array

    def states(self, uids: Iterable[str]) -> dict[Place, str]:
        self.start_some()
        wanted = set(uids)
        words = {place: "RUNNING" for place in self.jobs if self.runs(place)}
        words |= {place: "PENDING" for place in self.waiting()}
        return {place: state for place, state in words.items() if place[0] in wanted}

    def last_word(self, place: Place) -> str:
        return "CANCELLED" if place in self.dropped else "FAILED"

    def cancel(self, places: Iterable[Place]) -> None:
        for place in places:
            self.dropped.add(place)
            if place in self.jobs:
                self.kill(place)

    def kill(self, place: Place) -> None:
        """As a node's end would: the task, and the stage with it."""
        process = psutil.Process(self.jobs[place]._process.pid)
        for each in [*process.children(recursive=True), process]:
            each.kill()

    def start_some(self) -> None:
        for place in self.waiting():
            if sum(map(self.runs, self.jobs)) >= self.slots:
                return
            if all(self.allows(place, uid, how) for uid, how in self.arrays[place[0]].after.items()):
                self.start(place)

    def start(self, place: Place) -> None:
        uid, index = place
        executor = LocalExecutor(folder=Path("runs", "logs", "cluster", "submitted", uid).absolute())
        executor.update_parameters(timeout_min=10, signal_delay_s=5)
        self.jobs[place] = executor.submit((Resumed if self.arrays[uid].resumes else Task)(uid, index))

    def waiting(self) -> list[Place]:
        every = [(uid, index) for uid, array in self.arrays.items() for index in range(len(array.jobs))]
        return [place for place in every if place not in self.jobs and place not in self.dropped]

    def runs(self, place: Place) -> bool:
        return self.jobs[place]._process.poll() is None

    def allows(self, place: Place, uid: str, how: str) -> bool:
        if uid not in self.arrays:
            return True
        others = [(uid, index) for index in range(len(self.arrays[uid].jobs))]
        if how == "afterany":
            return all(self.ended(other) for other in others)
        other = (uid, place[1])
        if self.ended(other) and not self.ended_well(other):
            self.dropped.add(place)
        return self.ended_well(other)

    def ended(self, place: Place) -> bool:
        return place in self.dropped or (place in self.jobs and not self.runs(place))

    def ended_well(self, place: Place) -> bool:
        return place in self.jobs and not self.runs(place) and self.jobs[place].exception() is None
