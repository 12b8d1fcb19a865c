"""When the work on a row was done: result files say how long it took, not when."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from diffrep.pipelines.core.paths import RESULTS
from diffrep.pipelines.tracking.numbers import seconds
from diffrep.reports.reading.load import ResultFile


def span(results: list[ResultFile], commits: Mapping[Path, float]) -> tuple[float, float]:
    """When the first of these stages began and the last ended, in seconds since 1970.

    commits  `committed` of the tree

    A result made here is as old as its file. In a clone, where all files are as old as the clone, it had been made
    when it was committed; of how its stages followed each other nothing is left but the sum of their times.
    """
    made = [result.path.stat().st_mtime for result in results]
    known = [min(when, commits.get(result.path, when)) for result, when in zip(results, made, strict=True)]
    if known != made:
        return max(known) - seconds(results), max(known)
    return min(when - seconds([result]) for result, when in zip(results, made, strict=True)), max(made)


def committed(root: Path) -> dict[Path, float]:
    """Result file -> when it was last committed, of those that are as git has them; none where there is no git."""
    history = git(root, "log", "--format=//%ct", "--name-only", "--relative", "--", str(RESULTS))
    changed = set(git(root, "diff", "--name-only", "--relative", "HEAD", "--", str(RESULTS)))
    found: dict[Path, float] = {}
    when = 0.0
    for line in history:  # the latest commit first
        if line.startswith("//"):
            when = float(line[2:])
        elif line and line not in changed:
            found.setdefault(root / line, when)
    return found


def git(root: Path, *words: str) -> list[str]:
    """The lines that git prints; none where it is not there or knows nothing of the folder."""
    command = ["git", "-c", "core.quotePath=false", *words]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return []
