"""What a training leaves behind while it runs: its curves, its progress, and a stop at the first NaN."""

import math
import time
from typing import Any

import lightning.pytorch as pl
from torch import Tensor

from diffrep.pipelines.errors import UserError
from diffrep.pipelines.progress import Meter


class Record(pl.Callback):
    """Mean loss every `every` steps, validation loss at each checkpoint; saved in the checkpoint itself."""

    def __init__(self, title: str, every: int, steps: int) -> None:
        self.title, self.every, self.steps = title, every, steps
        self.rows: list[dict[str, Any]] = []
        self.losses: list[Tensor] = []

    def state_dict(self) -> dict[str, Any]:
        """The curves, so that a resumed run's are those of an unbroken one."""
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The curves up to the checkpoint."""
        self.rows = state["rows"]

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Show the bar, at the resumed step."""
        self.meter = Meter(self.title, self.steps, trainer.global_step)
        self.began, self.first = time.perf_counter(), trainer.global_step

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Collect the loss; every `every` steps turn it into a point of the curve."""
        self.losses.append(outputs["loss"].detach())
        step = trainer.global_step
        if step % self.every and step != self.steps:
            return
        loss = float(sum(self.losses)) / len(self.losses)  # type: ignore[arg-type]
        if not math.isfinite(loss):
            self.stop(trainer, loss)
        optimizer = trainer.optimizers[0]
        row = {"step": step, "loss": loss, "valid_loss": None, "learning_rate": optimizer.param_groups[0]["lr"]}
        self.rows.append(row)
        self.tell({"train/loss": loss, "train/learning_rate": row["learning_rate"]}, trainer)
        seconds = time.perf_counter() - self.began
        speed = (step - self.first) * len(batch[0]) * trainer.world_size / seconds
        self.meter.advance(step - self.meter.done, f"loss {loss:.4f}, {speed:.0f} images/s")
        self.losses.clear()

    def stop(self, trainer: pl.Trainer, loss: float) -> None:
        """End a training whose loss is no number any more, before a checkpoint can hold it."""
        step, good = trainer.global_step, self.rows[-1]["step"] if self.rows else 0
        self.meter.close()
        raise UserError(
            f"{self.title}: the loss became {loss} between steps {good} and {step}; the checkpoint before is kept: "
            "lower the learning rate or raise the warm-up in params.yaml"
        )

    def on_validation_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Note the validation loss at the step it was measured."""
        value = float(trainer.callback_metrics["valid_loss"])
        if not self.rows or self.rows[-1]["step"] != trainer.global_step:
            self.rows.append({"step": trainer.global_step, "loss": None, "learning_rate": None})
        self.rows[-1]["valid_loss"] = value
        self.tell({"train/valid_loss": value}, trainer)

    def tell(self, values: dict[str, float], trainer: pl.Trainer) -> None:
        """Send a point to MLflow while the training runs, where there is a logger."""
        if trainer.logger is not None:
            trainer.logger.log_metrics(values, trainer.global_step)

    def on_train_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Take the bar away."""
        self.meter.close()
