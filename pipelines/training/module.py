"""The one Lightning module: any network with a `loss`, trained with noise drawn from (seed, step)."""

from typing import Any

import lightning.pytorch as pl
import torch
from diffusers.optimization import get_scheduler
from torch import Tensor, nn

from diffrep.pipelines.core.sections import Optimiser
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.trained.given import minimised

VALIDATION = 2**31  # steps never get here: the fixed noise of validation batches is drawn from beyond


class Task(pl.LightningModule):
    """Trains `network.loss(*batch, generator)` -> Tensor, or a dict whose "loss" is minimised."""

    def __init__(self, network: nn.Module, settings: Optimiser, *, steps: int, seed: int) -> None:
        super().__init__()
        self.network, self.settings, self.steps, self.seed = network, settings, steps, seed

    def draw(self, batch: tuple[Tensor, ...], number: int) -> Tensor:
        """The loss of `batch` under the noise of step `number` of this seed and process."""
        generator = torch.Generator(device=self.device).manual_seed(mixed_seed(self.seed, number, self.global_rank))
        seed_dropout(mixed_seed(self.seed, number, self.global_rank, 1), self.device)
        return minimised(self.network.loss(*batch, generator))  # type: ignore[operator]

    def training_step(self, batch: tuple[Tensor, ...], batch_idx: int) -> Tensor:
        """One step's loss."""
        return self.draw(batch, self.global_step)

    def validation_step(self, batch: tuple[Tensor, ...], batch_idx: int) -> None:
        """The loss of held-out images under noise that is the same every time."""
        self.log("valid_loss", self.draw(batch, VALIDATION + batch_idx), batch_size=len(batch[0]), sync_dist=True)

    def configure_optimizers(self) -> Any:
        """AdamW on what takes a gradient, with diffusers' schedule of that name, stepped every step."""
        settings = self.settings
        trained = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        betas = (0.9, settings.beta2)
        optimizer = torch.optim.AdamW(
            trained, settings.learning_rate, betas, weight_decay=settings.weight_decay, fused=True
        )
        schedule = get_scheduler(
            settings.schedule, optimizer, num_warmup_steps=settings.warmup, num_training_steps=self.steps
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def seed_dropout(seed: int, device: torch.device) -> None:
    """Seed what dropout on `device` draws from; it asks no generator.

    The numbers are those of torch.manual_seed, which takes milliseconds where an accelerator could be used but is not:
    it keeps a traceback of every call, for good.
    """
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)
