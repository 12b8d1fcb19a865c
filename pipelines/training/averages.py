"""The exponential average of the weights that are trained, kept where the weights are."""

from collections.abc import Iterable
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


class Averages(pl.Callback):
    """a <- decay a + (1 - decay) w after every step, one call for all of them; the first step's weights to begin with.

    ramp        the decay at step n is min(decay, (1 + n) / (10 + n)), and the average begins before the first step, as
                score_sde's code and DRL's, which stands on it, have it
    unaveraged  paths of submodules that stay as they are
    judged      while it is validated the network has the averages

    They stand in the checkpoint under the parameters' names.
    """

    def __init__(
        self,
        network: nn.Module,
        decay: float,
        *,
        ramp: bool = False,
        unaveraged: Iterable[str] = (),
        judged: bool = True,
    ) -> None:
        self.network, self.decay, self.ramp, self.judged = network, decay, ramp, judged
        self.unaveraged = tuple(f"{path}." for path in unaveraged)
        self.trained: dict[str, Tensor] = {}
        self.values: dict[str, Tensor] = {}

    def state_dict(self) -> dict[str, Any]:
        """The averages by name."""
        return self.values

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Those of a checkpoint, which lie in the memory of the host."""
        self.values = state

    def on_fit_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Find what is trained where it has been moved to by now, and move what a checkpoint has brought there."""
        trained = {name: p for name, p in self.network.named_parameters() if p.requires_grad}
        self.trained = {name: p for name, p in trained.items() if not name.startswith(self.unaveraged)}
        self.values = {name: value.to(self.trained[name]) for name, value in self.values.items()}
        if self.ramp and not self.values:
            self.begin()

    def begin(self) -> None:
        """Begin with the weights as they are."""
        self.values = {name: parameter.detach().clone() for name, parameter in self.trained.items()}

    @torch.no_grad()
    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Take the step's weights in."""
        if not self.values:
            self.begin()
            return
        decay = ramped(self.decay, trainer.global_step) if self.ramp else self.decay
        get_ema_multi_avg_fn(decay)(list(self.values.values()), list(self.trained.values()), 0)

    def on_validation_epoch_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Judge the averages."""
        if self.judged:
            self.swap()

    def on_validation_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Go on with the weights."""
        if self.judged:
            self.swap()

    def swap(self) -> None:
        """Exchange weights and averages; nothing is copied."""
        for name, value in self.values.items():
            parameter = self.trained[name]
            parameter.data, value.data = value.data, parameter.data


def ramped(decay: float, step: int) -> float:
    """The decay at step n, from 1 on: low while there is little to average, `decay` at last."""
    return min(decay, (1 + step) / (10 + step))


def weights_of(network: nn.Module, averages: Averages) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The averaged and the raw weights, in the host's memory, contiguous as safetensors wants them.

    Only what is trained is averaged: the mean of equal numbers differs from them in the last bit, and what is frozen
    must stay as it was. All names of a tie have its average.
    """
    raw = {name: copied(value) for name, value in network.state_dict().items()}
    names = {id(parameter): name for name, parameter in averages.trained.items()}
    every = network.named_parameters(remove_duplicate=False)
    first = {name: names[id(parameter)] for name, parameter in every if id(parameter) in names}
    return raw | {name: copied(averages.values[known]) for name, known in first.items()}, raw


def copied(value: Tensor) -> Tensor:
    """The same numbers in memory of their own, of the host, contiguous."""
    return value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
