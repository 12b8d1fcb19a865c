"""Pieces of images made by several processes, given in their order."""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from threading import Thread
from typing import Any

from joblib.externals import loky

AHEAD = 2  # pieces that each process may be ahead of what is taken
SILENT = "ignore:resource_tracker:UserWarning"  # who cleans up behind a killed process need not say what was left
LOOK = 0.5  # seconds between two looks at whether the process that gives work is still there


class KilledError(ValueError):
    """A process that made images is no more; those that were made before are good."""


made: dict[str, Any] = {}  # in a process of the pool: what makes the pieces


def begin(make: Callable[[int, int], Any], giver: int) -> None:
    """Keep what makes pieces, sent once to each process, and end with the process that gives work."""
    made["make"] = make
    Thread(target=end_with, args=(giver,), daemon=True).start()


def end_with(giver: int) -> None:
    """Wait until a process, whose child this one is, is no more, be it killed, and end this one."""
    while os.getppid() == giver:
        time.sleep(LOOK)
    os._exit(1)


def piece(start: int, stop: int) -> Any:
    """One piece, in a process of the pool."""
    return made["make"](start, stop)


def in_order(make: Callable[[int, int], Any], spans: list[tuple[int, int]], processes: int) -> Iterator[Any]:
    """`make(start, stop)` of each span, in their order; by several processes no more pieces than `AHEAD` wait for each.

    KilledError where a process was killed.
    """
    if processes == 1 or len(spans) == 1:
        yield from (make(*span) for span in spans)
        return
    if SILENT not in sys.warnoptions:
        sys.warnoptions.append(SILENT)  # of the processes that a pool starts
    count = min(processes, len(spans))
    with loky.ProcessPoolExecutor(count, initializer=begin, initargs=(make, os.getpid())) as pool:
        left, waiting = iter(spans), deque[Future]()
        try:
            waiting.extend(pool.submit(piece, *span) for span in islice(left, AHEAD * count))
            while waiting:
                found = waiting.popleft().result()
                waiting.extend(pool.submit(piece, *span) for span in islice(left, 1))
                yield found
        except BrokenProcessPool as error:
            line = "a process that makes images was killed, perhaps for want of memory"
            raise KilledError(f"{line}: run the same command again, what is done is kept") from error
        finally:
            pool.shutdown(wait=False, kill_workers=True)
