"""Tasks followed to their ends: by their receipts, and by the queue where they leave none."""

import time
from collections.abc import Iterable, Mapping

from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.folders import log_of
from diffrep.pipelines.running.cluster.queue import Place, Queue, SilentError
from diffrep.pipelines.running.cluster.receipts import Receipt
from diffrep.pipelines.running.cluster.recording import record
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.ending import failure, warnings_in
from diffrep.pipelines.running.plan import Plan

LOOK = 5.0  # seconds between two looks at receipts and queue
WAITING = "PENDING"  # SLURM's word; also of a task that it has queued again, whose receipt is of the first time
LOST = 90.0  # seconds for which a task may be in no queue before it is given up: a shared disk shows files late


class Followed:
    """The tasks that were handed over.

    open       {stage: its task} of those that have not ended
    running    {stage: when it began}
    ran        how many have ended after they began
    failed     {stage: why}
    cancelled  {stage: for which one that it needs}
    """

    def __init__(self, plan: Plan, queue: Queue, board: Board, tasks: Mapping[str, Place]) -> None:
        self.plan, self.queue, self.board = plan, queue, board
        self.open, self.expected = dict(tasks), plan.expected()
        self.running: dict[str, float] = {}
        self.missed: dict[str, float] = {}
        self.failed: dict[str, str] = {}
        self.cancelled: dict[str, str] = {}
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
        live = self.states()
        found = {name: receipts.read(name) for name in self.open}
        waiting = [name for name, place in self.open.items() if live is not None and live.get(place) == WAITING]
        told = [receipt for name, receipt in found.items() if receipt is not None and name not in waiting]
        self.begin([receipt for receipt in told if not receipt.final])
        self.end([receipt for receipt in found.values() if receipt is not None and receipt.final])
        if live is not None:
            self.miss([name for name, place in self.open.items() if place not in live], lost)
            self.running = {n: t for n, t in self.running.items() if n in self.open and n not in waiting}
        now = time.time()
        elapsed = {name: now - began for name, began in self.running.items()}
        left_out = [name for name in self.open if name not in elapsed]
        total = len(self.plan.names)
        left = self.expected.left(left_out, elapsed, max(len(elapsed), 1))
        self.board.show(elapsed, total - len({*self.open, *self.failed, *self.cancelled}), total, left)

    def states(self) -> dict[Place, str] | None:
        """Those of the queue; None, told once, while it does not answer."""
        try:
            live = self.queue.states(sorted({uid for uid, _ in self.open.values()}))
        except SilentError as error:
            if not self.silent:
                self.board.tell(f"waiting  the queue does not answer: {error}")
            self.silent = True
            return None
        self.silent = False
        return live

    def begin(self, found: Iterable[Receipt]) -> None:
        """Note the tasks that run."""
        for receipt in found:
            if receipt.stage not in self.running or self.running[receipt.stage] != receipt.began:
                self.board.tell(f"started  {receipt.stage} on {receipt.host}")
                self.running[receipt.stage] = receipt.began

    def end(self, found: Iterable[Receipt]) -> None:
        """Record those that have ended well, and note why the others have not."""
        ended = list(found)
        refused = record(self.plan.stages, [receipt for receipt in ended if receipt.well])
        for receipt in ended:
            name = receipt.stage
            if name not in self.open:  # cancelled for another one of these
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

    def finish(self, receipt: Receipt) -> None:
        """Note that a stage is up to date."""
        name = receipt.stage
        self.close(name)
        if receipt.state == receipts.UNCHANGED:
            self.board.tell(f"skipped  {name}: nothing that it reads has changed")
            return
        self.expected.took(name, receipt.seconds)
        self.board.tell(f"finished {name} in {receipt.seconds:.0f} s")
        for line in warnings_in(log_of(name)):
            self.board.tell(f"warning  {name}: {line}")

    def miss(self, names: Iterable[str], lost: float) -> None:
        """Give up the tasks that have been in no queue for `lost` seconds and have left no word."""
        now, gone = time.monotonic(), list(names)
        self.missed = {name: self.missed.get(name, now) for name in gone}
        for name, since in self.missed.items():
            if name in self.open and now - since >= lost:
                self.ran += name in self.running
                self.fail(name, self.last_word(name))

    def last_word(self, name: str) -> str:
        """Why a task has left the queue without a receipt, by the queue and by the stage's log."""
        said = self.queue.last_word(self.open[name]) or "SLURM has forgotten why"
        log = log_of(name)
        line = failure(log) if name in self.running and log.exists() else ""
        return f"its task has left the queue before its end ({said})" + (f": {line} ({log})" if line else "")

    def fail(self, name: str, reason: str) -> None:
        """Note that a stage has failed, and take from the queue what waits for it."""
        self.close(name)
        self.failed[name] = reason
        self.board.tell(f"FAILED   {name}: {reason}")
        waiting = {user: self.open[user] for user in self.users(name)}
        self.withdraw(waiting.values())
        for user in waiting:
            self.drop(user, f"needs {name}, which has failed")

    def withdraw(self, places: Iterable[Place]) -> None:
        """Take tasks from the queue; where it does not answer they end by themselves, as soon as they begin."""
        try:
            self.queue.cancel(places)
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
        self.close(name)
        self.cancelled[name] = reason
        self.board.tell(f"dropped  {name}: {reason}")

    def close(self, name: str) -> None:
        """A task has ended."""
        del self.open[name]
        self.running.pop(name, None)
