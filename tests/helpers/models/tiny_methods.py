"""Every row of params.yaml with something to train, small, and a few steps of the trainer for it."""

from pathlib import Path

import numpy as np
import torch
from tiny_training import MACHINE, OPTIMISER
from torch import nn

from diffrep.pipelines.contract.subject import subject
from diffrep.pipelines.core.params import load
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import Trained, fit

BATCH, SIDE = 4, 16
IMAGES = np.random.default_rng(0).integers(0, 256, (40, SIDE, SIDE, 3), dtype=np.uint8)
PARAMS = load(Path(__file__).parents[3])
TRAINED = [name for name in PARAMS.methods if hasattr(subject(PARAMS, name, None, SIDE, 1).cls, "loss")]


def built(name: str) -> nn.Module:
    """The network of a row."""
    return subject(PARAMS, name, None, SIDE, 1).build()[0]


def train(folder: Path, net: nn.Module, steps: int, machine: dict | None = None, **changed) -> Trained:
    """So many steps, validated after the last."""
    torch.set_num_threads(1)
    settings = OPTIMISER.model_copy(update={"batch_size": BATCH, "checkpoint_every": steps, **changed})
    batches = (Batches((IMAGES,), rows, settings.batch_size, 0) for rows in (np.arange(30), np.arange(30, 40)))
    on = MACHINE.model_copy(update=machine or {})
    return fit(net, *batches, settings, on, steps=steps, seed=0, folder=folder, identity={}, title="tiny method")
