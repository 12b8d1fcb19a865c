"""The one trainer: base model, autoencoder, oracle and every method go through `fit`."""

import logging
import math
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.fabric.plugins import ClusterEnvironment
from lightning.fabric.plugins.environments import LightningEnvironment
from torch import Tensor, nn
from torch.utils.data import DataLoader

from diffrep.pipelines.core.errors import OtherProcess, UserError
from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.core.spent import Spent
from diffrep.pipelines.trained.submodules import of_paths
from diffrep.pipelines.training.averages import Averages, weights_of
from diffrep.pipelines.training.batches import Batches, Steps
from diffrep.pipelines.training.checkpoints import Keep, WholeCheckpoint, resumable, steps_done
from diffrep.pipelines.training.curves import Record
from diffrep.pipelines.training.module import Task
from diffrep.pipelines.training.partway import Partway

RESIDENT = 2**30  # bytes of images and labels that are brought to a GPU whole


@dataclass(frozen=True)
class Trained:
    """What a training ends with: averaged and raw weights, its curves, and the time of its parts before the last.

    partway  step -> the weights after it that the settings ask for, of the steps on the way after which they were kept
    """

    ema: dict[str, Tensor]
    raw: dict[str, Tensor]
    rows: list[dict[str, Any]]
    earlier: Spent
    partway: Mapping[int, dict[str, Tensor]]

    def kept(self, settings: Optimiser) -> dict[str, Tensor]:
        """The weights that the settings ask for."""
        return self.ema if settings.weights == "ema" else self.raw

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
    keep_after: Collection[int] = (),
) -> Trained:
    """Train `network` for `steps` optimiser steps, from `folder`'s checkpoint where one of the same identity is there.

    identity    everything that decides the weights (settings, code, data, base model) and which of them are kept: a
                checkpoint of another identity is thrown away, never continued
    folder      holds the checkpoint of the unfinished run; the caller removes it when the results are safe
    keep_after  steps after which the weights are kept too

    On several devices each has a process of its own, which runs the whole stage: those but the first end here, with
    the training, and what comes after it is done and written once.
    """
    quieten()
    chunk = min(settings.checkpoint_every, steps)
    record = Record(title, settings.log_every, steps)
    averages = averages_of(network, settings)
    partway = Partway(network, averages, keep_after)
    on_gpu = machine.device == "gpu"
    trainer = pl.Trainer(
        accelerator="cuda" if on_gpu else "cpu",  # of "gpu" Lightning makes a Mac's too
        devices=machine.devices,
        num_nodes=machine.nodes,
        precision=settings.precision_on(machine),  # type: ignore[arg-type]
        benchmark=machine.cudnn_benchmark,
        max_epochs=math.ceil(steps / chunk),  # no max_steps: with it Lightning resumes in the middle of an epoch
        callbacks=[averages, partway, record, Keep(folder, steps, machine.checkpoint_minutes)],
        logger=logger,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        sync_batchnorm=on_gpu and machine.devices * machine.nodes > 1,  # torch's refuses CPUs
        num_sanity_val_steps=0,
        default_root_dir=folder,
        plugins=[WholeCheckpoint(), *own_environment(machine.nodes)],
    )
    share_out(settings.batch_size, trainer.world_size)
    if not on_gpu:
        expect_norms_alike(network, trainer.world_size, title)
    checkpoint = resumable(folder, identity, title, first=trainer.is_global_zero)
    if machine.channels_last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    expect_known_images(train, valid)
    resident = train.arrays if on_gpu and sum(array.nbytes for array in train.arrays) <= RESIDENT else ()
    task = Task(network, settings, machine, steps=steps, seed=seed, resident=resident)
    train.shard = valid.shard = (trainer.global_rank, trainer.world_size)
    train.by_number = valid.by_number = bool(resident)
    sampler = Steps(chunk, steps, steps_done(checkpoint) // chunk)
    loader = DataLoader(
        train,
        sampler=sampler,
        batch_size=None,
        num_workers=machine.workers,
        persistent_workers=machine.workers > 0,
        pin_memory=on_gpu,
    )
    held_out = DataLoader(valid, sampler=range(valid_batches(settings)), batch_size=None, pin_memory=on_gpu)
    trainer.fit(task, loader, held_out, ckpt_path=checkpoint, weights_only=True)
    if not trainer.is_global_zero:
        raise OtherProcess
    wait_for_others(trainer)
    return Trained(*weights_of(network, averages), record.rows, record.earlier, partway.kept)


def averages_of(network: nn.Module, settings: Optimiser) -> Averages:
    """The averages that the settings ask for; of raw weights, which are kept, raw weights are validated too."""
    unaveraged, judged = of_paths(network, settings.unaveraged, "unaveraged"), settings.weights == "ema"
    return Averages(network, settings.ema_decay, ramp=settings.ema_ramp, unaveraged=unaveraged, judged=judged)


def wait_for_others(trainer: pl.Trainer) -> None:
    """Let the processes that Lightning started on this machine end, so that their time counts as that of children."""
    for process in getattr(trainer.strategy.launcher, "procs", ()):
        process.wait()


def expect_known_images(train: Batches, valid: Batches) -> None:
    """Raise ValueError unless both draw rows of the same arrays, which may lie on a device once."""
    if any(one is not other for one, other in zip(train.arrays, valid.arrays, strict=True)):
        raise ValueError("training and held-out rows must be of the same arrays")


def expect_norms_alike(network: nn.Module, processes: int, title: str) -> None:
    """Raise UserError for batch norm in several processes on CPUs, where torch cannot synchronise it."""
    if processes > 1 and any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules()):
        raise UserError(f"{title}: batch norm cannot be shared by {processes} processes on CPUs: set machine.devices 1")


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


def quieten() -> None:
    """Keep Lightning's advice on loaders and hardware out of the log; warnings of ours and torch's stay."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    logging.getLogger("lightning.pytorch.utilities.rank_zero").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
