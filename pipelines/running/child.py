"""A command in a process of its own, so that its starter knows whether it came to its end.

An adapter may end its process with os._exit(0), of which DVC and a shell would make a success. The child says on a pipe
that it has come to its end, well or not; no os._exit gets there. It is a fork, made before anything heavy is loaded.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from diffrep.pipelines.core.interrupts import ENDINGS


def in_a_child(command: Callable[[], None]) -> None:
    """Do `command` in a child, and end as that ends; with one line where it did not come to its end.

    Signals that end a run are passed on; where this process is killed, so is the child.
    """
    word, saying = os.pipe()
    starter, living = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(living)
        end_with(starter, lambda: os.kill(os.getpid(), signal.SIGKILL))
        try:
            command()
        finally:
            os.write(saying, b".")
        return
    pass_on(child)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if has_said(word) and (code >= 0 or -code in ENDINGS):  # an interpreter that winds up hears a signal no more
        sys.exit(code if code >= 0 else 1)
    sys.exit(f"diffrep: error: {early_end(code)}")


def has_said(word: int) -> bool:
    """Whether anything was written to the pipe; something that the child has started may still hold its other end."""
    os.set_blocking(word, False)
    with suppress(BlockingIOError):
        return bool(os.read(word, 1))
    return False


def pass_on(child: int) -> None:
    """Have the child told what this process is told, but for what its own starter ignores."""

    def tell(number: int, _: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, tell)


def end_with(starter: int, end: Callable[[], None]) -> None:
    """Have `end` called as soon as the starter is gone, however it went: its end of the pipe `starter` closes."""

    def watch() -> None:
        os.read(starter, 1)
        end()

    threading.Thread(target=watch, daemon=True).start()


def early_end(code: int | None) -> str:
    """How a process ended that did not come to its end; code as Python has it, below 0 for a signal."""
    if code == 0:
        return "its process ended before its work was done (os._exit in an adapter?)"
    if code is None or code > 0:
        return f"its process ended with exit code {code}"
    names = [known.name for known in signal.Signals if known == -code]  # the real-time ones have none
    told = ", ".join([*names, "out of memory?"] if code == -signal.SIGKILL else names)
    return f"killed by signal {-code}{told and f' ({told})'}"
