"""One training of tests/benchmarks/gpu.py: both of loops.py on one device, for some seconds each.

The suite's images are more than it brings to a device whole, as those of the published data sets are, so that every
batch travels. In both loops cuDNN looks for the fastest convolution first.
"""

import dataclasses
import functools
import gc
import time
from collections.abc import Iterator
from typing import Any

import loops
import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.command import set_tf32
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.presets.flops import cost
from diffrep.pipelines.presets.presets import PresetRow, preset_rows
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import RESIDENT

WARM = 4  # steps before the clock starts: convolutions are looked for, kernels compiled
ENDLESS = 2**30  # steps: the clock ends a training
AT_HAND = 1024  # images of the bare loop
GIB = 2**30


@dataclasses.dataclass(frozen=True)
class Job:
    """A training to measure.

    preset, row   one of methods/published.yaml
    machine       what of params.yaml's section is otherwise
    seconds       for each of the two loops
    quick         narrow networks, small images, few of them: it is only to be seen that it runs
    """

    preset: str
    row: str
    machine: dict[str, Any]
    seconds: float
    quick: bool


class Clock:
    """Counts steps once they are warm, for some seconds; the device is waited for at the first and the last alone."""

    def __init__(self, device: str, seconds: float) -> None:
        self.wait = torch.get_device_module(device).synchronize
        self.seconds, self.steps = seconds, -WARM - 1

    def tick(self) -> bool:
        """Called before each step: whether it shall be made."""
        self.steps += 1
        if self.steps == 0:
            self.wait()
            self.begin = time.perf_counter()
        if self.steps < 1 or time.perf_counter() - self.begin < self.seconds:
            return True
        self.wait()
        self.step_seconds = (time.perf_counter() - self.begin) / self.steps
        return False


class EnoughError(Exception):
    """The clock has ended a training."""


class Timed(Batches):
    """Batches that tell a clock when each is asked for."""

    clock: Clock

    def __getitem__(self, step: int) -> tuple[Tensor, ...]:
        if not self.clock.tick():
            raise EnoughError
        return super().__getitem__(step)


def measure(job: Job) -> dict[str, Any]:
    """What `measured_at` finds at the published batch size, or the first of its halves that fits."""
    row, full = row_of(job), ""
    for batch_size in halves(4 if job.quick else row.budget["batch_size"]):
        try:
            return measured_at(batch_size, row, job)
        except torch.OutOfMemoryError as error:
            full, *_ = str(error).splitlines()
        release()
    return {"failed": f"not one image fits: {full}"}


def halves(batch_size: int) -> Iterator[int]:
    """A batch size, its half, ..., 1."""
    while batch_size:
        yield batch_size
        batch_size //= 2


def measured_at(batch_size: int, row: PresetRow, job: Job) -> dict[str, Any]:
    """Images/s of the suite and of a bare loop, the suite's memory, and the operations that an image takes."""
    torch._dynamo.reset()
    release()
    machine = load().machine.model_copy(update={"cudnn_benchmark": True, "workers": 0, **job.machine})
    device = {"gpu": "cuda"}.get(machine.device, machine.device)
    set_tf32(machine)
    flops, images, settings = flops_of_image(job), images_of(job), optimiser(row.budget, batch_size)
    network: Any = row.build(device)
    bare = bare_seconds(network, image_tensor(images[:AT_HAND]).to(device), settings, machine, job.seconds)
    release()
    suite = suite_seconds(network, images, settings, machine, job.seconds)
    return {
        "batch_size": batch_size,
        "images_per_second": batch_size / suite,
        "bare_images_per_second": batch_size / bare,
        "ratio": bare / suite,
        "peak_memory_gib": torch.cuda.max_memory_allocated() / GIB if device == "cuda" else None,
        "gflop_per_image": flops / 1e9,
        "tflops": flops * batch_size / suite / 1e12,
    }


def suite_seconds(network: Any, images: np.ndarray, settings: Optimiser, machine: Machine, seconds: float) -> float:
    """Seconds of a step by the suite's trainer, ended before it validates."""
    train, valid = (cls((images,), np.arange(len(images)), settings.batch_size, 0) for cls in (Timed, Batches))
    train.clock = Clock(next(network.parameters()).device.type, seconds)
    try:
        loops.suite(network, train, valid, settings, machine, ENDLESS)
    except EnoughError:
        return train.clock.step_seconds
    raise AssertionError("an endless training has ended")


def bare_seconds(network: Any, images: Tensor, settings: Optimiser, machine: Machine, seconds: float) -> float:
    """Seconds of a step by the bare loop."""
    torch.backends.cudnn.benchmark = machine.cudnn_benchmark
    clock = Clock(images.device.type, seconds)
    loops.bare(network, images, settings, machine, clock.tick)
    return clock.step_seconds


def row_of(job: Job) -> PresetRow:
    """The row that is trained."""
    row = next(row for row in preset_rows(job.preset) if row.name == job.row)
    return dataclasses.replace(narrow(row), image_shape=(3, 32, 32)) if job.quick else row


def narrow(value: Any, key: str = "") -> Any:
    """The same with every width 32 and single layers, the least that norms of 32 groups allow."""
    if key in ("channels", "layers"):
        return (32,) * len(value) if key == "channels" else 1
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return dataclasses.replace(value, **{name: narrow(getattr(value, name), name) for name in names})
    return {name: narrow(one, name) for name, one in value.items()} if isinstance(value, dict) else value


def optimiser(budget: dict[str, Any], batch_size: int) -> Optimiser:
    """How the row is trained as published, in params.yaml's words."""
    return load().train.model_copy(
        update={
            **{key: budget[key] for key in ("learning_rate", "warmup", "weight_decay", "gradient_clip", "ema_decay")},
            "batch_size": batch_size,
            "betas": tuple(budget["betas"]),
            "schedule": budget["schedule"],
            "checkpoint_every": ENDLESS,
        }
    )


@functools.lru_cache(1)
def _random_images(shape: tuple[int, int, int], count: int) -> np.ndarray:
    channels, height, width = shape
    levels = np.frombuffer(np.random.default_rng(0).bytes(count * channels * height * width), np.uint8)
    return levels.reshape(count, height, width, channels)


def images_of(job: Job) -> np.ndarray:
    """[n, h, w, c] uint8 noise: more than `fit` takes to a device whole."""
    shape = row_of(job).image_shape
    return _random_images(shape, 64 if job.quick else RESIDENT // int(np.prod(shape)) + 1)


@functools.cache
def _flops(preset: str, row: str, quick: bool) -> int:
    found = row_of(Job(preset, row, {}, 0.0, quick))
    return cost(found.build(), found.image_shape, 2).flops // 2


def flops_of_image(job: Job) -> int:
    """Operations of a training step for one image, counted, forward and backward."""
    return _flops(job.preset, job.row, job.quick)


def release() -> None:
    """Give back what a training has left on the device, and begin to count its memory anew."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
