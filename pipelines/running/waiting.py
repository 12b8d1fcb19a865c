"""Waiting for what another process holds: said, with the process, so that nobody takes it for a hang."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dvc.lock import LockBase, LockError

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.progress import told_if_slow

HOLDER = re.compile(r"\(PID \d+\): .+")  # as DVC names a process that reads or writes files of a stage


class BusyError(UserError):
    """Another process is at work with files of a stage: it will end."""


@contextmanager
def held(lock: LockBase) -> Iterator[None]:
    """Hold one of DVC's locks inside the block."""
    with told_if_slow(f"waiting for another process that holds {lock.lockfile} (a dvc command in this folder)"):
        lock.lock()
    try:
        yield
    finally:
        lock.unlock()


@contextmanager
def busy_errors() -> Iterator[None]:
    """DVC's word inside the block that files are in use, as BusyError."""
    try:
        yield
    except LockError as error:
        raise BusyError(str(error)) from error


def holders(message: str) -> str:
    """The processes that DVC's word of files in use names, as `(PID 4711): dvc repro`; empty where it names none."""
    return ", ".join(HOLDER.findall(message))
