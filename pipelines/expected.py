"""How long the stages will take: what their last result files say, corrected by how this machine does."""

import json
import shlex
from pathlib import Path

from dvc.stage import Stage

START = 8.0  # seconds that a stage's process and DVC take besides its work
UNKNOWN = 60.0  # seconds of a stage that never ran


class Expected:
    """Seconds of every stage, from the wall_seconds of its committed or earlier results."""

    def __init__(self, stages: dict[str, Stage], needs: dict[str, set[str]]) -> None:
        self.seconds = {name: START + recorded(stage) for name, stage in stages.items()}
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


def recorded(stage: Stage) -> float:
    """The wall_seconds in the result files that the stage's command writes; UNKNOWN where there are none."""
    words = shlex.split(stage.cmd)
    given = {word[2:]: words[i + 1] for i, word in enumerate(words) if word.startswith("--")}
    kind = words[1]
    folder = Path("results", given.get("dataset", ""), given.get("method", ""))
    if "seed" in given:
        files = [folder / kind / f"{given['seed']}.json"]
    elif "method" in given:
        files = list((folder / kind).glob("*.json"))
    elif kind == "anchors":
        files = list((folder / kind).rglob("*.json"))
    elif kind in ("base", "oracle"):
        files = [folder / f"{kind}.json"]
    else:
        return 0.0  # adapters, prepare, report: seconds
    known = [json.loads(file.read_text()).get("wall_seconds", 0.0) for file in files if file.exists()]
    return sum(known) if known else UNKNOWN
