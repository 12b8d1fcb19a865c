"""How DBAE's files name its generator, whose spectral norms stand in them unrolled, and the heads of its denoiser.

Kim et al. 2025, arXiv:2405.17111; reference: aailab-kaist/DBAE, ddbm/unet.py.
"""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from diffrep.pipelines.imports.gathering import Source
from diffrep.pipelines.imports.guided_names import QKV, GuidedNames, third

COARSEST = 4  # side of the generator's first map
TRANSPOSED = "init.init.0"  # the one convolution whose outputs are its second dim
IDLE = "feat_256."  # a block of the generator that no released size runs
BLOCK = re.compile(r"blocks\.(\d+)\.(\d)\.(.+)")
GATE = re.compile(r"gates\.(\d+)\.layers\.(\d)\.(.+)")
FIRST = re.compile(r"first\.(\d)\.(.+)")


def of_generator(name: str, side: int) -> Source:
    """Where a tensor of Generator for images of `side` pixels stands, once spectral norms are folded."""
    if found := FIRST.fullmatch(name):
        return Source(f"init.init.{found[1]}.{found[2]}")
    if found := BLOCK.fullmatch(name):
        return Source(f"feat_{COARSEST << (int(found[1]) + 1)}.{int(found[2]) + 1}.{found[3]}")
    if found := GATE.fullmatch(name):
        return Source(f"se_{16 * COARSEST << int(found[1])}.main.{found[2]}.{found[3]}")
    return Source(name.replace("last", f"to_{side}"))


def of_denoiser(name: str, names: GuidedNames, head_width: int) -> Source:
    """Where a tensor of the U-Net stands: of attention with heads of `head_width` channels, and told the code."""
    if name.startswith("class_embedding."):
        return Source(name.replace("class_embedding", "label_emb"))
    found, layer = names.source(name), name.split(".")[-2]
    return Source(found.name, by_head(QKV.index(layer), head_width)) if layer in QKV else found


def by_head(which: int, head_width: int) -> Any:
    """Takes queries, keys or values out of [heads x 3 x head_width, ...]."""
    return lambda qkv: third(which, len(qkv) // (3 * head_width))(qkv)


def with_plain_weights(state: Mapping[str, Any]) -> dict[str, Any]:
    """A generator without its idle block, each weight under spectral norm as the number that it is used as."""
    kept = {name: value for name, value in state.items() if not name.startswith(IDLE)}
    found = {name: value for name, value in kept.items() if not name.endswith(("_orig", "_u", "_v"))}
    for name in (name.removesuffix("_orig") for name in kept if name.endswith("_orig")):
        weight, u, v = (kept[f"{name}_{part}"] for part in ("orig", "u", "v"))
        found[name] = folded(weight, u, v, out_dim=int(name == f"{TRANSPOSED}.weight"))
    return found


def folded(weight: Tensor, u: Tensor, v: Tensor, *, out_dim: int) -> Tensor:
    """The weight over its spectral norm u^T W v, W [out, all else]."""
    return weight / (u @ weight.movedim(out_dim, 0).flatten(1) @ v)
