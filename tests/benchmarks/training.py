"""How much of a bare PyTorch loop's speed the suite's trainer keeps, for every method of params.yaml that is trained.

Run with `python tests/benchmarks/training.py [ROW ...]` at the top of the repository; processor seconds of one thread,
so that other work on the machine shows less. The two loops of loops.py take turns within one run, and the median of the
turns' ratios is printed; 0.9 or better is what we ask for. The trainer's steps are timed from batch to batch, without
its start and the validation and checkpoint at its end. With `--before FOLDER`, a checkout of another commit, the suite
of that commit takes its turn too, with its own params.yaml: images a second there, and how many times that is reached
here.
"""

import argparse
import copy
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import loops
import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.presets.presets import PresetRow, params_rows
from diffrep.pipelines.trained.pretrained import NEEDS
from diffrep.pipelines.training.batches import Batches

WARM, STEPS, TURNS = 10, 50, 5
IMAGES = 2000


class Timed(Batches):
    """Batches that note when each was asked for."""

    def __getitem__(self, step: int) -> tuple[Tensor, ...]:
        self.times = [*getattr(self, "times", []), time.process_time()]
        return super().__getitem__(step)


def seconds(times: list[float]) -> float:
    """What one step takes, once warm."""
    return (times[-1] - times[WARM]) / (len(times) - 1 - WARM)


def suite(network: Any, images: np.ndarray, settings: Optimiser, machine: Machine) -> float:
    """Seconds of a step by the suite's trainer."""
    train, valid = (cls((images,), np.arange(IMAGES), settings.batch_size, 0) for cls in (Timed, Batches))
    loops.suite(network, train, valid, settings, machine, WARM + STEPS)
    return seconds(train.times)


def bare(network: Any, images: Tensor, settings: Optimiser, machine: Machine) -> float:
    """Seconds of a step by the bare loop."""
    times: list[float] = []

    def more() -> bool:
        times.append(time.process_time())
        return len(times) <= WARM + STEPS

    loops.bare(network, images, settings, machine, more)
    return seconds(times[:-1])


def elsewhere(folder: Path, row: str) -> float:
    """Images a second of the suite in another checkout, by its own copy of this script."""
    environment = {**os.environ, "PYTHONPATH": str(folder.resolve() / "tests" / "links")}
    words = [sys.executable, "tests/benchmarks/training.py", row]
    done = subprocess.run(words, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.splitlines()[-1].split()[1])


def compare(row: PresetRow, settings: Optimiser, machine: Machine, before: Path | None) -> None:
    """Print the row's line."""
    network = row.build("cpu")
    bytes_ = np.random.default_rng(0).integers(0, 256, (IMAGES, *row.image_shape[1:], row.image_shape[0]), np.uint8)
    floats, ratios, steps = image_tensor(bytes_), [], []
    for _ in range(TURNS):
        steps.append(suite(copy.deepcopy(network), bytes_, settings, machine))
        ratios.append(bare(copy.deepcopy(network), floats, settings, machine) / steps[-1])
    ours = settings.batch_size / statistics.median(steps)
    line = f"{row.name:<20}{ours:>10.0f}{ours / statistics.median(ratios):>12.0f}{statistics.median(ratios):>8.2f}"
    if before is not None:
        theirs = elsewhere(before, row.name)
        line += f"{theirs:>10.0f}{ours / theirs:>8.2f}"
    print(line, flush=True)


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    params = load()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", default=[*NEEDS, *params.methods], help="all by default")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="a checkout of another commit")
    given = parser.parse_args()
    params = params.model_copy(update={"grid": params.grid.model_copy(update={"method": tuple(params.methods)})})
    machine = params.machine.model_copy(update={"device": "cpu", "devices": 1, "workers": 0})
    print(f"{'images/s of':<20}{'the suite':>10}{'a bare loop':>12}{'ratio':>8}", end="")
    print(f"{'before':>10}{'ratio':>8}" if given.before else "")
    for row in params_rows(params, params.grid.dataset[0]):
        if row.name in given.rows and hasattr(row.cls, "loss"):
            settings = getattr(params, row.name).training if row.name in NEEDS else params.train
            compare(row, settings.model_copy(update={"checkpoint_every": WARM + STEPS}), machine, given.before)


if __name__ == "__main__":
    main()
