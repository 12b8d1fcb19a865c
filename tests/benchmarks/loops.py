"""The two loops that are compared: the suite's `fit`, and the least that trains the same network.

The bare loop has the network, its loss, the batch size and a fused AdamW and nothing else: no averaged weights,
clipping, schedule, curves or progress, and images that lie ready on the device as floats.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.trained.given import chance, minimised
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import fit


def suite(network: Any, train: Batches, valid: Batches, settings: Optimiser, machine: Machine, steps: int) -> None:
    """Train by `fit`, in a folder that is thrown away."""
    known: dict[str, Any] = {"identity": {}, "title": "benchmark"}
    with TemporaryDirectory() as folder:
        fit(network, train, valid, settings, machine, steps=steps, seed=0, folder=Path(folder), **known)


def bare(network: Any, images: Tensor, settings: Optimiser, machine: Machine, more: Callable[[], bool]) -> None:
    """Train on images [n, c, h, w] on their device while `more`, which is asked before each step, says so."""
    if machine.channels_last:
        network.to(memory_format=torch.channels_last)
    device = images.device
    trained = [parameter for parameter in network.train().parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, settings.learning_rate, settings.betas, fused=True)
    loss_of = torch.compile(network.loss) if machine.compile else network.loss
    generator = torch.Generator(device).manual_seed(0)
    while more():
        batch = images[torch.randint(len(images), (settings.batch_size,), generator=generator, device=device)]
        with torch.autocast(device.type, torch.bfloat16, enabled=machine.precision == "bf16-mixed"):
            loss = minimised(loss_of(batch, **chance(network, batch.shape, generator)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
