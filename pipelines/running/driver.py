"""Who drives the pipeline of this folder: plain runs, any number beside each other, or a cluster's driver, alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diffrep.pipelines.core.errors import UserError

DRIVER = Path("runs", "driver.lock")


@contextmanager
def plain_driver() -> Iterator[None]:
    """Hold the folder inside the block, with other plain runs; UserError where a cluster's driver has it."""
    with holding(fcntl.LOCK_SH, "a diffrep repro --engine slurm"):
        yield


@contextmanager
def only_driver() -> Iterator[None]:
    """Hold the folder alone inside the block; UserError where any other diffrep repro is at work in it."""
    with holding(fcntl.LOCK_EX, "another diffrep repro"):
        yield


@contextmanager
def holding(how: int, others: str) -> Iterator[None]:
    """Lock the file `how` flock has it; UserError that names the `others` that it is refused for."""
    DRIVER.parent.mkdir(exist_ok=True)
    with DRIVER.open("a+") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"{others} is at work in this folder ({DRIVER}): let it go on, or end it first") from error
        yield
