"""Whether presets train at full width, and need the memory that the dry run says: two optimiser steps of each row.

    python tests/benchmarks/presets.py [PRESET ...]

Without names all presets, each kind of row once. At batch 2 on a CPU, in single precision, each row in a process of its
own: it is built with numbers and trained by its own optimiser, as `diffrep workspace --preset` writes it down, on
pictures of noise. Told are the loss of the second step, which Adam's moments and the averages are there for, and the
most bytes that tensors took at a time, as PyTorch's allocator counts them; beside it what the process took more than
before it had a network, with its libraries' workspaces and the profiler's records. A row of which the dry run says that
it needs more than is free is left out, and its line says so. Ends with exit code 1 where a loss is not finite, or the
tensors' bytes are off by more than a fifth from `state` and `activations` of the dry run at that batch.
"""

import math
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["KINETO_LOG_LEVEL"] = "5"  # of the process that measures
os.environ["MALLOC_MMAP_THRESHOLD_"] = "65536"  # what is freed is free, and no memory of the process

import psutil
import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn
from torch.profiler import ProfilerActivity, profile

from diffrep.pipelines.core.params import Params, parsed
from diffrep.pipelines.core.settings_file import parsed_settings
from diffrep.pipelines.core.trainings import training_of
from diffrep.pipelines.presets.experiment import name_of_data
from diffrep.pipelines.presets.flops import cost
from diffrep.pipelines.presets.presets import PresetRow, preset_rows
from diffrep.pipelines.presets.published import published
from diffrep.pipelines.presets.writing import params_text
from diffrep.pipelines.trained.given import drawn_loss, minimised
from diffrep.pipelines.training.fit import averages_of
from diffrep.pipelines.training.optimisers import optimiser_of

BATCH, OFF, MIB = 2, 0.2, 2**20
HEADINGS = ("", "loss", "state MiB", "activations MiB", "estimated MiB", "tensors MiB", "ratio", "process MiB")


def measured(preset: str, name: str) -> tuple[float, int, int]:
    """The loss of the second step of a row, the most bytes of tensors, and those that this process took more."""
    row = next(row for row in preset_rows(preset) if row.name == name)
    params = parsed(parsed_settings(params_text(preset), preset))
    before = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # from here on the most is counted anew
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        step = training(row, params, name_of_data(preset))
        step()
        loss = step()
    lines = Path("/proc/self/status").read_text().splitlines()
    most = 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return loss, most_allocated(profiler), most - before


def most_allocated(profiler: Any) -> int:
    """The most bytes that were allocated at a time."""
    events = [event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"]
    return max(accumulate(event.nbytes() for event in sorted(events, key=lambda event: event.start_ns())))


def training(row: PresetRow, params: Params, dataset: str) -> Any:
    """What makes a step of a row with the settings of its own, and gives its loss."""
    torch.manual_seed(0)
    network: Any = row.build("cpu").train()
    settings = training_of(params, dataset, row.name).settings
    optimiser, averages = optimiser_of(network, settings, "32-true"), averages_of(network, settings)
    averages.trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
    averages.begin()
    average, generator = get_ema_multi_avg_fn(settings.ema_decay), torch.Generator().manual_seed(0)
    images = torch.rand(BATCH, *row.image_shape, generator=generator) * 2 - 1

    def step() -> float:
        optimiser.zero_grad()
        loss = minimised(drawn_loss(network, (images,), generator))
        loss.backward()
        if settings.gradient_clip:
            nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], settings.gradient_clip)
        optimiser.step()
        average(list(averages.values.values()), list(averages.trained.values()), 0)
        return loss.item()

    return step


def kinds(names: list[str]) -> Iterator[tuple[str, PresetRow]]:
    """The rows of presets, of those that are one network at one size the first."""
    seen: list[Any] = []
    for name in names:
        for row in preset_rows(name):
            if (kind := (row.cls, row.given, row.supplied, row.image_shape)) not in seen:
                seen.append(kind)
                yield name, row


def line(name: str, row: PresetRow) -> tuple[tuple[str, ...], bool]:
    """A row of the table, and whether it is as it should be."""
    step = cost(row.build(), row.image_shape, BATCH)
    estimated, free = step.state + step.activations, psutil.virtual_memory().available
    sizes = tuple(f"{size / MIB:,.0f}" for size in (step.state, step.activations, estimated))
    if estimated > free:
        return (f"{name} {row.name}", "-", *sizes, f"  left out: {free / MIB:,.0f} MiB are free"), True
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        loss, found, process = pool.submit(measured, name, row.name).result()
    well = math.isfinite(loss) and abs(found / estimated - 1) <= OFF
    measures = (f"{found / MIB:,.0f}", f"{found / estimated:.2f}", f"{process / MIB:,.0f}")
    return (f"{name} {row.name}", f"{loss:.4g}", *sizes, *measures), well


def main() -> None:
    """Print the table, a row as soon as it is measured."""
    print(told(HEADINGS), flush=True)
    ends = []
    for name, row in kinds(sys.argv[1:] or [*published()]):
        cells, well = line(name, row)
        print(told(cells), flush=True)
        ends.append(well)
    sys.exit(0 if all(ends) else 1)


def told(cells: tuple[str, ...]) -> str:
    """A line of the table: the name to the left, numbers to the right."""
    return cells[0].ljust(40) + "".join(cell.rjust(16) for cell in cells[1:])


if __name__ == "__main__":
    main()
