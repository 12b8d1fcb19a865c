"""EncDiff's encoder: an image becomes N numbers, and each number becomes a token by a network of its own.

Yang et al. 2024, arXiv:2402.09712, section 3.2; reference: SelenaGeRuiqi/EncDiff, ldm/modules/. The trunks are that
code's ("encoder4") and the one of the paper's Table 8 ("table8"), which the reference code does not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN = (64, 128)  # widths of a token's network
DENSE = 256  # width of Table 8's hidden layers


@dataclass(frozen=True)
class TrunkSettings:
    """The network from images to scalars.

    kind      "encoder4", the released code's; "table8", the paper's
    channels  widths of its convolutions; [128, 128, 128, 128] and [64, 128, 256, 256, 256] as published
    """

    kind: Literal["encoder4", "table8"]
    channels: tuple[int, ...]


def trunk(image_shape: tuple[int, int, int], code_dim: int, settings: TrunkSettings) -> nn.Module:
    """The network from images [n, c, h, w] to scalars [n, code_dim]."""
    kind, channels = settings.kind, settings.channels
    halvings = len(channels) - (kind == "table8")
    depth, height, width = image_shape
    if halvings < 1 or height % 2**halvings or width % 2**halvings:
        raise ValueError(
            f"encoder.channels={list(channels)}: encoder {kind!r} halves images of {height}x{width} {halvings} times"
        )
    features = channels[-1] * (height >> halvings) * (width >> halvings)
    build = encoder4 if kind == "encoder4" else table8
    return build(depth, features, code_dim, channels)


def encoder4(depth: int, features: int, code_dim: int, channels: Sequence[int]) -> nn.Module:
    """Strided 4x4 convolutions, each with a batch norm, then two residual blocks; no activation after the third."""
    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(zip([depth, *channels], channels, strict=False)):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after)]
        layers += [nn.ReLU()] if i != len(channels) - 2 else []
    width = channels[-1]
    layers += [Residual(width), nn.BatchNorm2d(width), nn.ReLU(), Residual(width)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, code_dim))


def table8(depth: int, features: int, code_dim: int, channels: Sequence[int]) -> nn.Module:
    """A 7x7 convolution, then strided 4x4 ones, then two hidden layers; ReLU throughout, no norm."""
    first, *others = channels
    layers: list[nn.Module] = [nn.Conv2d(depth, first, 7, padding=3), nn.ReLU()]
    for before, after in zip(channels, others, strict=False):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(features, DENSE), nn.ReLU(), nn.Linear(DENSE, DENSE), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(DENSE, code_dim))


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
    """Scalars [n, count] -> tokens [n, count, token_dim]: each its own two hidden layers of 64 and 128 ELUs."""

    def __init__(self, count: int, token_dim: int) -> None:
        super().__init__()
        sizes = (1, *HIDDEN, token_dim)
        self.layers = nn.ModuleList(Separate(count, before, after) for before, after in pairwise(sizes))

    def forward(self, scalars: Tensor) -> Tensor:
        """A token depends on its own scalar only."""
        first, *others = self.layers
        h = first(scalars.t().unsqueeze(-1))
        for layer in others:
            h = layer(F.elu(h))
        return h.transpose(0, 1)


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
