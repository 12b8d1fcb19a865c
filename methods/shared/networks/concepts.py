"""EncDiff's encoder: an image becomes N numbers, and each number becomes a token by a network of its own.

Yang et al. 2024, arXiv:2402.09712, section 3.2; reference: SelenaGeRuiqi/EncDiff, ldm/modules/. The trunks are that
code's ("encoder4"), the one of the paper's Table 8 ("table8"), which the reference code does not have, and dis-dis's
("disdis"), arXiv:2410.23820; reference: youngjun-jun/dis-dis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.settings import Count

DENSE = 256  # width of the hidden layers; the first of dis-dis's is as wide as what it gets, 4,096 as published


@dataclass(frozen=True)
class TrunkSettings:
    """The network from images to scalars.

    kind      "encoder4", the released code's; "table8", the paper's; "disdis", that with batch norms, and wider
    channels  widths of its convolutions; [128, 128, 128, 128], the others [64, 128, 256, 256, 256] as published
    """

    kind: Literal["encoder4", "table8", "disdis"]
    channels: tuple[int, ...]


@dataclass(frozen=True)
class TokenSettings:
    """The network from a scalar to its token.

    dim         size of a token; 16 in the released code, 32 in the paper and in dis-dis
    hidden      widths between; [64, 128] as published, [256, 512] in dis-dis
    activation  "elu", as published, between the layers; "relu", dis-dis's, after the last too: no token is below 0
    """

    dim: Count
    hidden: tuple[Count, ...]
    activation: Literal["elu", "relu"]


def trunk(image_shape: tuple[int, int, int], code_dim: int, settings: TrunkSettings) -> nn.Module:
    """The network from images [n, c, h, w] to scalars [n, code_dim]."""
    kind, channels = settings.kind, settings.channels
    halvings = len(channels) - (kind != "encoder4")
    depth, height, width = image_shape
    if halvings < 1 or height % 2**halvings or width % 2**halvings:
        raise ValueError(
            f"encoder.channels={list(channels)}: encoder {kind!r} halves images of {height}x{width} {halvings} times"
        )
    features = channels[-1] * (height >> halvings) * (width >> halvings)
    if kind == "encoder4":
        return encoder4(depth, features, code_dim, channels)
    return deep(depth, features, code_dim, channels, kind)


def encoder4(depth: int, features: int, code_dim: int, channels: Sequence[int]) -> nn.Module:
    """Strided 4x4 convolutions, each with a batch norm, then two residual blocks; no activation after the third."""
    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(zip([depth, *channels], channels, strict=False)):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after)]
        layers += [nn.ReLU()] if i != len(channels) - 2 else []
    width = channels[-1]
    layers += [Residual(width), nn.BatchNorm2d(width), nn.ReLU(), Residual(width)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, code_dim))


def deep(
    depth: int, features: int, code_dim: int, channels: Sequence[int], kind: Literal["table8", "disdis"]
) -> nn.Module:
    """A 7x7 convolution, then strided 4x4 ones, dis-dis's with batch norms, then two hidden layers; ReLU throughout."""
    normed = kind == "disdis"
    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(pairwise([depth, *channels])):
        side, stride, padding = (4, 2, 1) if i else (7, 1, 3)
        layers += [nn.Conv2d(before, after, side, stride=stride, padding=padding)]
        layers += [nn.BatchNorm2d(after), nn.ReLU()] if normed else [nn.ReLU()]
    layers += [nn.Flatten()]
    widths = [features, features if normed else DENSE, DENSE]
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], code_dim))


class Residual(nn.Module):
    """x + f(x) with f = ReLU, 3x3 convolution, batch norm, ReLU, 1x1 convolution, all `width` wide."""

    def __init__(self, width: int) -> None:
        super().__init__()
        wide, narrow = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 1)
        self.branch = nn.Sequential(nn.ReLU(), wide, nn.BatchNorm2d(width), nn.ReLU(), narrow)

    def forward(self, x: Tensor) -> Tensor:
        """[n, width, h, w] to the same."""
        return x + self.branch(x)


class Tokens(nn.Module):
    """Scalars [n, count] -> tokens [n, count, dim]: each of them by hidden layers of its own."""

    def __init__(self, count: int, settings: TokenSettings) -> None:
        super().__init__()
        sizes = (1, *settings.hidden, settings.dim)
        self.layers = nn.ModuleList(Separate(count, before, after) for before, after in pairwise(sizes))
        self.activation = settings.activation

    def forward(self, scalars: Tensor) -> Tensor:
        """A token depends on its own scalar only."""
        first, *others = self.layers
        h = first(scalars.t().unsqueeze(-1))
        for layer in others:
            h = layer(F.elu(h) if self.activation == "elu" else h.relu())
        return (h if self.activation == "elu" else h.relu()).transpose(0, 1)


class Separate(nn.Module):
    """One linear layer for each token, side by side, started as nn.Linear is: [count, n, in] -> [count, n, out]."""

    def __init__(self, count: int, before: int, after: int) -> None:
        super().__init__()
        bound = before**-0.5
        self.weight = nn.Parameter(torch.empty(count, before, after).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(count, 1, after).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """The i-th layer is applied to x[i]."""
        return torch.baddbmm(self.bias, x, self.weight)
