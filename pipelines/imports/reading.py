"""A file that others have published, as a model of ours: read, known, every tensor of it accounted for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.archive import read_checkpoint
from diffrep.pipelines.imports.bridge import dbae
from diffrep.pipelines.imports.dpm import diffae_ddpm, pdae_dpm
from diffrep.pipelines.imports.encoders import diffae, pdae
from diffrep.pipelines.imports.kinds import expect_kind
from diffrep.pipelines.imports.latent import disdis, encdiff, ldm_vq
from diffrep.pipelines.imports.model import Model, on_meta
from diffrep.pipelines.trained.imported import load_weights, network_settings
from diffrep.pipelines.trained.source_files import CONFIGS

Reader = Callable[[Mapping[str, Any], str, int | None], Model]
READERS: dict[str, Reader] = {
    "pdae": pdae,
    "pdae-dpm": pdae_dpm,
    "diffae": diffae,
    "diffae-ddpm": diffae_ddpm,
    "encdiff": encdiff,
    "disdis": disdis,
    "dbae": dbae,
    "ldm-vq": ldm_vq,
}


class Read(NamedTuple):
    """A model, and by name what of its file was replaced by inert objects, with how often."""

    model: Model
    replaced: dict[str, int]


def read_model(path: Path, asked: str | None = None, side: int | None = None) -> Read:
    """The model in a file, or in a folder of diffusers; UserError, with what it seems to be, for anything else.

    asked  its kind, one of KINDS; None: as its names say
    side   of its images, where it does not tell
    """
    if folder := diffusers_folder(path):
        if asked not in (None, "ddpm"):
            raise UserError(f"{path} is of diffusers, which is of kind ddpm, not {asked}")
        found = Read(diffusers_model(folder), {})
        expect_side(found.model, side, path)
        return found
    content, replaced = read_checkpoint(path)
    kind = expect_kind(content, asked, str(path))
    if kind == "ddpm":
        raise UserError(f"{path} needs the config.json of its repository beside it: fetch both into one folder")
    try:
        model = READERS[kind](content, str(path), side)
    except (KeyError, AttributeError, IndexError, TypeError) as error:  # of names and shapes that no such file has
        raise UserError(f"{path} has the sign of kind {kind}, but not its layout: get it again") from error
    except ValueError as error:  # of our networks, for sizes that they do not have
        raise UserError(f"{path}: its sizes make no network of ours: {error}") from error
    expect_side(model, side, path)
    return Read(replace(model, left=(*model.left, *beside(content))), replaced)


def expect_side(model: Model, asked: int | None, path: Path) -> None:
    """Raise UserError where the images of a model, as its file tells, have another side than was asked for."""
    shape = model.image_shape
    if shape is not None and asked is not None and shape[1:] != (asked, asked):
        raise UserError(f"{path} is of images of {shape[1]}x{shape[2]}: leave --size {asked} out")


def beside(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What a file of Lightning holds beside the tensors."""
    return tuple(str(key) for key in content if key != "state_dict") if "state_dict" in content else ()


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


def expect_same_base(model: Model, path: Path, dpm: Path) -> None:
    """Raise UserError unless the base model in a PDAE's file is, bit for bit, that of its DPM's file."""
    if model.base is None:
        raise UserError(f"{path} has no base model in it: --dpm is for a PDAE")
    other = read_model(dpm, "pdae-dpm", model.base.image_shape and model.base.image_shape[1]).model
    if other.state.keys() != model.base.state.keys():
        raise UserError(f"{dpm} is not the base model in {path}: it has another size")
    for name, value in model.base.state.items():
        if not torch.equal(value, other.state[name]):
            raise UserError(f"{dpm} is not the base model in {path}: {name} differs")
