"""The one Lightning module: any network with a `loss`, trained with noise drawn from (seed, step)."""

from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning_utilities.core.apply_func import apply_to_collection
from torch import Tensor, nn

from diffrep.datasets.pixels import normalised
from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.trained.given import chance, minimised
from diffrep.pipelines.training.optimisers import optimiser_of, schedule_of

VALIDATION = 2**31  # steps never get here: the fixed noise of validation batches is drawn from beyond
Batch = tuple[Tensor, ...]


class Task(pl.LightningModule):
    """Trains `network.loss(*batch, **drawn)` -> Tensor, or a dict whose "loss" is minimised.

    resident  arrays that lie on the device whole; batches are then numbers of their rows
    """

    def __init__(
        self,
        network: nn.Module,
        settings: Optimiser,
        machine: Machine,
        *,
        steps: int,
        seed: int,
        resident: tuple[np.ndarray, ...] = (),
    ) -> None:
        super().__init__()
        self.network, self.settings, self.machine, self.steps, self.seed = network, settings, machine, steps, seed
        loss: Any = network.loss
        self.loss = torch.compile(loss) if machine.compile else loss
        self.arrays = resident
        self.resident: Batch = ()

    def on_fit_start(self) -> None:
        """Bring what is to lie on the device there."""
        self.resident = tuple(torch.from_numpy(np.array(array)).to(self.device) for array in self.arrays)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """The images [b, c, h, w] in [-1, 1] and the other arrays' rows, made on the device from what has come."""
        images, *others = tuple(array[batch[0]] for array in self.resident) if self.resident else batch
        return normalised(images), *others

    def step_loss(self, batch: Batch, number: int) -> Tensor:
        """The loss of `batch` under the noise of step `number` of this seed.

        Noise is drawn for the images of all processes, of which each takes that of its own: as many processes as may
        be, an image of a batch meets the noise of its place in it.
        """
        rank, processes = self.trainer.global_rank, self.trainer.world_size
        generator = torch.Generator(device=self.device).manual_seed(mixed_seed(self.seed, number, 0))
        shape = torch.Size((len(batch[0]) * processes, *batch[0].shape[1:]))
        drawn = chance(self.network, shape, generator)
        if processes > 1:
            drawn = apply_to_collection(drawn, Tensor, lambda rows: rows[rank::processes])
        seed_dropout(mixed_seed(self.seed, number, rank, 1), self.device)
        return minimised(self.loss(*batch, **drawn))

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """One step's loss."""
        images, *others = batch
        seen = self.flipped(images, self.global_step) if self.settings.flip else images
        return self.step_loss((seen, *others), self.global_step)

    def flipped(self, images: Tensor, number: int) -> Tensor:
        """The images [b, c, h, w] of step `number`, half of them, as chance has it, mirrored left to right."""
        rank, processes = self.trainer.global_rank, self.trainer.world_size
        generator = torch.Generator(device=self.device).manual_seed(mixed_seed(self.seed, number, 2))
        drawn = torch.rand(len(images) * processes, generator=generator, device=self.device)[rank::processes]
        return torch.where(drawn.lt(0.5).view(-1, 1, 1, 1), images.flip(-1), images)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """The loss of held-out images under noise that is the same every time."""
        self.log("valid_loss", self.step_loss(batch, VALIDATION + batch_idx), batch_size=len(batch[0]), sync_dist=True)

    def configure_optimizers(self) -> Any:
        """The optimiser of the settings, whose rates change at every step."""
        optimizer = optimiser_of(self.network, self.settings, self.settings.precision_on(self.machine))
        schedule = schedule_of(optimizer, self.settings, self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def configure_gradient_clipping(
        self,
        optimizer: torch.optim.Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        """Clip by the settings; Lightning's own way refuses fused optimisers in mixed precision."""
        if self.settings.gradient_clip:
            trained = (parameter for group in optimizer.param_groups for parameter in group["params"])
            nn.utils.clip_grad_norm_(trained, self.settings.gradient_clip)


def seed_dropout(seed: int, device: torch.device) -> None:
    """Seed what dropout on `device` draws from; it asks no generator.

    The numbers are those of torch.manual_seed, which takes milliseconds where an accelerator could be used but is not:
    it keeps a traceback of every call, for good.
    """
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)
