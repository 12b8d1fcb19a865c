"""A file that others have published, as a model of ours: read, known, every tensor of it accounted for."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.archive import read_checkpoint
from diffrep.pipelines.imports.diffusers_models import diffusers_folder, diffusers_model
from diffrep.pipelines.imports.kinds import KINDS, expect_kind
from diffrep.pipelines.imports.model import Model


class Read(NamedTuple):
    """A model, and by name what of its file was replaced by inert objects, with how often."""

    model: Model
    replaced: dict[str, int]


def read_model(path: Path, asked: str | None = None, side: int | None = None) -> Read:
    """The model in a file, or in a folder of diffusers; UserError, with what it seems to be, for anything else.

    asked  its kind, of kinds.READ; None: as its names say
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
    read = KINDS[kind].read
    assert read is not None  # of a kind that is expected
    try:
        model = read(content, str(path), side)
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
