"""What can go wrong with MLflow's store, told in one line: it costs a view of the results, and no result."""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from diffrep.pipelines.core.errors import NO_SPACE, NOT_WRITABLE, UserError, system_error
from diffrep.pipelines.core.progress import told_if_slow

VARIABLE = "MLFLOW_TRACKING_URI"
SILENT = "DIFFREP_NO_LIVE_CURVES"  # set: a training leaves its curves to `sync`
ANSWER_SECONDS = 3.0  # that a server may take to say that it is there
LOCK_SECONDS = 30.0  # that other processes of the tree may hold the store
LONGEST_REASON = 120  # letters
LOCK_POLL = 0.05  # seconds between two looks


class StoreError(UserError):
    """The store cannot be used: that costs a view of the results, and no result."""


class Limit:
    """So many seconds from now, for all that a store is asked; infinite where a person waits for it."""

    def __init__(self, seconds: float, root: Path = Path()) -> None:
        self.seconds, self.root, self.end = seconds, root, time.monotonic() + seconds

    def check(self) -> None:
        """Raise StoreError where they are over."""
        if time.monotonic() > self.end:
            raise StoreError(
                f"MLflow's store {name_of(self.root)} is slow: not all is written after {self.seconds:.0f} s; "
                "diffrep sync fills in the rest"
            )


@contextmanager
def store_errors(root: Path = Path()) -> Iterator[None]:
    """What the store raises inside the block as a StoreError that says what would do; a bug of ours stays one.

    A UserError says it already.
    """
    try:
        yield
    except StoreError:
        raise
    except UserError as error:
        raise StoreError(str(error)) from error
    except Exception as error:
        if not is_of_store(error):
            raise
        raise StoreError(f"MLflow's store {name_of(root)} cannot be used ({reason(error)}): {remedy(error)}") from error


def is_of_store(error: Exception) -> bool:
    """Whether an error is of MLflow, its database, its server, the system, or a driver that is not installed.

    They have no common kind. What requests raises is an OSError.
    """
    from alembic.util import CommandError
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    if isinstance(error, ModuleNotFoundError):
        return not (error.name or "").startswith("diffrep")
    return isinstance(error, (MlflowException, SQLAlchemyError, CommandError, OSError))


def name_of(root: Path) -> str:
    """The store as a person knows it, without a password."""
    uri = os.environ.get(VARIABLE)
    return f"{re.sub('//[^/@]*@', '//', uri)} ({VARIABLE})" if uri else str(root / "mlflow.db")


def reason(error: Exception) -> str:
    """How an error begins; its kind where it says nothing."""
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}..."


def remedy(error: Exception) -> str:
    """What would do."""
    if "database is locked" in str(error):
        return "another program writes to it; run diffrep sync later"
    if system_error(error) in (*NO_SPACE, *NOT_WRITABLE):
        return "mend that; then diffrep sync fills it"
    if os.environ.get(VARIABLE):
        return f"see that it is there, or unset {VARIABLE}; then diffrep sync fills it"
    return "delete it, it is only a view of the results; then diffrep sync fills it anew"


def expect_answer(uri: str) -> None:
    """Raise an OSError where a server does not say within ANSWER_SECONDS that it is there: MLflow itself tries longer.

    Any answer will do but that of one that fails: not every server lets everybody ask for its health.
    """
    import requests

    try:
        with requests.get(f"{uri.rstrip('/')}/health", timeout=ANSWER_SECONDS, stream=True) as answer:
            status = answer.status_code
    except requests.Timeout as error:
        raise TimeoutError(f"no answer within {ANSWER_SECONDS:.0f} s") from error
    if status >= 500:
        raise ConnectionError(f"it answers that it fails: {status}")


@contextmanager
def locked(root: Path, name: str = "mlflow") -> Iterator[None]:
    """Keep other processes of this tree from creating anything in the store until the block ends.

    name  of the lock: a process may hold several, but none twice
    """
    path = root / "runs" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        with told_if_slow(f"waiting for another process that holds {path}"):
            wait_for(file, path)
        yield


def wait_for(file: TextIO, path: Path) -> None:
    """Hold the lock of an open file; StoreError where others hold it for LOCK_SECONDS."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise StoreError(f"another process has held {path} for {LOCK_SECONDS:.0f} s: try later") from error
        time.sleep(LOCK_POLL)
