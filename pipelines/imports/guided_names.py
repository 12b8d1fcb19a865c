"""How guided-diffusion's networks, and all that were made of them, name what diffusers names otherwise.

Dhariwal & Nichol 2021, arXiv:2105.05233. Blocks are counted through all resolutions there, the stem first, and hold a
residual block, then attention, then on the way up what doubles the map. Queries, keys and values lie in one tensor,
heads before the three of them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from torch import Tensor

from diffrep.pipelines.imports.gathering import Source

OUTER = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
IN_BLOCK = {  # of residual blocks: those of diffusers, of a network that is told a code, and of our estimator
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "time_emb_proj.time": "emb_layers.1",
    "time_emb_proj.code": "cond_emb_layers.1",
    "time": "emb_layers.1",
    "code": "emb_z_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
    "shortcut": "skip_connection",
}
QKV = ("to_q", "to_k", "to_v")
DOWN = re.compile(r"down_blocks\.(\d+)\.(resnets|attentions|downsamplers)\.(\d+)\.(.+)")
MIDDLE = re.compile(r"mid_block\.(resnets|attentions)\.(\d+)\.(.+)")
UP = re.compile(r"up_blocks\.(\d+)\.(resnets|attentions|upsamplers)\.(\d+)\.(.+)")


@dataclass(frozen=True)
class GuidedNames:
    """The names of one network.

    layers        residual blocks per resolution on the way down
    attending     which resolutions of the way up, the coarsest first, have attention
    transformers  attention is a transformer of latent diffusion, whose inner names are the same
    """

    layers: int
    attending: frozenset[int]
    transformers: bool = False

    def source(self, name: str) -> Source:
        """Where a tensor of a U-Net of diffusers stands."""
        module, _, kind = name.rpartition(".")
        if module in OUTER:
            return Source(f"{OUTER[module]}.{kind}")
        place, inside = self.place(name)
        if ".attentions." not in name:
            return residual(inside).under(place)
        return (Source(inside) if self.transformers else attention(inside, heads=1)).under(place)

    def place(self, name: str) -> tuple[str, str]:
        """(prefix there, name inside the module) of a tensor of a block."""
        if found := MIDDLE.fullmatch(name):
            return f"middle_block.{1 if found[1] == 'attentions' else 2 * int(found[2])}.", found[3]
        if found := DOWN.fullmatch(name):
            level, i = int(found[1]), self.layers if found[2] == "downsamplers" else int(found[3])
            return f"input_blocks.{1 + self.block(level, i)}.{int(found[2] == 'attentions')}.", found[4]
        if found := UP.fullmatch(name):
            level, i = int(found[1]), self.layers if found[2] == "upsamplers" else int(found[3])
            return f"output_blocks.{self.block(level, i)}.{self.up_place(level, found[2])}.", found[4]
        raise ValueError(f"{name} is no tensor of a U-Net's block")

    def block(self, level: int, i: int) -> int:
        """Which block it is, counted through all resolutions, each of which has one more than `layers`."""
        return (self.layers + 1) * level + i

    def up_place(self, level: int, kind: str) -> int:
        """Which module of its block it is on the way up: what doubles comes last, after attention if there is any."""
        return {"resnets": 0, "attentions": 1, "upsamplers": 1 + (level in self.attending)}[kind]


def residual(inside: str) -> Source:
    """A tensor of a residual block."""
    module, _, kind = inside.rpartition(".")
    return Source(f"{IN_BLOCK[module]}.{kind}")


def attention(inside: str, *, heads: int) -> Source:
    """A tensor of self-attention; convolutions of one pixel there are linear maps here."""
    module, _, kind = inside.rpartition(".")
    if module in QKV:
        return Source(f"qkv.{kind}", third(QKV.index(module), heads))
    return Source(f"norm.{kind}") if module == "group_norm" else Source(f"proj_out.{kind}", linear)


def third(which: int, heads: int) -> Callable[[Tensor], Tensor]:
    """Takes queries (0), keys (1) or values (2) out of [heads x 3 x d, ...]."""
    return lambda qkv: linear(qkv.reshape(heads, 3, -1, *qkv.shape[1:])[:, which].flatten(0, 1))


def linear(weight: Tensor) -> Tensor:
    """A convolution of one pixel [out, in, 1, ...] as the linear map [out, in]; a bias as it is."""
    return weight.flatten(1) if weight.ndim > 1 else weight


def attending(names: Iterable[str]) -> frozenset[int]:
    """Which resolutions of the way up of a U-Net of diffusers have attention, by the names of its tensors."""
    found = (UP.search(name) for name in names)
    return frozenset(int(match[1]) for match in found if match and match[2] == "attentions")
