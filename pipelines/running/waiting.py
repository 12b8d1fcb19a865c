"""Waiting for what another process holds: said after two seconds, so that nobody takes it for a hang."""

from collections.abc import Iterator
from contextlib import contextmanager

from dvc.lock import LockBase

from diffrep.pipelines.core.progress import told_if_slow


@contextmanager
def held(lock: LockBase) -> Iterator[None]:
    """Hold one of DVC's locks inside the block."""
    with told_if_slow(f"waiting for another process that holds {lock.lockfile} (a dvc command in this folder)"):
        lock.lock()
    try:
        yield
    finally:
        lock.unlock()
