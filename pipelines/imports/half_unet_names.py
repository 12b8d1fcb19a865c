"""How Diff-AE's files name its encoder, whose layers stand here in one sequence.

Preechakul et al. 2022, arXiv:2111.15640; reference: phizaz/diffae, model/unet.py.
"""

from diffusers.models.attention_processor import Attention
from torch import nn

from diffrep.methods.shared.networks.half_unet import HalfUNet, SingleConvBlock
from diffrep.pipelines.imports.gathering import Source
from diffrep.pipelines.imports.guided_names import attention

IN_BLOCK = {"norm": "in_layers.0", "conv": "in_layers.2", "shortcut": "skip_connection"}
MIDDLE = 3  # layers before the head: a block, attention, a block


class HalfUNetNames:
    """The names of one encoder."""

    def __init__(self, network: HalfUNet) -> None:
        self.layers = list(network.layers)
        self.places = places(self.layers)

    def source(self, name: str) -> Source:
        """Where a tensor stands, of "layers.7.conv.weight" and the like."""
        _, i, inside = name.split(".", 2)
        layer, place = self.layers[int(i)], self.places[int(i)]
        if isinstance(layer, Attention):
            return attention(inside, heads=1).under(place)
        if isinstance(layer, SingleConvBlock):
            module, _, kind = inside.rpartition(".")
            return Source(f"{IN_BLOCK[module]}.{kind}").under(place)
        return Source(inside).under(place)


def places(layers: list[nn.Module]) -> dict[int, str]:
    """{index of a layer: its prefix there}: attention shares a number with the block before it."""
    norm = next(i for i, layer in enumerate(layers) if isinstance(layer, nn.GroupNorm))
    found, count = {}, -1
    for i, layer in enumerate(layers[: norm - MIDDLE]):
        count += not isinstance(layer, Attention)
        found[i] = f"encoder.input_blocks.{count}.{int(isinstance(layer, Attention))}."
    for i in range(MIDDLE):
        found[norm - MIDDLE + i] = f"encoder.middle_block.{i}."
    return {**found, norm: "encoder.out.0.", norm + 3: "encoder.out.3."}
