"""Half precision's gradients are scaled up; they are clipped as what they are, and steps that overflow are left out.

Lightning gives a CPU bfloat16 in place of float16, so its plugin is given a scaler of the CPU here.
"""

from pathlib import Path

import lightning.pytorch as pl
import pytest
import torch
from lightning.pytorch.plugins import MixedPrecision
from tiny_training import MACHINE, OPTIMISER, Tiny, network
from torch.utils.data import DataLoader

from diffrep.pipelines.core.sections import PartOptimiser
from diffrep.pipelines.training.module import Task

BYTES = torch.randint(256, (4, 2, 2, 1), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


class Noting(Task):
    """Notes the norm of the gradient that is to be clipped, and of the clipped one."""

    def configure_gradient_clipping(self, optimizer, **words):
        self.norms = [self.norm()]
        super().configure_gradient_clipping(optimizer, **words)
        self.norms.append(self.norm())

    def norm(self) -> float:
        gradients = [parameter.grad for parameter in self.network.parameters() if parameter.grad is not None]
        return float(torch.cat([gradient.flatten() for gradient in gradients]).norm())


class Headed(Tiny):
    """The same with a second layer, which has an optimiser of its own."""

    def __init__(self):
        super().__init__()
        self.head = torch.nn.Linear(4, 4)

    def loss(self, images, noise):
        return super().loss(images, noise) + self.head(noise.flatten(1)).pow(2).mean()


HEAD = PartOptimiser(optimiser="sgd", learning_rate=1.0, momentum=0.9, weight_decay=0.0, schedule="constant")


def one_step(folder: Path, precision: str, net: Tiny, scale: float = 2.0**8, **changed) -> Noting:
    """A single step of the trainer in that precision, clipped to a norm of 0.01."""
    plugins = [MixedPrecision("16-mixed", "cpu", torch.amp.GradScaler("cpu", init_scale=scale))]
    settings = OPTIMISER.model_copy(update={"gradient_clip": 0.01, "warmup": 0, "schedule": "constant", **changed})
    task = Noting(net, settings, MACHINE.model_copy(update={"precision": precision}), steps=1, seed=0)
    trainer = pl.Trainer(
        accelerator="cpu",
        max_steps=1,
        plugins=plugins if precision == "16-mixed" else [],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    trainer.fit(task, DataLoader([(BYTES,)], batch_size=None))
    return task


@pytest.fixture(autouse=True)
def quiet():
    torch.set_num_threads(1)


def test_gradients_are_unscaled_before_they_are_clipped(tmp_path):
    single, half = (one_step(tmp_path, precision, network()) for precision in ("32-true", "16-mixed"))
    assert half.norms[0] == pytest.approx(single.norms[0], rel=0.01)
    assert half.norms[1] == pytest.approx(0.01, rel=1e-3)
    torch.testing.assert_close(half.network.learned.weight, single.network.learned.weight, rtol=0, atol=1e-3)


def test_a_step_that_overflows_changes_nothing(tmp_path):
    trained = one_step(tmp_path, "16-mixed", network(), scale=2.0**126).network
    assert torch.equal(trained.learned.weight, network().learned.weight)


def test_gradients_of_a_part_are_unscaled_and_clipped_with_the_others(tmp_path):
    own = {"parts": {"head": HEAD}}
    single, half = (one_step(tmp_path, precision, network(Headed), **own) for precision in ("32-true", "16-mixed"))
    assert half.norms == pytest.approx([single.norms[0], 0.01], rel=0.01)
    for layer in ("learned", "head"):
        found, expected, fresh = (getattr(net, layer).weight for net in (half.network, single.network, network(Headed)))
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-3)
        assert not torch.equal(found, fresh)


def test_an_overflow_leaves_parts_as_they_are_too(tmp_path):
    trained = one_step(tmp_path, "16-mixed", network(Headed), scale=2.0**126, parts={"head": HEAD}).network
    for layer in ("learned", "head"):
        assert torch.equal(getattr(trained, layer).weight, getattr(network(Headed), layer).weight)
