"""Diff-AE's encoder: the way down of a U-Net without time, and a pooled head.

Preechakul et al. 2022, arXiv:2111.15640; reference: phizaz/diffae, model/unet.py. A residual block that is told nothing
has one convolution only: the reference builds it so, and its parameter counts are those of such blocks.
"""

from dataclasses import dataclass
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.attention import self_attention

NORM_GROUPS = 32
EPS = 1e-5
BLOCKS_PER_LEVEL = 2


@dataclass(frozen=True)
class HalfUNetSettings:
    """Diff-AE's published encoder.

    channels   width of each resolution, from the image's own; each next one is half the size; multiples of 32
    attention  side of the maps that get self-attention with one head; None for the middle's alone
    """

    kind: Literal["half_unet"]
    channels: tuple[int, ...]
    attention: int | None


class HalfUNet(nn.Module):
    """Images [n, c, h, w] in [-1, 1] -> codes [n, code_dim]: deterministic, neither normalised nor bounded."""

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: HalfUNetSettings) -> None:
        super().__init__()
        channels, attention = settings.channels, settings.attention
        depth, height, width = image_shape
        sides = [height >> level for level in range(len(channels))]
        if not channels or any(width % NORM_GROUPS for width in channels):
            raise ValueError(f"encoder.channels={list(channels)}: every width must be a multiple of {NORM_GROUPS}")
        if not min(height, width) >> (len(channels) - 1):
            raise ValueError(f"encoder.channels={list(channels)}: too many widths to halve {height}x{width} images")
        if attention is not None and attention not in sides:
            raise ValueError(f"encoder.attention={attention}: the encoder's maps have sides {sides}")
        before = channels[0]
        layers: list[nn.Module] = [nn.Conv2d(depth, before, 3, padding=1)]
        for level, after in enumerate(channels):
            if level > 0:
                layers.append(SingleConvBlock(before, before, downsample=True))
            for _ in range(BLOCKS_PER_LEVEL):
                layers.append(SingleConvBlock(before, after))
                if sides[level] == attention:
                    layers.append(self_attention(after, heads=1, groups=NORM_GROUPS))
                before = after
        middle = [SingleConvBlock(before, before), self_attention(before, heads=1, groups=NORM_GROUPS)]
        layers += [*middle, SingleConvBlock(before, before)]
        layers += [nn.GroupNorm(NORM_GROUPS, before, eps=EPS), nn.SiLU(), nn.AdaptiveAvgPool2d(1)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, code_dim, 1), nn.Flatten())

    def forward(self, images: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, code_dim]."""
        return self.layers(images)


class SingleConvBlock(nn.Module):
    """x + Conv(SiLU(GN(x))), the residual through a 1x1 convolution where the width changes.

    downsample  halve the map by 2x2 means, on the branch (before its convolution) and on the residual
    """

    def __init__(self, in_channels: int, out_channels: int, *, downsample: bool = False) -> None:
        super().__init__()
        self.downsample = downsample
        self.norm = nn.GroupNorm(NORM_GROUPS, in_channels, eps=EPS)
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[n, in, h, w] -> [n, out, h, w], or [n, out, h / 2, w / 2]."""
        h = F.silu(self.norm(x))
        if self.downsample:
            h, x = F.avg_pool2d(h, 2), F.avg_pool2d(x, 2)
        return self.shortcut(x) + self.conv(h)
