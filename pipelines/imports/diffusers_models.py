"""Base models that diffusers saved: a folder with a config.json, which their weights alone do not replace."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.model import Model, on_meta
from diffrep.pipelines.trained.imported import load_weights, network_settings
from diffrep.pipelines.trained.source_files import CONFIGS


def diffusers_folder(path: Path) -> Path | None:
    """The folder of diffusers that a person names, as it is or by the weights in it; None for another file."""
    folder = path if path.is_dir() else path.parent
    described = any((folder / name).is_file() for name in CONFIGS)
    if path.is_dir() and not described:
        raise UserError(f"{path} is a folder without a config.json of diffusers: name the file of weights")
    return folder if described and (path.is_dir() or path.suffix in (".bin", ".safetensors")) else None


def diffusers_model(folder: Path) -> Model:
    """A base model that diffusers saved, google/ddpm-* among them, with the old names of attention too."""
    network = network_settings(str(folder))
    unet = network["unet"]
    sides = unet["sample_size"]
    if not sides:
        raise UserError(f"{folder}: config.json: sample_size is {sides!r}, which tells no size of images")
    height, width = (sides, sides) if isinstance(sides, int) else sides
    shape = (unet["in_channels"] // network["patch"] ** 2, height * network["patch"], width * network["patch"])
    model = on_meta(BaseDPM, shape, network=network).unet.to_empty(device="cpu")
    load_weights(model, str(folder))
    return Model("ddpm", shape, network, model.state_dict())


def without_config(content: Mapping[str, Any], where: str, side: int | None) -> NoReturn:
    """Raise UserError: of weights alone nothing is read."""
    raise UserError(f"{where} needs the config.json of its repository beside it: fetch both into one folder")
