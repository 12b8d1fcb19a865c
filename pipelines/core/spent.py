"""What work takes: seconds on the clock, which other work on the machine stretches, and seconds of its processors."""

import resource
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """Seconds.

    wall  on the clock
    cpu   of all threads of this process, and of the processes that it started and that have ended
    """

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.wall - other.wall, self.cpu - other.cpu)


def so_far() -> Spent:
    """By now, from some moment on: two of these have a difference that means something."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(time.perf_counter(), time.process_time() + children.ru_utime + children.ru_stime)
