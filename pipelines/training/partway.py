"""The weights on the way: kept after some of the steps, so that a shorter training can be judged beside the whole."""

from collections.abc import Collection
from typing import Any

import lightning.pytorch as pl
from torch import Tensor, nn

from diffrep.pipelines.training.averages import Averages, weights_of


class Partway(pl.Callback):
    """Keeps what a network would end with if a step were its last: the averages where they are judged, or raw weights.

    They stand in the checkpoint, whose sum vouches for them: a resumed training has those of before the kill.
    """

    def __init__(self, network: nn.Module, averages: Averages, steps: Collection[int]) -> None:
        self.network, self.averages, self.steps = network, averages, steps
        self.kept: dict[int, dict[str, Tensor]] = {}

    def state_dict(self) -> dict[str, Any]:
        """The weights by step; nothing where none are kept."""
        return {str(step): weights for step, weights in self.kept.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Those of a checkpoint, which lie in the memory of the host."""
        self.kept = {int(step): weights for step, weights in state.items()}

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Keep them where it is time, after the averages have taken the step in; once, whatever the processes."""
        if trainer.global_step in self.steps and trainer.is_global_zero:
            ema, raw = weights_of(self.network, self.averages)
            self.kept[trainer.global_step] = ema if self.averages.judged else raw
