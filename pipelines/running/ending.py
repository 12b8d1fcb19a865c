"""How the process of a stage ends: told to, killed, by itself; and what is said of it."""

import os
import re
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from diffrep.pipelines.core.interrupts import ENDINGS
from diffrep.pipelines.running.child import early_end
from diffrep.pipelines.running.process import RECORDED
from diffrep.pipelines.running.waiting import holders

GRACE = 10.0  # seconds that a stage has to end after it was told to
EXCEPTION = re.compile(r"[\w.]*[A-Z]\w*(?:: .*)?")  # the line of a traceback that says what was raised
BOILERPLATE = re.compile(r"Running stage |> |ERROR: failed to reproduce ")  # lines of DVC's that say nothing of why
BUSY = re.compile(r"^ERROR: .* is busy, it is being blocked by:", re.MULTILINE)  # said before the stage has begun
OURS, WARNING = "diffrep: error: ", "diffrep: warning: "


def stop(processes: Iterable[BaseProcess]) -> None:
    """End processes and all that they have started: told to, and killed after GRACE seconds or at another Ctrl-C."""
    asked = list(processes)
    if not asked:
        return
    try:
        send(asked, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for process in asked:
            process.join(max(end - time.monotonic(), 0.0))
    except KeyboardInterrupt:
        pass  # killed now
    finally:
        uninterruptible()
        send(asked, signal.SIGKILL)
        for process in asked:
            process.join()


def uninterruptible() -> None:
    """Ignore from now on what would end the run: it is about to, and nothing may outlive it."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def send(processes: Iterable[BaseProcess], number: int) -> None:
    """Send a signal to the processes and to their sessions."""
    for process in processes:
        pid = process.pid
        if pid is None:  # it has not begun
            continue
        reaches = (os.kill, os.killpg) if process.exitcode is None else (os.killpg,)
        for reach in reaches:
            with suppress(ProcessLookupError):  # nothing is left, or it has not made its session yet
                reach(pid, number)


def wrong_end(code: int | None, log: Path) -> str:
    """Why a process with this exit code has not done its stage; empty where DVC has recorded the stage."""
    if code == 0 and RECORDED in log.read_text(errors="replace").splitlines():
        return ""
    if code is None or code > 0:
        return f"{failure(log) or early_end(code)} ({log})"
    return f"{early_end(code)}, see {log}"


def put_off_by(code: int | None, log: Path) -> str:
    """The processes that are at work with a stage's files, for which DVC has not begun it; empty where it has."""
    said = log.read_text(errors="replace") if code and log.exists() else ""
    refused = BUSY.search(said)
    return holders(said[refused.start() :]) if refused else ""


def failure(log: Path) -> str:
    """What the log says of why a stage failed: a line of ours, what was raised, or the last one; empty where it cannot.

    DVC's own word comes last: that a command has failed.
    """
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    ours = [line.removeprefix(OURS) for line in lines if line.startswith(OURS)]
    said = [line for line in lines if not BOILERPLATE.match(line)]
    dvcs = [line for line in lines if line.startswith("ERROR: ")]
    return next(iter(ours or raised(lines) or said[-1:] or dvcs), "")


def raised(lines: list[str]) -> list[str]:
    """What the last traceback among these lines ends with, as a list of one; an empty one where there is none."""
    begins = [i for i, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    return [line for line in lines[begins[-1] :] if EXCEPTION.fullmatch(line)][:1] if begins else []


def warnings_in(log: Path) -> list[str]:
    """What a stage that ended well warns of."""
    lines = log.read_text(errors="replace").splitlines()
    return [line.removeprefix(WARNING) for line in lines if line.startswith(WARNING)]
