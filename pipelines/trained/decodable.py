"""What evaluations ask of every decoder and code of the grid, tried on the meta device before anything is trained."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.trained.buildable import META, networks

IMAGES = 2  # that are encoded and decoded, without numbers


def expect_steps(params: Params, image_shape: Sequence[int]) -> None:
    """Raise UserError where the sampler of a method does not take the steps that an evaluation asks of it."""
    for section, network in decoders(params, image_shape):
        for key, (what, count) in sampler_steps(params).items():
            reason = None if what in network.cannot else refusal(network, what, count, image_shape)
            if reason:
                raise UserError(f"{FILE}: {key} is {count}, which {section} does not take: {reason}")


def expect_dims(params: Params, image_shape: Sequence[int]) -> None:
    """Raise UserError where edits are to change more dimensions than the codes of a method have."""
    asked = params.evaluate.counterfactual
    for section, network in decoders(params, image_shape):
        size = code_size(network, image_shape)
        for key in ("probe_dims", "mask_dims"):
            count = getattr(asked, key)
            if size is not None and count > size:
                told = f"the codes of {section} have {size} dimensions"
                raise UserError(f"{FILE}: evaluate.counterfactual.{key} is {count}, but {told}")


def decoders(params: Params, image_shape: Sequence[int]) -> Iterator[tuple[str, Any]]:
    """(section, network) of the methods that draw images, on the meta device."""
    for section, network in networks(params, image_shape):
        if section.startswith("methods.") and "decode" not in network.cannot:
            yield section, network


def sampler_steps(params: Params) -> dict[str, tuple[str, int]]:
    """{key of params.yaml: ("decode" or "invert", the number of steps)} of all that is asked of a sampler."""
    return {
        f"evaluate.{stage}.{what}_steps": (what, getattr(getattr(params.evaluate, stage), f"{what}_steps"))
        for stage in ("reconstruct", "counterfactual")
        for what in ("decode", "invert")
    }


def refusal(network: Any, what: str, steps: int, image_shape: Sequence[int]) -> str | None:
    """Why a method refuses to decode or invert in so many steps; None where it does, or only numbers can tell."""
    try:
        with META, torch.no_grad():
            images = torch.empty(IMAGES, *image_shape)
            codes = next(iter(network.encode(images).values()))
            given = (codes, images) if what == "decode" else (images, codes)
            getattr(network, what)(*given, steps=steps)
    except ValueError as error:
        return str(error)
    except Exception:  # numbers were looked at, after the steps
        return None
    return None


def code_size(network: Any, image_shape: Sequence[int]) -> int | None:
    """How many numbers the default code of an image has; None where only numbers can tell."""
    try:
        with META, torch.no_grad():
            codes = next(iter(network.encode(torch.empty(IMAGES, *image_shape)).values()))
    except Exception:  # numbers were looked at
        return None
    return int(codes.flatten(1).shape[1])
