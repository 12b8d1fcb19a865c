"""A model of a file in the suite's own words, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from diffrep.pipelines.core.arguments import arguments

Shape = tuple[int, int, int]
ANY_IMAGES: Shape = (3, 256, 256)  # for which an autoencoder is built where its tensors alone matter


@dataclass(frozen=True)
class Model:
    """What a file holds.

    kind         of kinds.READ
    image_shape  (channels, height, width); None for an autoencoder, which takes images of many sizes
    section      a row's arguments, or the section `network` of a base model or an autoencoder
    state        its tensors by the names of our network, of a base model and an autoencoder those of diffusers'
    left         what of the file is not used, in words
    base         the base model in the file that a row stands on
    scale        the factor of an autoencoder's latents, where it lies in a model that was trained on them
    """

    kind: str
    image_shape: Shape | None
    section: dict[str, Any]
    state: Mapping[str, Tensor]
    left: tuple[str, ...] = ()
    base: "Model | None" = None
    scale: float | None = None


def on_meta(cls: Any, image_shape: Shape, *needed: Any, **section: Any) -> Any:
    """A network of a section that has shapes and no numbers."""
    with torch.device("meta"):
        return cls(image_shape, *needed, **arguments(cls, "imported", section))


def shapes_of(network: nn.Module) -> dict[str, torch.Size]:
    """{name of a tensor: its shape}."""
    return {name: value.shape for name, value in network.state_dict().items()}
