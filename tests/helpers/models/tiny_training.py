"""A training of less than a second that tests can kill: a linear denoiser of 2 x 2 images and its settings."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import Trained, fit

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 2, 2, 1), dtype=np.uint8)
OPTIMISER = Optimiser(
    batch_size=4,
    learning_rate=0.01,
    warmup=2,
    schedule="cosine",
    betas=(0.9, 0.99),
    weight_decay=0.01,
    gradient_clip=1.0,
    ema_decay=0.9,
    ema_ramp=False,
    weights="ema",
    flip=False,
    log_every=2,
    checkpoint_every=4,
    valid_images=8,
)
MACHINE = Machine(
    device="cpu",
    devices=1,
    nodes=1,
    precision="32-true",
    threads=1,
    workers=0,
    compile=False,
    channels_last=False,
    tf32=False,
    cudnn_benchmark=False,
    checkpoint_minutes=0,
    array_gib=64,
)
STEPS = 12


class KillError(Exception):
    """The kill that a test gives."""


class Tiny(nn.Module):
    """A linear denoiser with dropout, a frozen layer and a buffer; step number `at` is met by `blow`."""

    def __init__(self, at: int | None = None, blow=None):
        super().__init__()
        self.learned, self.frozen, self.dropout = nn.Linear(4, 4), nn.Linear(4, 4), nn.Dropout(0.2)
        self.frozen.requires_grad_(False)
        self.at, self.blow, self.steps = at, blow, 0

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
        return {"noise": torch.randn(shape, generator=generator, device=generator.device)}

    def loss(self, images: Tensor, noise: Tensor) -> Tensor:
        factor = 1.0
        if self.training:
            factor = self.blow() if self.steps == self.at else 1.0
            self.steps += 1
        return (
            factor
            * (self.frozen(self.dropout(self.learned((images + noise).flatten(1)))) - noise.flatten(1)).pow(2).mean()
        )


class TinyDict(Tiny):
    """The same, telling its loss by name."""

    def loss(self, images: Tensor, noise: Tensor) -> dict[str, Tensor]:
        loss = super().loss(images, noise)
        return {"loss": loss, "other": loss * 2}


def interrupt() -> float:
    raise KillError


def network(cls=Tiny, *args) -> nn.Module:
    torch.manual_seed(0)
    return cls(*args)


def train(
    folder: Path,
    net: nn.Module,
    steps: int = STEPS,
    seed: int = 0,
    machine: dict | None = None,
    keep_after: Collection[int] = (),
    **changed,
) -> Trained:
    torch.set_num_threads(1)
    settings = OPTIMISER.model_copy(update=changed)
    on = MACHINE.model_copy(update=machine or {})
    train, valid = (Batches((IMAGES,), rows, 4, seed) for rows in (np.arange(50), np.arange(50, 60)))
    identity = {"seed": seed, "settings": settings.model_dump(mode="json")}
    whole = {"steps": steps, "seed": seed, "folder": folder, "identity": identity, "title": "tiny"}
    return fit(net, train, valid, settings, on, **whole, keep_after=keep_after)


def assert_same(first: Trained, second: Trained) -> None:
    for name in ("ema", "raw"):
        one, other = getattr(first, name), getattr(second, name)
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one), name
    assert first.rows == second.rows
    assert first.partway.keys() == second.partway.keys()
    for step, weights in first.partway.items():
        assert all(torch.equal(value, second.partway[step][name]) for name, value in weights.items()), step
