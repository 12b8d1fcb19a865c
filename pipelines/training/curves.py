"""What a training leaves behind while it runs: its curves, its progress, and a stop at the first NaN."""

import dataclasses
import math
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.core.spent import Spent, so_far

DIVERGED = 1e6  # a loss that falls as it should stays below its first value; a late spike is 100 times that


class Record(pl.Callback):
    """Mean loss every `every` steps, validation loss at each checkpoint; saved in the checkpoint itself."""

    def __init__(self, title: str, every: int, steps: int) -> None:
        self.title, self.every, self.steps = title, every, steps
        self.rows: list[dict[str, Any]] = []
        self.losses: list[Tensor] = []  # of this process, since the last point of the curve
        self.known: list[float] = []  # before them, of all processes, from a checkpoint
        self.first_loss: float | None = None  # of step 1
        self.earlier = Spent()  # of the parts of a resumed run that are in its checkpoint

    def state_dict(self) -> dict[str, Any]:
        """The curves and the time, so that a resumed run's are those of an unbroken one."""
        losses, spent = self.pending(self.trainer).tolist(), dataclasses.asdict(self.spent(self.trainer))
        return {"rows": self.rows, "losses": losses, "first_loss": self.first_loss, "spent": spent}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The curves up to the checkpoint, and the losses since their last point."""
        self.rows, self.known = state["rows"], state["losses"]
        self.first_loss, self.earlier = state["first_loss"], Spent(**state["spent"])

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Show the bar, at the resumed step."""
        self.meter = Meter(self.title, self.steps, trainer.global_step, trainer.is_global_zero)
        self.trainer, self.began, self.first = trainer, so_far(), trainer.global_step

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Collect the loss; every `every` steps turn it into a point of the curve."""
        self.losses.append(outputs["loss"].detach().float())
        if self.first_loss is None:
            self.first_loss = self.mean_loss(trainer)
        step = trainer.global_step
        trainer.should_stop = step == self.steps  # so that the last chunk, which may be short, is validated too
        if step % self.every and step != self.steps:
            return
        loss = self.mean_loss(trainer)
        self.expect_number(loss, trainer)
        optimizer = trainer.optimizers[0]
        row = {"step": step, "loss": loss, "valid_loss": None, "learning_rate": optimizer.param_groups[0]["lr"]}
        self.rows.append(row)
        self.tell({"train/loss": loss, "train/learning_rate": row["learning_rate"]}, trainer)
        seconds = (so_far() - self.began).wall
        speed = (step - self.first) * len(batch[0]) * trainer.world_size / seconds
        self.meter.advance(step - self.meter.done, f"loss {loss:.4f}, {speed:.0f} images/s")
        self.losses.clear()
        self.known.clear()

    def mean_loss(self, trainer: pl.Trainer) -> float:
        """The mean of the losses since the last point of the curve, of all processes together."""
        return float(self.pending(trainer).mean())

    def pending(self, trainer: pl.Trainer) -> Tensor:
        """These losses one by one [k], each the mean over all processes; every process has to ask."""
        if not self.losses:
            return torch.tensor(self.known)
        own = torch.stack(self.losses).to(trainer.strategy.root_device)
        return torch.cat([torch.tensor(self.known), trainer.strategy.reduce(own, reduce_op="mean").cpu()])

    def spent(self, trainer: pl.Trainer) -> Spent:
        """The time of all parts so far, of the processors of all processes; every process has to ask."""
        own = so_far() - self.began
        cpu = torch.tensor(own.cpu, dtype=torch.float64, device=trainer.strategy.root_device)
        return self.earlier + Spent(own.wall, float(trainer.strategy.reduce(cpu, reduce_op="sum")))

    def expect_number(self, loss: float, trainer: pl.Trainer) -> None:
        """End a training that has diverged, before a checkpoint can hold it.

        Its loss is no number any more, or more than `DIVERGED` times what it was before the first step, of which no
        less than 1 and no more than `DIVERGED` counts: a training can begin beyond all measure too.
        """
        if math.isfinite(loss) and abs(loss) <= DIVERGED * min(max(1.0, abs(self.first_loss or 0.0)), DIVERGED):
            return
        self.meter.close()
        good = self.rows[-1]["step"] if self.rows else 0
        kept = max((row["step"] for row in self.rows if row["valid_loss"] is not None), default=0)
        checkpoint = f"the checkpoint of step {kept} is kept" if kept else "no checkpoint was made yet"
        raise UserError(
            f"{self.title}: the loss became {loss} between steps {good} and {trainer.global_step}; {checkpoint}: "
            "lower the learning rate or raise the warm-up in params.yaml"
        )

    def on_validation_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Note the validation loss at the step it was measured."""
        value = float(trainer.callback_metrics["valid_loss"])
        self.expect_number(value + self.mean_loss(trainer) if self.losses or self.known else value, trainer)
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
