"""What `diffrep repro` costs before its first stage starts, and what each stage costs beside its work, as grids grow.

Run with `PYTHONPATH=tests/helpers/runs python tests/benchmarks/planning.py [largest number of stages]`; times are
processor seconds. Stages of cells are declared with their places, so that the hashes of their params and the reading of
their results count. The grid of 2,000 stages takes some minutes to make.
"""

import contextlib
import importlib
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import dvc.cli
import dvc.dvcfile
import many_stages
import yaml

from diffrep.pipelines.running import plan
from diffrep.pipelines.running.eta import START
from diffrep.pipelines.running.lockfile import LockByEntry
from diffrep.pipelines.running.parsing import parsed_once
from diffrep.pipelines.running.process import DVC

GRIDS = ((1, 1, 3), (2, 3, 3), (2, 13, 3), (2, 11, 15))  # datasets, methods, seeds


def planning() -> tuple[int, float]:
    """The number of stages, and the seconds in which each is found up to date, its result too, and its time is told."""
    content = yaml.safe_load(Path("params.yaml").read_text())
    start = time.process_time()
    with parsed_once(), mock.patch.object(plan, "declared", many_stages.declared):
        made = plan.Plan(content)
        outdated = [name for name in made.names if made.reason(name)]
        expected = made.expected()
    seconds = time.process_time() - start
    assert not outdated, outdated
    known = many_stages.SECONDS + START
    assert all(expected.seconds[name] == known for name in made.declared)
    return len(made.names), seconds


def one_stage() -> float:
    """Seconds of `dvc repro -s` on a stage whose command does nothing, in a fork as the fork server makes it."""
    for name in DVC:
        importlib.import_module(name)
    reading, writing = os.pipe()
    if os.fork() == 0:
        dvc.dvcfile.Lockfile = LockByEntry
        start = time.process_time()
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            code = dvc.cli.main(["repro", "-q", "-f", "-s", "probe@data0-method0-0"])
        os.write(writing, f"{code} {time.process_time() - start}".encode())
        os._exit(0)
    os.wait()
    code, seconds = os.read(reading, 100).split()
    assert code == b"0"
    return float(seconds)


def main(largest: int) -> None:
    """Print a line for every grid of at most `largest` stages."""
    home = Path.cwd()
    for datasets, methods, seeds in GRIDS:
        if 6 * datasets * methods * seeds > largest:
            break
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            many_stages.make(datasets, methods, seeds).close()
            with multiprocessing.get_context("spawn").Pool(1) as fresh:  # DVC's memory of what it has made is not there
                stages, seconds = fresh.apply(planning)
                beside = fresh.apply(one_stage)
            print(f"{stages:>5} stages: planned in {seconds:.1f} s, {1000 * seconds / stages:.0f} ms each; ", end="")
            print(f"{beside:.2f} s beside a stage's work", flush=True)
            os.chdir(home)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
