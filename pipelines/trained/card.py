"""The card.json beside a model that methods stand on, and the refusal of a model that does not fit it."""

from pathlib import Path
from typing import Any

from torch import nn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json


def read_card(folder: Path, what: str, image_shape: tuple[int, int, int], first: str, again: str) -> dict[str, Any]:
    """The card of the model in `folder`, `what` in words; UserError where it is missing or for other images.

    first, again  the command that makes a model, where there is none and where there is another
    """
    path = folder / "card.json"
    if not path.exists():
        raise UserError(f"no {what} in {folder}: {first}")
    card = read_json(path)
    for key in ("image_shape", "network"):
        if key not in card:
            raise UserError(f"{path} lacks the key {key!r}: {again}")
    if tuple(card["image_shape"]) != tuple(image_shape):
        shapes = f"{card['image_shape']}, the data set's are {list(image_shape)}"
        raise UserError(f"the {what} in {folder} is for images of {shapes}: {again}")
    return card


def expect_same(found: nn.Module, described: nn.Module, what: str, folder: Path, again: str) -> None:
    """Raise UserError where the weights `found` in `folder` are not those of the network that its card describes."""
    shapes = [{name: value.shape for name, value in network.state_dict().items()} for network in (found, described)]
    if shapes[0] != shapes[1]:
        other = next(name for name in {**shapes[1], **shapes[0]} if shapes[0].get(name) != shapes[1].get(name))
        raise UserError(f"the {what} in {folder} is not the network of its card.json (see {other}): {again}")
