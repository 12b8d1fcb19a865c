"""The sizes of a network from the shapes of its tensors, where the configuration is a file of its own.

What shapes do not tell (groups of norms, heads, dropout) is as published; what they tell wrong shows in the gathering.
"""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from diffrep.pipelines.core.errors import UserError

ATTENDED = 16  # side of the maps with self-attention, in every released model of this family


class Shapes:
    """The shapes of a part of a file.

    where  the file, and what of it this is
    """

    def __init__(self, state: Mapping[str, Any], where: str) -> None:
        self.state, self.where = state, where

    def __contains__(self, name: str) -> bool:
        return name in self.state

    def of(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor; UserError where there is none of that name."""
        value = self.state.get(name)
        if not isinstance(value, Tensor):
            raise UserError(f"{self.where} lacks the tensor {name}: the network is of another kind")
        return tuple(value.shape)

    def count(self, pattern: str) -> int:
        """How many numbers stand in place of the group of a pattern, of the names that begin with it."""
        return len({found[1] for name in self.state if (found := re.match(pattern, name))})

    def unet(self, attention: str) -> dict[str, Any]:
        """The sizes of a guided-diffusion U-Net, in the words of UNetSettings.

        attention  a tensor in every module of its attention
        """
        layers = self.layers()
        levels = self.count(r"output_blocks\.(\d+)\.") // (layers + 1)
        firsts = [1 + (layers + 1) * level for level in range(levels)]
        return {
            "channels": [self.of(f"input_blocks.{i}.0.out_layers.3.weight")[0] for i in firsts],
            "layers": layers,
            "attention_levels": [level for level, i in enumerate(firsts) if f"input_blocks.{i}.1.{attention}" in self],
        }

    def layers(self) -> int:
        """Residual blocks per resolution: as many blocks as come before the first that doubles the map."""
        doubling = (i for i in range(len(self.state)) if self.doubles(i))
        return next(doubling, self.count(r"output_blocks\.(\d+)\.") - 1)

    def doubles(self, block: int) -> bool:
        """Whether a block of the way up ends with what doubles the map."""
        return any(f"output_blocks.{block}.{place}.in_layers.0.weight" in self for place in (1, 2))

    def encoder(self) -> tuple[dict[str, Any], int, int]:
        """PDAE's encoder: (its settings, the size of its code, the side of its images)."""
        layers = sorted(int(name.split(".")[1]) for name in self.state if re.fullmatch(r"encoder\.\d+\.weight", name))
        convolutions = [i for i in layers if len(self.of(f"encoder.{i}.weight")) == 4]
        channels = [self.of(f"encoder.{i}.weight")[0] for i in convolutions]
        code_dim, features = self.of(f"encoder.{layers[-1]}.weight")
        side = round((features / channels[-1]) ** 0.5) << len(channels)
        attention = next((int(name.split(".")[1]) for name in self.state if ".qkv.weight" in name), None)
        halved = None if attention is None else side >> sum(i < attention for i in convolutions)
        return {"kind": "conv", "channels": channels, "attention": halved}, code_dim, side

    def trunk(self, kind: str) -> tuple[dict[str, Any], int, int]:
        """EncDiff's encoder of scalars, "encoder4" or "disdis": (its settings, the size of its code, images' side).

        The second has one convolution more that does not halve, and its maps' numbers enter the first dense layer.
        """
        weights = (re.fullmatch(r"encoder\.(\d+)\.weight", name) for name in self.state)
        shapes = [self.of(f"encoder.{i}.weight") for i in sorted(int(found[1]) for found in weights if found)]
        channels = [shape[0] for shape in shapes if len(shape) == 4]
        dense = [shape for shape in shapes if len(shape) == 2]
        halvings = len(channels) - (kind == "disdis")
        side = round((dense[0][1] / channels[-1]) ** 0.5) << halvings
        return {"kind": kind, "channels": channels}, dense[-1][0], side

    def tokens(self) -> dict[str, Any]:
        """The network of each of EncDiff's tokens."""
        *hidden, dim = (self.of(f"net.0.{layer}.weight")[0] for layer in (0, 2, 4))
        return {"dim": dim, "hidden": hidden}

    def half_unet(self) -> tuple[dict[str, Any], int, int]:
        """Diff-AE's encoder: (its settings, the size of its code, the index of its resolution with attention).

        Every resolution but the first begins with a block that halves, and has two more; so has the first its stem.
        """
        blocks = self.count(r"encoder\.input_blocks\.(\d+)\.")
        firsts = range(1, blocks, 3)
        channels = [self.of(f"encoder.input_blocks.{i}.0.in_layers.2.weight")[0] for i in firsts]
        attends = [level for level, i in enumerate(firsts) if f"encoder.input_blocks.{i}.1.qkv.weight" in self]
        return {"kind": "half_unet", "channels": channels}, self.of("encoder.out.3.weight")[0], (attends or [-1])[0]

    def autoencoder(self) -> dict[str, Any]:
        """A VQ autoencoder, in the words of AutoencoderSettings."""
        levels = self.count(r"encoder\.down\.(\d+)\.")
        return {
            "channels": [self.of(f"encoder.down.{level}.block.0.conv1.weight")[0] for level in range(levels)],
            "layers": self.count(r"encoder\.down\.0\.block\.(\d+)\."),
            "latent_channels": self.of("quantize.embedding.weight")[1],
            "codebook": self.of("quantize.embedding.weight")[0],
        }
