"""Tasks followed to their ends: by their receipts, and by the queue where they leave none."""

import time
from collections.abc import Iterable, Mapping

from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.queue import Queue, SilentError, TaskId
from diffrep.pipelines.running.cluster.receipts import Receipt
from diffrep.pipelines.running.cluster.recording import record
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.ending import failure, warnings_in
from diffrep.pipelines.running.logs import log_of
from diffrep.pipelines.running.plan import LAST, Plan

LOOK = 5.0  # seconds between two looks at receipts and queue
WAITING = "PENDING"  # SLURM's word, also of a task that it has queued again
LOST = receipts.LATE  # seconds for which a task may be in no queue before it is given up: its receipt may be late


class Followed:
    """The tasks that were handed over.

    open       {stage: its task} of those that have not ended
    live       {task: the queue's word for its state}, as it has last answered
    began      {stage: when its task began}, the last time that it did
    ran        how many have ended after they began
    failed     {stage: why}
    cancelled  {stage: for which one that it needs}
    late       {stage: what the tree does not show, or not yet, of what its receipt says}
    """

    def __init__(self, plan: Plan, queue: Queue, board: Board, tasks: Mapping[str, TaskId]) -> None:
        self.plan, self.queue, self.board = plan, queue, board
        self.open, self.expected = dict(tasks), plan.expected()
        self.live: dict[TaskId, str] = {}
        self.began: dict[str, float] = {}
        self.missed: dict[str, float] = {}
        self.failed: dict[str, str] = {}
        self.cancelled: dict[str, str] = {}
        self.late: dict[str, str] = {}
        self.ran, self.silent = 0, False

    def to_the_end(self, look: float = LOOK, lost: float = LOST) -> None:
        """Until every task has ended, or what it needs has failed."""
        try:
            while self.open:
                self.look(lost)
                if self.open:
                    time.sleep(look)
        finally:
            self.board.close()

    def look(self, lost: float) -> None:
        """Note what has begun and what has ended since the last look, and show it."""
        self.ask()  # before the receipts are read: a task that has left the queue has written its last one
        begun = {name: uid for name, (uid, _) in self.open.items() if not self.waits(name)}
        found = [receipt for name, uid in begun.items() if (receipt := receipts.read_of(name, [uid])) is not None]
        self.end([receipt for receipt in found if receipt.final])
        self.begin([receipt for receipt in found if receipt.stage in self.open])
        if not self.silent:
            self.miss(lost)
        self.show()

    def ask(self) -> None:
        """Have the queue say how the tasks are; told once, while it does not answer."""
        try:
            self.live = self.queue.states(sorted({uid for uid, _ in self.open.values()}))
            self.silent = False
        except SilentError as error:
            if not self.silent:
                self.board.tell(f"waiting  the queue does not answer: {error}")
            self.silent = True

    def waits(self, name: str) -> bool:
        """Whether a task is to begin, for the first time or anew."""
        return self.live.get(self.open[name]) == WAITING

    def show(self) -> None:
        """Which tasks run, how many stages are done, and how long the others may take; the report comes behind them."""
        now, total = time.time(), len(self.plan.names)
        running = {name: now - self.began[name] for name in self.open if name in self.began and not self.waits(name)}
        left = self.expected.left([n for n in self.open if n not in running], running, max(len(running), 1))
        undone = {*self.open, *self.failed, *self.cancelled, LAST} & {*self.plan.names}
        self.board.show(running, total - len(undone), total, left)

    def begin(self, found: Iterable[Receipt]) -> None:
        """Note the tasks that run."""
        for receipt in found:
            if self.began.get(receipt.stage) != receipt.began:
                self.board.tell(f"started  {receipt.stage} on {receipt.host}")
                self.began[receipt.stage] = receipt.began

    def end(self, found: Iterable[Receipt]) -> None:
        """Record those that have ended well, and note why the others have not."""
        ended = list(found)
        refused = record(self.plan.stages, [receipt for receipt in ended if receipt.well])
        for receipt in ended:
            name = receipt.stage
            if name not in self.open:  # cancelled for another one of these
                continue
            if name in refused and receipt.recent:
                self.wait(name, refused[name])
                continue
            if receipt.state == receipts.CANCELLED:
                self.drop(name, receipt.reason)
                continue
            self.ran += receipt.state != receipts.UNCHANGED
            wrong = receipt.reason or refused.get(name) or self.plan.otherwise_made(name)
            if wrong:
                self.fail(name, wrong)
            else:
                self.finish(receipt)

    def wait(self, name: str, reason: str) -> None:
        """Note that a stage is looked at again, since a shared disk may show late what it has made."""
        if name not in self.late:
            self.board.tell(f"waiting  {name}: {reason}, or is not shown yet")
        self.late[name] = reason

    def finish(self, receipt: Receipt) -> None:
        """Note that a stage is up to date."""
        name = receipt.stage
        del self.open[name]
        if receipt.state == receipts.UNCHANGED:
            self.board.tell(f"skipped  {name}: nothing that it reads has changed")
            return
        self.expected.took(name, receipt.seconds)
        self.board.tell(f"finished {name} in {receipt.seconds:.0f} s")
        for line in warnings_in(log_of(name)):
            self.board.tell(f"warning  {name}: {line}")

    def miss(self, lost: float) -> None:
        """Give up the tasks that have been in no queue for `lost` seconds and have left no word."""
        now = time.monotonic()
        gone = [name for name, task in self.open.items() if task not in self.live and name not in self.late]
        self.missed = {name: self.missed.get(name, now) for name in gone}
        for name, since in self.missed.items():
            if name in self.open and now - since >= lost:
                self.ran += name in self.began
                self.fail(name, self.last_word(name))

    def last_word(self, name: str) -> str:
        """Why a task has left the queue without a receipt, by the queue and by the stage's log."""
        said = self.queue.last_word(self.open[name]) or "SLURM has forgotten why"
        log = log_of(name)
        line = failure(log) if name in self.began and log.exists() else ""
        return f"its task has left the queue before its end ({said})" + (f": {line} ({log})" if line else "")

    def fail(self, name: str, reason: str) -> None:
        """Note that a stage has failed, and take from the queue what waits for it."""
        del self.open[name]
        self.failed[name] = reason
        self.board.tell(f"FAILED   {name}: {reason}")
        waiting = {user: self.open[user] for user in self.users(name)}
        self.withdraw(waiting.values())
        for user in waiting:
            self.drop(user, f"needs {name}, which has failed")

    def withdraw(self, tasks: Iterable[TaskId]) -> None:
        """Take tasks from the queue; where it does not answer they end by themselves, as soon as they begin."""
        try:
            self.queue.cancel(tasks)
        except SilentError as error:
            self.board.tell(f"waiting  the queue does not answer: {error}")

    def users(self, name: str) -> list[str]:
        """The stages with open tasks that need a stage, or need one that does."""
        found: set[str] = {name}
        for user in self.plan.names:  # each behind what it needs
            if user in self.open and self.plan.needs[user] & found:
                found.add(user)
        return [user for user in self.plan.names if user in found - {name}]

    def drop(self, name: str, reason: str) -> None:
        """Note that a stage is not run, for one that it needs."""
        del self.open[name]
        self.cancelled[name] = reason
        self.board.tell(f"dropped  {name}: {reason}")
