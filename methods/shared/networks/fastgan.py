"""FastGAN's generator without its noise: DBAE's network from a code to the endpoint of its bridge.

Liu et al. 2021, arXiv:2101.04775; in the form of Kim et al. 2025 (DBAE), arXiv:2405.17111; reference:
aailab-kaist/DBAE, ddbm/unet.py. Here, unlike there: images of any size that the widths can halve to their first map.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.spectral_norm import normed
from diffrep.methods.shared.settings import Count

EXCITED_BY = 4  # a map is gated by the one that is so many doublings coarser
POOLED = 4  # side of what gates


@dataclass(frozen=True)
class GeneratorSettings:
    """A generator.

    channels  width of each map, from the coarsest, each next one twice as large; [1024, 512, 256, 128, 128] for 64x64
              images and a last 64 for 128x128 as published, which begin at 4x4
    """

    channels: tuple[Count, ...]


class Generator(nn.Module):
    """Codes [n, code_dim] -> images [n, c, h, w], unbounded."""

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: GeneratorSettings) -> None:
        super().__init__()
        depth, *sides = image_shape
        channels, step = settings.channels, 2 ** (len(settings.channels) - 1)
        if not channels or any(side % step for side in sides):
            raise ValueError(
                f"generator.channels={list(channels)}: images of {sides[0]}x{sides[1]} cannot be halved "
                f"{len(channels) - 1} times: give sides that are multiples of {step}, or fewer channels"
            )
        size = (sides[0] // step, sides[1] // step)
        self.first = gated(nn.ConvTranspose2d(code_dim, 2 * channels[0], size, bias=False))
        self.blocks = nn.ModuleList(
            gated(nn.Conv2d(before, 2 * after, 3, padding=1, bias=False)) for before, after in pairwise(channels)
        )
        self.gates = nn.ModuleList(
            Excitation(before, after) for before, after in zip(channels, channels[EXCITED_BY:], strict=False)
        )
        self.last = normed(nn.Conv2d(channels[-1], depth, 1, bias=False))

    def forward(self, codes: Tensor) -> Tensor:
        """[n, code_dim] -> [n, c, h, w]."""
        maps = [self.first(codes[:, :, None, None])]
        for i, block in enumerate(self.blocks, start=1):
            h = block(F.interpolate(maps[-1], scale_factor=2.0))
            maps.append(self.gates[i - EXCITED_BY](maps[i - EXCITED_BY], h) if i >= EXCITED_BY else h)
        return self.last(maps[-1])


class Excitation(nn.Module):
    """A map, each of its channels multiplied by a number in (0, 1) that a coarser map says."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.AdaptiveAvgPool2d(POOLED),
            normed(nn.Conv2d(coarse, fine, POOLED, bias=False)),
            nn.SiLU(),
            normed(nn.Conv2d(fine, fine, 1, bias=False)),
            nn.Sigmoid(),
        )

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """[n, coarse, h', w'] and [n, fine, h, w] -> [n, fine, h, w]."""
        return fine * self.layers(coarse)


def gated(convolution: nn.Conv2d | nn.ConvTranspose2d) -> nn.Sequential:
    """The convolution under spectral norm, a batch norm, and half of the channels gated by the other half."""
    return nn.Sequential(normed(convolution), nn.BatchNorm2d(convolution.out_channels), nn.GLU(dim=1))
