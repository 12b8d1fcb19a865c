"""How long the stages will take: what they cost the last time, corrected by how this machine does."""

from pathlib import Path

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Place, Whole, cost_file
from diffrep.pipelines.core.stage import Stage

START = 0.4  # seconds that a stage's process and DVC take besides its work
UNKNOWN_SECONDS = 60.0  # seconds of a stage that never ran


class Expected:
    """Seconds of every stage, from its last cost on record.

    seconds  {stage: of its work}
    needs    {stage: the stages that it waits for}
    """

    def __init__(self, seconds: dict[str, float], needs: dict[str, set[str]]) -> None:
        self.seconds = {name: START + value for name, value in seconds.items()}
        self.users: dict[str, set[str]] = {name: set() for name in seconds}
        for name, needed in needs.items():
            for other in needed:
                self.users[other].add(name)
        self.paths: dict[str, float] = {}
        self.guessed = self.measured = 0.0

    def path(self, name: str) -> float:
        """Seconds from the start of `name` to the end of the longest chain that waits for it."""
        if name not in self.paths:
            self.paths[name] = self.seconds[name] + max((self.path(user) for user in self.users[name]), default=0.0)
        return self.paths[name]

    def took(self, name: str, seconds: float) -> None:
        """Learn from a stage that has ended."""
        self.guessed += self.seconds[name]
        self.measured += seconds

    def left(self, waiting: list[str], elapsed: dict[str, float], jobs: int) -> float:
        """Seconds until all is done, with `elapsed` seconds spent on each running stage."""
        pace = self.measured / self.guessed if self.guessed else 1.0
        running = sum(max(pace * self.seconds[name] - spent, 0.0) for name, spent in elapsed.items())
        return (pace * sum(self.seconds[name] for name in waiting) + running) / jobs


def recorded(stage: Stage, place: Place) -> float:
    """Seconds of a stage's work by the cost files beside its results; UNKNOWN_SECONDS where there are none.

    What has no results of its own, and what is there once for the whole, takes a moment.
    """
    folders = [] if isinstance(place, Whole) else stage.results(place)
    if not folders:
        return 0.0
    files = [file for folder in folders for file in folder.rglob(cost_file(folder).name)]
    known = [seconds for file in files if (seconds := seconds_in(file)) is not None]
    return sum(known) if known else UNKNOWN_SECONDS


def seconds_in(file: Path) -> float | None:
    """The wall_seconds of a cost file; None where it is damaged: DVC sees that too, and runs its stage again."""
    try:
        content = read_json(file)
    except UserError:
        return None
    seconds = content.get("wall_seconds")
    return seconds if isinstance(seconds, (int, float)) else None
