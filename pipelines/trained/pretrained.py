"""What a method may stand on, by the words of its `needs`: the class of each, how it is read, what it hashes to."""

import importlib
from pathlib import Path
from typing import Any

from torch import nn

from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import checksum
from diffrep.pipelines.core.names import lookup

NEEDS = {
    "base": "diffrep.methods.shared.denoisers.base:BaseDPM",
    "autoencoder": "diffrep.methods.shared.networks.autoencoder:Autoencoder",
}
WEIGHTS = {"base": "unet/*.safetensors", "autoencoder": "vq/*.safetensors"}


def class_of(need: str) -> Any:
    """The class of what `need` names."""
    return lookup(NEEDS, need, "need")


def load(need: str, dataset: str, image_shape: tuple[int, int, int]) -> nn.Module:
    """The trained model of `dataset` that `need` names, in eval mode; UserError where it is missing or does not fit."""
    stage = importlib.import_module(f"diffrep.pipelines.{need}")
    return getattr(stage, f"load_{need}")(dataset, image_shape)


def weights_checksum(need: str, dataset: str) -> str:
    """What the weights that `need` names hash to."""
    folder: Path = getattr(paths, need)(dataset)
    return checksum(next(folder.glob(WEIGHTS[need])))
