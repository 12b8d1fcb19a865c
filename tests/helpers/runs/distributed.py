"""What two processes do with a training, each a run of this file: `python distributed.py FOLDER WHAT`, under torchrun.

methods  one training of 20 steps for every row of params.yaml whose loss compares no images with each other
killed   a training of which process 1 is killed in its sixth step
resumed  the same in the same folder again, and an undisturbed one in another
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from tiny_training import MACHINE, OPTIMISER, Tiny, network, train
from torch import nn

from diffrep.pipelines.contract.subject import subject
from diffrep.pipelines.core.errors import OtherProcess
from diffrep.pipelines.core.params import load
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import fit
from diffrep.pipelines.training.module import Task

ROOT = Path(__file__).parents[3]
PAIR = {"devices": 2}
LIKE_DITI = ("diti_unequal", "diti_stop_grad")  # rows that differ in when blocks open alone
KEPT = (3, 7)  # steps after which weights are kept: before the kill and its checkpoint, and after
BATCH, STEPS, SIDE = 4, 20, 16
IMAGES = np.random.default_rng(0).integers(0, 256, (40, SIDE, SIDE, 3), dtype=np.uint8)


def compares_no_images(net: nn.Module) -> bool:
    """Whether the loss of an image is its own: no batch norm, no negatives."""
    normed = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in net.modules())
    return hasattr(net, "loss") and not hasattr(net, "heads") and not normed


def networks() -> dict[str, nn.Module]:
    """The rows of params.yaml, small, by name."""
    params = load(ROOT)
    names = [name for name in params.methods if name not in LIKE_DITI]
    built = {name: subject(params, name, None, SIDE, 1).build()[0] for name in names}
    return {name: net for name, net in built.items() if compares_no_images(net)}


def saved(folder: Path, name: str) -> Path:
    """Where a process puts what it is given; only the first is to be given something."""
    return folder / f"{name} of process {os.environ.get('RANK', 0)}.pt"


def gradients_of(folder: Path, name: str, net: nn.Module, devices: int) -> None:
    """Train, and save the gradients of the first step and the weights after the last."""
    plain, first = Task.configure_gradient_clipping, {}

    def noting(task: Task, *args: object, **named: object) -> None:
        if not first:
            first.update({n: p.grad.clone() for n, p in task.network.named_parameters() if p.grad is not None})
        plain(task, *args, **named)

    Task.configure_gradient_clipping = noting
    changed = {"batch_size": BATCH, "learning_rate": 1e-4, "checkpoint_every": STEPS, "flip": True}
    settings = OPTIMISER.model_copy(update=changed)
    train_set, valid = (Batches((IMAGES,), rows, BATCH, 0) for rows in (np.arange(30), np.arange(30, 40)))
    machine = MACHINE.model_copy(update={"devices": devices})
    try:
        known = {"identity": {}, "title": name}
        found = fit(net, train_set, valid, settings, machine, steps=STEPS, seed=0, folder=folder / name, **known)
        torch.save({"gradients": first, "weights": found.raw, "averages": found.ema}, saved(folder, name))
    finally:
        Task.configure_gradient_clipping = plain


class Dies(Tiny):
    """Process 1 is killed in its sixth step."""

    def loss(self, images: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        if self.training and self.steps == 5 and os.environ["RANK"] == "1":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().loss(images, noise)


def main(folder: Path, what: str) -> None:
    torch.set_num_threads(1)
    if what == "methods":
        for name, net in networks().items():
            with suppress(OtherProcess):
                gradients_of(folder, name, net, devices=2)
    elif what == "killed":
        train(folder / "broken", network(Dies), machine=PAIR, log_every=3, keep_after=KEPT)
    else:
        for name in ("broken", "unbroken"):
            with suppress(OtherProcess):
                found = train(folder / name, network(), machine=PAIR, log_every=3, keep_after=KEPT)
                weights = {"raw": found.raw, "ema": found.ema} | {str(at): kept for at, kept in found.partway.items()}
                torch.save({"weights": weights, "rows": found.rows}, saved(folder, name))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
