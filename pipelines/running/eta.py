"""How long the stages will take: what their last result files say, corrected by how this machine does."""

import shlex
from pathlib import Path

from dvc.stage import Stage

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json

START = 1.0  # seconds that a stage's process and DVC take besides its work (fork.py)
UNKNOWN = 60.0  # seconds of a stage that never ran


class Expected:
    """Seconds of every stage, from the wall_seconds of its committed or earlier results."""

    def __init__(self, stages: dict[str, Stage], needs: dict[str, set[str]]) -> None:
        self.seconds = {name: START + recorded(stage.cmd) for name, stage in stages.items()}
        self.users: dict[str, set[str]] = {name: set() for name in stages}
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


def recorded(command: str) -> float:
    """The wall_seconds in the result files that a stage's command writes; UNKNOWN where there are none."""
    words = shlex.split(command)
    given = {word[2:]: words[i + 1] for i, word in enumerate(words) if word.startswith("--")}
    kind = words[1]
    folder = Path("results", given.get("dataset", ""), given.get("method", ""))
    if "seed" in given:
        files = [folder / kind / f"{given['seed']}.json"]
    elif "method" in given:
        files = list((folder / kind).rglob("*.json"))  # views lie below
    elif kind == "anchors":
        files = list((folder / kind).rglob("*.json"))
    elif kind in ("base", "autoencoder", "oracle"):
        files = [folder / f"{kind}.json"]
    else:
        return 0.0  # adapters, prepare, report: seconds
    known = [seconds for file in files if file.exists() and (seconds := seconds_in(file)) is not None]
    return sum(known) if known else UNKNOWN


def seconds_in(file: Path) -> float | None:
    """The wall_seconds of a result file; None where it is damaged: DVC sees that too, and runs its stage again."""
    try:
        content = read_json(file)
    except UserError:
        return None
    seconds = content.get("wall_seconds") if isinstance(content, dict) else None
    return seconds if isinstance(seconds, (int, float)) else None
