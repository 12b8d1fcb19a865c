"""Pieces of images made by several processes, given in their order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from joblib.externals import loky

AHEAD = 2  # pieces that each process may be ahead of what is taken
IDLE = 10  # seconds after which a process without work ends, also where this one was killed

made: dict[str, Any] = {}  # in a process of the pool: what makes the pieces


def begin(make: Callable[[int, int], Any]) -> None:
    """Keep what makes pieces, sent once to each process."""
    made["make"] = make


def piece(start: int, stop: int) -> Any:
    """One piece, in a process of the pool."""
    return made["make"](start, stop)


def in_order(make: Callable[[int, int], Any], spans: list[tuple[int, int]], processes: int) -> Iterator[Any]:
    """`make(start, stop)` of each span, in their order; by several processes no more pieces than `AHEAD` wait for each.

    ValueError where a process was killed.
    """
    if processes == 1 or len(spans) == 1:
        yield from (make(*span) for span in spans)
        return
    count = min(processes, len(spans))
    with loky.ProcessPoolExecutor(count, timeout=IDLE, initializer=begin, initargs=(make,)) as pool:
        left, waiting = iter(spans), deque[Future]()
        try:
            waiting.extend(pool.submit(piece, *span) for span in islice(left, AHEAD * count))
            while waiting:
                found = waiting.popleft().result()
                waiting.extend(pool.submit(piece, *span) for span in islice(left, 1))
                yield found
        except BrokenProcessPool as error:
            line = "a process that makes images was killed, perhaps for want of memory"
            raise ValueError(f"{line}: run the same command again, what is done is kept") from error
        finally:
            pool.shutdown(wait=False, kill_workers=True)
