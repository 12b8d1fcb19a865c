"""A training as the stages want it: a network, the arrays it sees, and what its weights depend on."""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.sections import Machine, Optimiser
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.training.batches import Batches

if TYPE_CHECKING:
    from diffrep.pipelines.training.fit import Trained

BY_STEPS = ("steps", "images_seen", "train_loss", "valid_loss")  # what `Trained.summary` holds
COUNTS = ("parameters", "parameters_trained")


def training(
    network: nn.Module,
    arrays: tuple[np.ndarray, ...],
    data: Prepared,
    settings: Optimiser,
    machine: Machine,
    *,
    steps: int,
    seed: int,
    partial: Path,
    identity: dict[str, Any],
    title: str,
    logger: Any = False,
    keep_after: Collection[int] = (),
) -> "Trained":
    """`network` trained on the train split of `arrays`; its checkpoints lie in `partial` until it has ended.

    keep_after  steps after which the weights are kept too
    """
    from diffrep.pipelines.training.fit import fit  # brings Lightning: seconds that untrained controls need not pay

    whole = {
        **identity,
        "training": settings.model_dump(mode="json"),
        "steps": steps,
        "kept_after": sorted(keep_after),
        "seed": seed,
        "data": data.checksum,
    }
    return fit(
        network,
        Batches(arrays, data.splits["train"], settings.batch_size, seed),
        Batches(arrays, data.splits["valid"], settings.batch_size, mixed_seed(seed, 1)),
        settings,
        machine,
        steps=steps,
        seed=seed,
        folder=partial,
        identity={**whole, "machine": machine.model_dump(exclude={"workers", "checkpoint_minutes", "array_gib"})},
        title=title,
        logger=logger,
        keep_after=keep_after,
    )


def ended(partial: Path) -> None:
    """Remove the checkpoints of a training whose results are written."""
    shutil.rmtree(partial, ignore_errors=True)


def count(network: nn.Module) -> dict[str, int]:
    """How many numbers the network keeps (fitted ones too, tied ones once), and how many of them a loss trains."""
    trained = sum(p.numel() for p in network.parameters() if p.requires_grad) if hasattr(network, "loss") else 0
    kept = {value.data_ptr() or name: value.numel() for name, value in network.state_dict().items()}
    return dict(zip(COUNTS, (sum(kept.values()), trained), strict=True))
