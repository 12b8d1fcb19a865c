"""How long the stages will take: what they cost the last time, corrected by how this machine does."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from statistics import fmean

from diffrep.pipelines.core.paths import Place, Whole
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.costs import cost_of

START = 0.4  # seconds that a stage's process and DVC take besides its work
TRUSTED = 60.0  # seconds that the record is taken to have been right for before anything has ended here
UNKNOWN_SECONDS = 60.0  # of a stage that never ran, and no other like it


class Expected:
    """Seconds of every stage: its last cost on record, at this machine's pace, else what those like it take.

    seconds  {stage: of its work, None where it never ran}
    needs    {stage: the stages that it waits for}
    """

    def __init__(self, seconds: dict[str, float | None], needs: dict[str, set[str]]) -> None:
        self.on_record = {name: START + value for name, value in seconds.items() if value is not None}
        self.ended: dict[str, float] = {}
        self.seconds = self.of(list(seconds), {})
        self.users: dict[str, set[str]] = {name: set() for name in seconds}
        for name, needed in needs.items():
            for other in needed:
                self.users[other].add(name)
        self.paths: dict[str, float] = {}

    def path(self, name: str) -> float:
        """Seconds from the start of `name` to the end of the longest chain that waits for it."""
        if name not in self.paths:
            self.paths[name] = self.seconds[name] + max((self.path(user) for user in self.users[name]), default=0.0)
        return self.paths[name]

    def took(self, name: str, seconds: float) -> None:
        """Learn from a stage that has ended."""
        self.ended[name] = seconds

    def pace(self) -> float:
        """Seconds here for each on record, of the stages that have ended; those that take a moment tell nothing.

        A few seconds tell little: the first stages of a run wait for libraries to be read from disk.
        """
        told = [name for name in self.ended if self.on_record.get(name, 0.0) > START]
        ended, on_record = (sum(seconds[name] for name in told) for seconds in (self.ended, self.on_record))
        return (TRUSTED + ended) / (TRUSTED + on_record)

    def of(self, names: list[str], elapsed: Mapping[str, float]) -> dict[str, float]:
        """The seconds of `names`, by all that is known by now; elapsed: seconds spent on each running stage.

        One that never ran and is late is taken to be half done, and those like it to take as long.
        """
        pace = self.pace()
        known = {name: pace * seconds for name, seconds in self.on_record.items()} | self.ended
        guessed = like([name for name in elapsed if name not in known], known)
        late = {name: 2 * elapsed[name] for name, seconds in guessed.items() if elapsed[name] > seconds}
        return like(names, known | late)

    def left(self, waiting: list[str], elapsed: dict[str, float], jobs: int) -> float:
        """Seconds until all is done, with `elapsed` seconds spent on each running stage."""
        seconds = self.of([*waiting, *elapsed], elapsed)
        running = sum(max(seconds[name] - spent, 0.0) for name, spent in elapsed.items())
        return (sum(seconds[name] for name in waiting) + running) / jobs


def like(names: Collection[str], known: Mapping[str, float]) -> dict[str, float]:
    """The seconds of `names`: what is known of them, else the mean of the closest kind of which something is known."""
    usual = means(known)
    return {
        name: known.get(name, next((usual[kind] for kind in kinds(name) if kind in usual), UNKNOWN_SECONDS))
        for name in names
    }


def kinds(name: str) -> tuple[str, str]:
    """What stages share with `name`, the closest first: the cell but for its seed, the stage."""
    return name.rpartition("-")[0] or name, name.partition("@")[0]


def means(seconds: Mapping[str, float]) -> dict[str, float]:
    """The mean over the stages of each kind."""
    alike = defaultdict(list)
    for name, value in seconds.items():
        for kind in set(kinds(name)):
            alike[kind].append(value)
    return {kind: fmean(values) for kind, values in alike.items()}


def recorded(stage: Stage, place: Place) -> float | None:
    """Seconds of a stage's work by the cost files beside its results; None where there are none.

    What has no results of its own, and what is there once for the whole, takes a moment.
    """
    if isinstance(place, Whole) or not stage.results(place):
        return 0.0
    known = cost_of(stage, place)
    return None if known is None else known.seconds
