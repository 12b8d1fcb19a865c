"""The one trainer: base model, autoencoder, oracle and every method go through `fit`."""

import logging
import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.fabric.plugins import ClusterEnvironment
from lightning.fabric.plugins.environments import LightningEnvironment
from lightning.pytorch.callbacks import ModelCheckpoint, WeightAveraging
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from diffrep.pipelines.core.errors import OtherProcess, UserError
from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.training.batches import Batches, Steps
from diffrep.pipelines.training.checkpoints import NAME, WholeCheckpoint, resumable, steps_done
from diffrep.pipelines.training.curves import Record
from diffrep.pipelines.training.module import Task


@dataclass(frozen=True)
class Trained:
    """What a training ends with: averaged and raw weights, its curves, and the time of its parts before the last."""

    ema: dict[str, Tensor]
    raw: dict[str, Tensor]
    rows: list[dict[str, Any]]
    earlier_seconds: float

    def summary(self, batch_size: int) -> dict[str, Any]:
        """What the result file says of the training: steps, images seen, last losses."""
        steps = self.rows[-1]["step"]
        last = {name: [row[name] for row in self.rows if row[name] is not None][-1] for name in ("loss", "valid_loss")}
        return {
            "steps": steps,
            "images_seen": steps * batch_size,
            "train_loss": last["loss"],
            "valid_loss": last["valid_loss"],
        }


def fit(
    network: nn.Module,
    train: Batches,
    valid: Batches,
    settings: Optimiser,
    machine: Machine,
    *,
    steps: int,
    seed: int,
    folder: Path,
    identity: dict[str, Any],
    title: str,
    logger: Any = False,
) -> Trained:
    """Train `network` for `steps` optimiser steps, from `folder`'s checkpoint where one of the same identity is there.

    identity  everything that decides the weights (settings, code, data, base model): a checkpoint of another
              identity is thrown away, never continued
    folder    holds the checkpoint of the unfinished run; the caller removes it when the results are safe

    On several devices each has a process of its own, which runs the whole stage: those but the first end here, with
    the training, and what comes after it is done and written once.
    """
    quieten()
    chunk = min(settings.checkpoint_every, steps)
    record = Record(title, settings.log_every, steps)
    keep = ModelCheckpoint(folder, NAME, save_on_train_epoch_end=True, enable_version_counter=False)
    trainer = pl.Trainer(
        accelerator=machine.device,
        devices=machine.devices,
        num_nodes=machine.nodes,
        precision=machine.precision,  # type: ignore[arg-type]
        max_epochs=math.ceil(steps / chunk),  # no max_steps: with it Lightning resumes in the middle of an epoch
        gradient_clip_val=settings.gradient_clip or None,
        callbacks=[WeightAveraging(multi_avg_fn=get_ema_multi_avg_fn(settings.ema_decay)), record, keep],
        logger=logger,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        num_sanity_val_steps=0,
        default_root_dir=folder,
        plugins=[WholeCheckpoint(), *own_environment(machine.nodes)],
    )
    share_out(settings.batch_size, trainer.world_size)
    checkpoint = resumable(folder, identity, title, first=trainer.is_global_zero)
    if machine.channels_last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if machine.compile:
        network.compile()
    task = Task(network, settings, steps=steps, seed=seed)
    train.shard = valid.shard = (trainer.global_rank, trainer.world_size)
    sampler = Steps(chunk, steps, steps_done(checkpoint) // chunk)
    loader = DataLoader(train, sampler=sampler, batch_size=None, num_workers=machine.workers)
    held_out = DataLoader(valid, sampler=range(valid_batches(settings)), batch_size=None)
    trainer.fit(task, loader, held_out, ckpt_path=checkpoint, weights_only=True)
    if not trainer.is_global_zero:
        raise OtherProcess
    learned = {name for name, p in network.named_parameters(remove_duplicate=False) if p.requires_grad}  # all of a tie
    return finished(folder, record, learned)


def own_environment(nodes: int) -> list[ClusterEnvironment]:
    """On one node Lightning starts its own processes, whatever the variables of a batch job around the run say."""
    return [LightningEnvironment()] if nodes == 1 else []


def valid_batches(settings: Optimiser) -> int:
    """How many batches of held-out images one validation takes."""
    return max(1, settings.valid_images // settings.batch_size)


def share_out(batch_size: int, processes: int) -> None:
    """Raise UserError unless every process can have as many images of a batch as any other."""
    if batch_size % processes:
        raise UserError(
            f"batch_size {batch_size} cannot be shared out evenly to {processes} devices: change one of them"
        )


def finished(folder: Path, record: Record, learned: set[str]) -> Trained:
    """Both sets of weights out of the last checkpoint, names as in the network.

    Only the `learned` parameters are averaged: the mean of equal numbers differs from them in the last bit, and
    what is frozen must stay as it was.
    """
    checkpoint = torch.load(folder / f"{NAME}.ckpt", map_location="cpu", weights_only=True)
    averaged, raw = stripped(checkpoint["state_dict"]), stripped(checkpoint["current_model_state"])
    ema = {name: averaged[name] if name in learned else raw[name] for name in raw}
    return Trained(ema, raw, record.rows, record.earlier_seconds)


def stripped(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Parameter names without the Lightning module's own prefix, tensors contiguous as safetensors wants them."""
    return {name.removeprefix("network."): value.contiguous() for name, value in state.items()}


def quieten() -> None:
    """Keep Lightning's advice on loaders and hardware out of the log; warnings of ours and torch's stay."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    logging.getLogger("lightning.pytorch.utilities.rank_zero").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
