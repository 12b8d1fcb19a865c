"""DRL's published score network: a small NCSN++ that is told a code.

Song et al. 2021, arXiv:2011.13456: BigGAN blocks, a residual input pyramid, plain averaging and repeating instead of
filters. The code enters as in korabs-x/representation_score_based (Mittal et al. 2023, arXiv:2105.14257). Here, unlike
there: no second decoder for reconstructions, which every published run leaves idle.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from diffrep.methods.shared.networks.time_features import FourierTime, fan_average
from diffrep.methods.shared.settings import Dropout

EPS = 1e-6
ROOT2 = math.sqrt(2)
NEARLY_ZERO = 1e-10  # score_sde's scale of the weights that end a branch


@dataclass(frozen=True)
class NCSNppSettings:
    """The published score network.

    channels   width of each resolution, from the finest; each next one is half the size; multiples of 4
    layers     residual blocks per resolution on the way down (one more on the way up)
    attention  side of the maps with self-attention, null for none; the middle always has it
    dropout    in training only
    """

    channels: tuple[int, ...]
    layers: int
    attention: int | None
    dropout: Dropout


class NCSNpp(nn.Module):
    """h(x, sigma, z) for square images: minus the noise that it sees in x, so that the score is h / sigma.

    The code stands beside the time embedding, which every block sees; both make a map that joins the lowest one.
    """

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: NCSNppSettings) -> None:
        super().__init__()
        channels, layers = settings.channels, settings.layers
        attention, dropout = settings.attention, settings.dropout
        sides = _sides(image_shape, channels, attention)
        depth, narrow = image_shape[0], channels[0]
        told = 8 * narrow
        self.time = FourierTime(narrow, told // 2)
        self.conv_in = nn.Conv2d(depth, narrow, 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        skips, before, pyramid = [narrow], narrow, depth
        for width, side in zip(channels, sides, strict=True):
            last = side == sides[-1]
            attends = side == attention
            self.down.append(Down(before, width, layers, attends, None if last else pyramid, told, dropout))
            skips += [width] * (layers if last else layers + 1)
            before = pyramid = width
        before += 2 * narrow
        self.middle = nn.ModuleList(
            [_block(before, before, told, dropout), _attention(before), _block(before, before, told, dropout)]
        )
        for width, side in zip(reversed(channels), reversed(sides), strict=True):
            joined = [skips.pop() for _ in range(layers + 1)]
            self.up.append(Up(before, width, joined, side == attention, side != sides[0], told, dropout))
            before = width
        self.norm_out = nn.GroupNorm(_groups(narrow), narrow, eps=EPS)
        self.conv_out = nn.Conv2d(narrow, depth, 3, padding=1)
        _start(self)
        self.code = nn.Linear(code_dim, told // 2)
        self.code_map = _code_map(told, 2 * narrow, sides[-1])

    def forward(self, noisy: Tensor, log_sigma: Tensor, codes: Tensor) -> Tensor:
        """noisy [n, c, h, w] of noise sigma (not rescaled), ln sigma [n], codes [n, code_dim] -> h [n, c, h, w]."""
        told = torch.cat([self.time(log_sigma), self.code(codes)], dim=1)
        pyramid, skips = noisy, [self.conv_in(noisy)]
        for down in self.down:
            skips += down(skips[-1], pyramid, told)
            pyramid = skips[-1]
        first, attention, second = self.middle
        h = torch.cat([skips[-1], self.code_map(told)], dim=1)
        h = second(attention(first(h, told)), told)
        for up in self.up:
            h = up(h, skips, told)
        return self.conv_out(F.silu(self.norm_out(h)))


class Down(nn.Module):
    """One resolution of the way down: blocks, attention after each, then half the size.

    pyramid  channels of the input pyramid, which joins after the halving; None at the lowest resolution
    """

    def __init__(
        self, before: int, width: int, layers: int, attends: bool, pyramid: int | None, told: int, dropout: float
    ) -> None:
        super().__init__()
        sizes = [before] + [width] * (layers - 1)
        self.blocks = nn.ModuleList(_block(size, width, told, dropout) for size in sizes)
        self.attentions = nn.ModuleList(_attention(width) if attends else nn.Identity() for _ in sizes)
        self.shrink = self.pyramid = None
        if pyramid is not None:
            self.shrink = _block(width, width, told, dropout, down=True)
            self.pyramid = nn.Conv2d(pyramid, width, 3, stride=2)

    def forward(self, h: Tensor, pyramid: Tensor, told: Tensor) -> list[Tensor]:
        """The maps that the way up will want back; the last one is the next resolution's input and pyramid."""
        skips = []
        for block, attention in zip(self.blocks, self.attentions, strict=True):
            h = attention(block(h, told))
            skips.append(h)
        if self.shrink is not None and self.pyramid is not None:
            skips.append((self.pyramid(F.pad(pyramid, (0, 1, 0, 1))) + self.shrink(h, told)) / ROOT2)
        return skips


class Up(nn.Module):
    """One resolution of the way up: blocks that each take one skip, of `joined` channels, attention, then doubling."""

    def __init__(
        self, before: int, width: int, joined: Sequence[int], attends: bool, grows: bool, told: int, dropout: float
    ) -> None:
        super().__init__()
        sizes = [before] + [width] * (len(joined) - 1)
        self.blocks = nn.ModuleList(
            _block(size + skip, width, told, dropout) for size, skip in zip(sizes, joined, strict=True)
        )
        self.attention = _attention(width) if attends else nn.Identity()
        self.grow = _block(width, width, told, dropout, up=True) if grows else None

    def forward(self, h: Tensor, skips: list[Tensor], told: Tensor) -> Tensor:
        """h [n, c, h, w] -> the next resolution's input; takes its skips off the end of `skips`."""
        for block in self.blocks:
            h = block(torch.cat([h, skips.pop()], dim=1), told)
        h = self.attention(h)
        return h if self.grow is None else self.grow(h, told)


def _block(before: int, after: int, told: int, dropout: float, up: bool = False, down: bool = False) -> ResnetBlock2D:
    return ResnetBlock2D(
        in_channels=before,
        out_channels=after,
        temb_channels=told,
        groups=_groups(before),
        groups_out=_groups(after),
        dropout=dropout,
        eps=EPS,
        output_scale_factor=ROOT2,
        use_in_shortcut=before != after or up or down,
        up=up,
        down=down,
    )


def _attention(channels: int) -> Attention:
    return Attention(
        channels,
        heads=1,
        dim_head=channels,
        norm_num_groups=_groups(channels),
        eps=EPS,
        bias=True,
        residual_connection=True,
        rescale_output_factor=ROOT2,
    )


def _groups(channels: int) -> int:
    return min(channels // 4, 32)


def _code_map(told: int, channels: int, side: int) -> nn.Module:
    """What is told of time and code [n, told] as a map [n, channels, side, side]."""
    hidden = channels * side
    layers = [nn.Linear(told, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, hidden * side), nn.SiLU(), nn.Unflatten(1, (channels, side, side)))


def _start(network: nn.Module) -> None:
    """Start as score_sde does: every residual branch and the head end in nearly nothing."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            fan_average(module)
    for module in network.modules():
        if isinstance(module, ResnetBlock2D):
            fan_average(module.get_submodule("conv2"), NEARLY_ZERO)
        if isinstance(module, Attention):
            for name in ("to_q", "to_k", "to_v"):
                fan_average(module.get_submodule(name), 0.1)
            fan_average(module.get_submodule("to_out.0"), NEARLY_ZERO)
    fan_average(network.get_submodule("conv_out"), NEARLY_ZERO)


def _sides(image_shape: tuple[int, int, int], channels: Sequence[int], attention: int | None) -> list[int]:
    """The side of each resolution's maps; ValueError where the images cannot be halved so often."""
    _, height, width = image_shape
    step = 2 ** (len(channels) - 1)
    if height != width or height % step:
        raise ValueError(f"images of {height}x{width}: the decoder 'ncsnpp' takes squares of a multiple of {step}")
    if any(width % 4 for width in channels):
        raise ValueError(f"decoder.network.channels={list(channels)}: every width must be a multiple of 4")
    sides = [height >> level for level in range(len(channels))]
    if attention is not None and attention not in sides:
        raise ValueError(f"decoder.network.attention={attention}: the network's maps have sides {sides}")
    return sides
