"""How latent diffusion's files name the autoencoder, and EncDiff's its encoder and the networks of its tokens.

Rombach et al. 2022, arXiv:2112.10752; reference: CompVis/latent-diffusion. Yang et al. 2024, arXiv:2402.09712;
reference: SelenaGeRuiqi/EncDiff. dis-dis, arXiv:2410.23820; reference: youngjun-jun/dis-dis.
"""

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from diffrep.pipelines.imports.gathering import Source
from diffrep.pipelines.imports.guided_names import linear

OUTER = {"conv_norm_out": "norm_out"}
IN_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
BLOCK = re.compile(r"(encoder|decoder)\.(down|up)_blocks\.(\d+)\.(?:resnets\.(\d+)|(down|up)samplers\.0)\.(.+)")
MIDDLE = re.compile(r"(encoder|decoder)\.mid_block\.(resnets|attentions)\.(\d)\.(.+)")
RESIDUAL = re.compile(r"(encoder\.\d+)\.\w+\.(\d\..+)")  # its branch has a name of no meaning
TOKEN_LAYERS = (0, 2, 4)
NORM = re.compile(r"image_encoder\.encoder\.(\d+)\.running_mean")
DENSE = re.compile(r"image_encoder\.fc\.(\d+)(\..+)")
TOKEN = re.compile(r"mlps\.(\d+)\.layers\.(\d+)")


def of_autoencoder(name: str, levels: int) -> Source:
    """Where a tensor of a VQModel stands; `levels` resolutions, which its way up counts from the finest there."""
    if found := MIDDLE.fullmatch(name):
        side, kind, i, inside = found.groups()
        if kind == "resnets":
            return Source(f"{side}.mid.block_{int(i) + 1}.{shortcut(inside)}")
        module, _, end = inside.rpartition(".")
        return Source(f"{side}.mid.attn_1.{IN_ATTENTION[module]}.{end}", linear)
    if found := BLOCK.fullmatch(name):
        side, way, level, i, sampler, inside = found.groups()
        number = int(level) if way == "down" else levels - 1 - int(level)
        module = f"block.{i}.{shortcut(inside)}" if i else f"{sampler}sample.{inside}"
        return Source(f"{side}.{way}.{number}.{module}")
    side, _, inside = name.partition(".")
    module, _, end = inside.rpartition(".")
    return Source(f"{side}.{OUTER[module]}.{end}" if module in OUTER else name)


def shortcut(inside: str) -> str:
    """A name inside a residual block."""
    return inside.replace("conv_shortcut", "nin_shortcut")


def without_attention(state: Mapping[str, Any], width: int) -> dict[str, Any]:
    """An autoencoder that has no middle attention, with one that adds nothing: exactly the same function.

    width  channels in the middle
    """
    silent: dict[str, Tensor] = {}
    for side in ("encoder", "decoder"):
        for module in IN_ATTENTION.values():
            shape = (width,) if module == "norm" else (width, width)
            silent[f"{side}.mid.attn_1.{module}.weight"] = torch.zeros(shape)
            silent[f"{side}.mid.attn_1.{module}.bias"] = torch.zeros(width)
    return {**silent, **state}


def plain_encoder(state: Mapping[str, Any]) -> dict[str, Any]:
    """EncDiff's image encoder, the branches of its residual blocks under the name that they have here."""
    return {RESIDUAL.sub(r"\1.branch.\2", name): value for name, value in state.items()}


def as_encdiffs(state: Mapping[str, Any]) -> dict[str, Any]:
    """dis-dis's image encoder and networks of tokens under the names that EncDiff has for its own, layers in a row."""
    norms = [int(found[1]) for name in state if (found := NORM.match(name))]
    first = max(norms, default=0) + 3  # behind the last norm come its activation and what flattens the maps
    return {renamed(name, first): value for name, value in state.items()}


def renamed(name: str, first: int) -> str:
    """A name of dis-dis as EncDiff's; `first` is the number of the first dense layer there."""
    if found := DENSE.match(name):
        return f"encoder.{first + int(found[1])}{found[2]}"
    return TOKEN.sub(r"net.\1.\2", name).removeprefix("image_encoder.")


def with_stacked_tokens(state: Mapping[str, Any], count: int) -> dict[str, Any]:
    """The same with the separate networks of `count` tokens put side by side, as Separate has them."""
    found = dict(state)
    for layer, number in enumerate(TOKEN_LAYERS):
        weights = [found.pop(f"net.{i}.{number}.weight") for i in range(count)]
        biases = [found.pop(f"net.{i}.{number}.bias") for i in range(count)]
        found[f"tokens.layers.{layer}.weight"] = torch.stack(weights).transpose(1, 2)
        found[f"tokens.layers.{layer}.bias"] = torch.stack(biases).unsqueeze(1)
    return found


def averaged(state: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """The averaged weights of a model by its own names, which the file has without dots: {name: tensor}.

    names  of the raw weights, "diffusion_model...."; a name without its dots cannot be read back, only looked up
    """
    dotless = {name.replace(".", ""): name for name in names}
    if len(dotless) != len(names):
        raise ValueError("two names of the network are alike without their dots: its averages cannot be told apart")
    return {dotless.get(name, name): value for name, value in state.items()}
