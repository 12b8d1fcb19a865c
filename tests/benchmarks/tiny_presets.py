"""Every preset at its smallest, through all stages: what a maintainer runs before a release.

    PYTHONPATH=tests/links:tests/helpers/runs python tests/benchmarks/tiny_presets.py [PRESET ...]

Without names all presets, one after the other, each in a workspace of its own in a temporary folder: some two minutes
each on one quiet core. A line is printed as a preset ends. What is there afterwards is held against what should be: a
result of every stage of every row, a page of its data set, and a second run that has nothing to do. Ends with a table,
with the end of the log of each that failed, and with exit code 1 where one did or took more than two minutes, which
other work on the machine stretches.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from smoke_runs import CELL_STAGES, ROOT, diffrep

from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Shared
from diffrep.pipelines.presets.published import published

LONGEST = 120.0  # seconds
SHARED = ("prepare", "base", "autoencoder", "oracle")
TAIL = 30  # lines of a log


class Run(NamedTuple):
    """How a preset went: `wrong` is what is wrong with it in words, `log` what it printed."""

    name: str
    seconds: float
    wrong: str
    log: str

    @property
    def told(self) -> str:
        """A line of the table."""
        return f"{self.name:<28}{self.seconds:>6.0f} s  {self.wrong or 'well'}"


def run(name: str, folder: Path) -> Run:
    """A preset at its smallest from an empty folder to its report."""
    start = time.monotonic()
    wrong, log = first_fault(name, folder)
    seconds = time.monotonic() - start
    return Run(name, seconds, wrong or ("too slow" if seconds > LONGEST else ""), log)


def first_fault(name: str, folder: Path) -> tuple[str, str]:
    """What is wrong first, empty if nothing is, and what was printed by then."""
    made = diffrep(ROOT, "workspace", "--preset", name, "--tiny", str(folder))
    if made.returncode:
        return "no workspace", made.stderr
    done = diffrep(folder, "repro", "--jobs", "1")
    log = done.stdout + done.stderr
    if done.returncode:
        return f"exit code {done.returncode}", log
    if lacking := missing(folder):
        return f"no {lacking[0]}", log
    again = diffrep(folder, "repro", "--jobs", "1")
    return "" if "nothing to do" in again.stdout else "its second run runs again", again.stdout + again.stderr


def missing(folder: Path) -> list[Path]:
    """The files that a whole run would have made and this one has not."""
    params = load(folder)
    (dataset,) = params.grid.dataset
    cells = [Cell(dataset, row, 0) for row in params.grid.method]
    places = [cell.results(stage) for cell in cells for stage in CELL_STAGES]
    places += [Shared(dataset).results(stage) for stage in SHARED]
    files = [*(place / "result.json" for place in places), Path("reports", "datasets", f"{dataset}.html")]
    return [file for file in files if not (folder / file).exists()]


def main() -> None:
    """Run them, and print the table."""
    runs = []
    for name in sys.argv[1:] or [*published()]:
        with tempfile.TemporaryDirectory() as folder:
            runs.append(run(name, Path(folder) / "space"))
        print(runs[-1].told, flush=True)
    print("", *(each.told for each in runs), sep="\n")
    for each in runs:
        if each.wrong:
            print("", each.name, *each.log.splitlines()[-TAIL:], sep="\n")
    sys.exit(1 if any(each.wrong for each in runs) else 0)


if __name__ == "__main__":
    main()
