"""PDAE's gradient estimator: a second middle and way up for a frozen UNet, conditioned on a code.

Zhang et al. 2022, arXiv:2212.12990, section 3.3; reference: ckczzj/PDAE, model/shift_unet.py. Here, unlike there,
and off at the published settings: `gate` (see AdaGNBlock) and `code_map`. A base of another layout is mirrored too
(diffusers_network.py): blocks that add the time, and a convolution that doubles maps and is told nothing.
"""

from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.upsampling import Upsample2D
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM, Features
from diffrep.methods.shared.networks.adagn import AdaGNBlock
from diffrep.methods.shared.networks.attention import self_attention, zero


class GradientEstimator(nn.Module):
    """G(x_t, t, z) from the frozen network's features; random start, but a zero head: G = 0 at first.

    base      the frozen model whose middle and way up are mirrored (shapes only; no weight is copied or kept)
    dropout   in training only
    code_map  the code also enters as a map of the bottleneck's size, added between the middle's blocks
    """

    def __init__(self, base: BaseDPM, *, code_dim: int, dropout: float, code_map: bool) -> None:
        super().__init__()
        config = base.unet.config
        finest, bottom = config.block_out_channels[0], config.block_out_channels[-1]
        self.groups, self.eps = config.norm_num_groups, config.norm_eps
        self.added_time = config.resnet_time_scale_shift == "default"
        self.embedding_dim = base.embedding_dim
        self.dropout = dropout
        self.code = nn.Linear(code_dim, self.embedding_dim)
        self.code_map = _code_map(code_dim, base) if code_map else None
        attention = base.unet.mid_block.attentions[0]
        self.middle = nn.ModuleList(
            [self._block(bottom, bottom), self._attention(attention, bottom), self._block(bottom, bottom)]
        )
        self.up = nn.ModuleList(self._level(block) for block in base.unet.up_blocks)
        self.norm_out = nn.GroupNorm(self.groups, finest, eps=self.eps)
        self.conv_out = nn.Conv2d(finest, config.out_channels, 3, padding=1)
        zero(self.conv_out)

    def forward(self, features: Features, code: Tensor, gate: Tensor | None = None) -> Tensor:
        """G in the frozen network's own (folded) image space, [n, c p^2, h / p, w / p].

        code  [n, code_dim]
        gate  [n, 1, 1, 1]: factor on every frozen feature after its norm; None leaves them alone
        """
        time, embedded = features.time, self.code(code)
        skips = [_plain(h) for h in features.residuals]
        first, attention, second = self.middle
        h = first(skips[-1], time, embedded, gate)
        if self.code_map is not None:
            h = h + self.code_map(code)
        h = second(attention(h), time, embedded)
        for level in self.up:
            h = level(h, skips, time, embedded, gate)
        return self.conv_out(F.silu(self.norm_out(h)))

    def _block(self, before: int, after: int, upsample: bool = False) -> AdaGNBlock:
        return AdaGNBlock(
            before,
            after,
            embedding_dim=self.embedding_dim,
            groups=self.groups,
            dropout=self.dropout,
            upsample=upsample,
            added_time=self.added_time,
            eps=self.eps,
        )

    def _attention(self, mirrored: Any, channels: int) -> nn.Module:
        if mirrored is None:
            return nn.Identity()
        groups = None if mirrored.group_norm is None else mirrored.group_norm.num_groups
        return self_attention(channels, heads=mirrored.heads, groups=groups, eps=self.eps)

    def _level(self, mirrored: Any) -> "UpLevel":
        sizes = [(block.in_channels, block.out_channels) for block in mirrored.resnets]
        width = sizes[-1][1]
        return UpLevel(
            [self._block(before, after) for before, after in sizes],
            [self._attention(each, width) for each in getattr(mirrored, "attentions", ())],
            self._upsampler(mirrored, width),
        )

    def _upsampler(self, mirrored: Any, width: int) -> AdaGNBlock | Upsample2D | None:
        if mirrored.upsamplers is None:
            return None
        if isinstance(mirrored.upsamplers[0], ResnetBlock2D):
            return self._block(width, width, upsample=True)
        return Upsample2D(width, use_conv=True)


class UpLevel(nn.Module):
    """One resolution of the way up: blocks that each take one skip, attention after each, then upsampling."""

    def __init__(
        self, blocks: list[AdaGNBlock], attentions: list[nn.Module], upsampler: AdaGNBlock | Upsample2D | None
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.attentions = nn.ModuleList(attentions or [nn.Identity() for _ in blocks])
        self.upsampler = upsampler

    def forward(self, h: Tensor, skips: list[Tensor], time: Tensor, code: Tensor, gate: Tensor | None) -> Tensor:
        """h [n, c, h, w] -> the next resolution's input; takes its skips off the end of `skips`."""
        for block, attention in zip(self.blocks, self.attentions, strict=True):
            skip = skips.pop()
            h = attention(block(torch.cat([h, skip], dim=1), time, code, _only_on_skip(gate, h, skip)))
        if isinstance(self.upsampler, AdaGNBlock):
            return self.upsampler(h, time, code)
        return h if self.upsampler is None else self.upsampler(h)


def _plain(h: Tensor) -> Tensor:
    """The same map; on a CPU not channels-last, where torch 2.13's GroupNorm crashes if its input takes no gradient."""
    return h.contiguous() if h.device.type == "cpu" else h


def _only_on_skip(gate: Tensor | None, h: Tensor, skip: Tensor) -> Tensor | None:
    """The gate as [n, channels of both, 1, 1]: one for `h`, the gate for `skip`."""
    if gate is None:
        return None
    ours = torch.ones_like(gate).expand(-1, h.shape[1], -1, -1)
    return torch.cat([ours, gate.expand(-1, skip.shape[1], -1, -1)], dim=1)


def _code_map(code_dim: int, base: BaseDPM) -> nn.Module:
    """Linear map of a code [n, code_dim] to [n, c, h, w] at the bottleneck."""
    widths = base.unet.config.block_out_channels
    channels, halvings = widths[-1], len(widths) - 1
    height, width = (side >> halvings for side in base.sides)
    return nn.Sequential(
        nn.Linear(code_dim, channels * height * width),
        nn.Unflatten(1, (channels, height, width)),
    )
