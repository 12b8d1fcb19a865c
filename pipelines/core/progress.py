"""Progress that a person can read: a live bar in a terminal, a line now and then elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

QUIET_SECONDS = 30.0  # between two lines where there is no terminal
PATIENCE_SECONDS = 2.0  # before it is said that something is waited for


class Meter:
    """How far a piece of work is; `advance` may be called as often as you like.

    shown  False where another process shows the same work
    """

    def __init__(self, title: str, total: int, done: int = 0, shown: bool = True) -> None:
        self.title, self.total, self.done, self.first, self.shown = title, total, done, done, shown
        self.start = self.told = time.monotonic()
        self.bar: Progress | None = None
        if shown and Console().is_interactive:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, TextColumn("{task.fields[status]}"), transient=True)
            self.task = self.bar.add_task(title, total=total, completed=done, status="")
            self.bar.start()

    def advance(self, amount: int = 1, status: str = "") -> None:
        """Count `amount` more of the total; `status` is shown beside it."""
        self.done += amount
        if self.bar is not None:
            self.bar.update(self.task, completed=self.done, status=status)
        elif self.shown and time.monotonic() - self.told > QUIET_SECONDS:
            self.told = time.monotonic()
            left = (self.told - self.start) * (self.total - self.done) / max(self.done - self.first, 1)
            print(f"{self.title}: {self.done}/{self.total}, {left:.0f} s left {status}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def told_if_slow(line: str) -> Iterator[None]:
    """Print `line` to the error stream when the block has taken PATIENCE_SECONDS and goes on."""
    timer = threading.Timer(PATIENCE_SECONDS, print, (line,), {"file": sys.stderr, "flush": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def meter(title: str, total: int) -> Iterator[Meter]:
    """A meter that goes when the block ends."""
    shown = Meter(title, total)
    try:
        yield shown
    finally:
        shown.close()
