"""What the driver asks of a queue; SLURM's is slurm.py, that of tests runs submitit's local jobs."""

from collections.abc import Iterable
from typing import Protocol

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster.jobs import Array

TaskId = tuple[str, int]  # uid of an array, index of a task


class SilentError(UserError):
    """The queue does not answer: it may a minute later."""


class Queue(Protocol):
    """Takes arrays, and says how their tasks are."""

    def most(self) -> int:
        """How many tasks an array may have."""

    def submit(self, array: Array) -> None:
        """Take an array; UserError where it is refused."""

    def states(self, uids: Iterable[str]) -> dict[TaskId, str]:
        """{task: the queue's word for its state}, of all that wait or run; SilentError where it does not answer."""

    def last_word(self, task: TaskId) -> str:
        """How a task ended that has left the queue; empty where it is not known."""

    def cancel(self, tasks: Iterable[TaskId]) -> None:
        """Take tasks from the queue, running or not."""
