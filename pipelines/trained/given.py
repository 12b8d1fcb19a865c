"""What adapters give back, looked at before it is used: views of codes, and a loss."""

from typing import Any

import torch
from lightning_utilities.core.apply_func import apply_to_collection
from torch import Tensor

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import A_VIEW, is_view

IN_TURN = {"times": "T", "tokens": "N"}  # the views that pipelines/evaluation/readings.py reads one by one


def fault_of_views(views: Any, count: int) -> str | None:
    """What is wrong with the codes of `count` images, or None: real numbers by view, rows of images, the first flat."""
    if not isinstance(views, dict) or not views:
        return f"encode returns {kind(views)}, not a dict of views"
    for view, codes in views.items():
        if not isinstance(view, str):
            return f"encode names a view {view!r}, which is no word"
        if not is_view(view):
            return f"encode names a view {view!r}: a view's name is {A_VIEW}"
        if not isinstance(codes, Tensor):
            return f"encode gives view {view!r} as {kind(codes)}, not as a tensor"
        if not codes.is_floating_point():
            given = str(codes.dtype).removeprefix("torch.")
            return f"encode gives view {view!r} as {given}, not as real numbers, such as float32"
        if codes.ndim == 0 or len(codes) != count:
            return f"encode gives view {view!r} of {count} images the shape {list(codes.shape)}"
        if view in IN_TURN and (codes.ndim != 3 or not codes.numel()):
            return f"encode gives view {view!r} the shape {list(codes.shape)}, not [n, {IN_TURN[view]}, d]"
    codes = next(iter(views.values()))
    if codes.ndim != 2 or not codes.shape[1]:
        return f"encode gives the first view the shape {list(codes.shape)}, not [n, d]"
    return None


def widths(views: dict[str, Tensor]) -> dict[str, list[int]]:
    """The shape of one image's codes, by view."""
    return {view: list(codes.shape[1:]) for view, codes in views.items()}


def chance(network: Any, shape: torch.Size, generator: torch.Generator) -> dict[str, Any]:
    """What a loss on images of `shape` [n, c, h, w] leaves to chance, by the names of its arguments."""
    if not hasattr(network, "draw"):
        return {}
    drawn = network.draw(shape, generator)
    if not isinstance(drawn, dict):
        raise UserError(f"draw returns {kind(drawn)}, not a dict of the loss's arguments")
    for name, value in drawn.items():
        apply_to_collection(value, Tensor, expect_rows, name, shape[0])
    return drawn


def expect_rows(drawn: Tensor, name: str, count: int) -> None:
    """Raise UserError unless a tensor that is drawn for `count` images has a row for each of them."""
    if not drawn.ndim or len(drawn) != count:
        raise UserError(f"draw gives {name!r} the shape {list(drawn.shape)} for {count} images: a row for each is due")


def drawn_loss(network: Any, batch: tuple[Tensor, ...], generator: torch.Generator) -> Any:
    """What a network's loss gives for a batch, images [n, c, h, w] first, with chance from `generator`."""
    return network.loss(*batch, **chance(network, batch[0].shape, generator))


def minimised(given: Any) -> Tensor:
    """The number that training minimises, of what a `loss` gives; UserError where that is none, or has no gradient."""
    if isinstance(given, dict):
        if "loss" not in given:
            raise UserError(f"loss returns a dict without 'loss', which holds {sorted(map(str, given))}")
        given = given["loss"]
    if not isinstance(given, Tensor):
        raise UserError(f"loss returns {kind(given)}, not a tensor")
    if given.ndim:
        raise UserError(f"the loss has the shape {list(given.shape)}, not one number")
    if torch.is_grad_enabled() and not given.requires_grad:
        raise UserError("the loss has no gradient: nothing that is trained enters it")
    return given


def savable(state: dict[str, Any]) -> dict[str, Tensor]:
    """The tensors of a state_dict, each contiguous and with memory of its own, as safetensors wants them.

    Tied weights are written under each of their names: the network ties them again as it is built.
    """
    for name, value in state.items():
        if not isinstance(value, Tensor):
            raise UserError(f"state_dict holds {name!r}, which is {kind(value)}: only tensors are saved")
    return {name: value.detach().clone(memory_format=torch.contiguous_format) for name, value in state.items()}


def kind(value: Any) -> str:
    """What a value is, in a word."""
    return "None" if value is None else f"a {type(value).__name__}"
