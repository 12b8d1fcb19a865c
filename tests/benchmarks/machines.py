"""How far the numbers of a run move on a machine with another instruction set: writes reports/machines.

    python tests/benchmarks/machines.py RESULTS OTHERS [FILE]

RESULTS is results/ of a run, OTHERS the same of its cells, or some of them, run on another machine. A line of the file,
reports/machines/<data set>.csv by default, is one number of the summary tables of one cell on both; then a line per
metric is printed: the standard deviation between machines, root mean square over cells, and that over seeds.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import result_file
from diffrep.reports.reading.machines import KEYS, MACHINES, Pair, read_pairs
from diffrep.reports.rows.noise import rms

SUMMARY = [name for name, row in CATALOGUE.items() if row.summary]


def pairs(results: Path, others: Path) -> Iterator[Pair]:
    """The numbers of the summary in all cells that both trees have, files in order of their names."""
    for path in sorted(others.glob("*/*/*")):
        ours, theirs = (result_file(root / path.relative_to(others)) for root in (results, others))
        if ours.exists() and theirs.exists():
            first, second = read_json(ours), read_json(theirs)
            for name in SUMMARY:
                if "method" in first and first.get(name) is not None and second.get(name) is not None:
                    yield Pair(first["method"], first["seed"], name, first[name], second[name])


def machines(results: Path, others: Path) -> list[str]:
    """The instruction sets of both."""
    files = (root.glob("*/*/train/result.json") for root in (results, others))
    return ["/".join(sorted({read_json(path)["instruction_set"] for path in own})) for own in files]


def main(results: Path, others: Path, file: Path | None) -> None:
    """Write the file of each data set that both have, and print what is in it."""
    for folder in sorted(others.iterdir()):
        path = file or MACHINES / f"{folder.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([*KEYS, *machines(results / folder.name, folder)])
            found = list(pairs(results / folder.name, folder))
            writer.writerows((p.method, p.seed, p.metric, p.first, p.second) for p in found)
        for name in SUMMARY:
            own = [pair.sd for pair in read_pairs(path) if pair.metric == name]
            if own:
                print(f"{name:40} {rms(own):10.3g} between machines, {len(own)} cells")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
