"""The residual block that is told two things one after the other: the time, then the code.

Zhang et al. 2022 (PDAE), arXiv:2212.12990, equation 9, in the reference code's form with "1 +" on both scales.
diffusers has no block with two successive scale-shifts. Of a network whose blocks add the time before their second norm
(Ho et al. 2020, arXiv:2006.11239) the block does that too, and the code alone scales and shifts.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.attention import zero

EPS = 1e-5


class AdaGNBlock(nn.Module):
    """h = (1 + z_s) (GN(h) (1 + t_s) + t_b) + z_b between two 3x3 convolutions; the second starts at zero.

    embedding_dim  size of both embeddings, of time and of code
    upsample       double the map (nearest neighbour), on the branch and on the skip
    added_time     h = (1 + z_s) GN(h + t) + z_b instead
    eps            of both norms
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        embedding_dim: int,
        groups: int,
        dropout: float,
        upsample: bool = False,
        added_time: bool = False,
        eps: float = EPS,
    ) -> None:
        super().__init__()
        self.upsample, self.added_time = upsample, added_time
        self.norm1 = nn.GroupNorm(groups, in_channels, eps=eps)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.time = nn.Linear(embedding_dim, out_channels if added_time else 2 * out_channels)
        self.code = nn.Linear(embedding_dim, 2 * out_channels)
        self.norm2 = nn.GroupNorm(groups, out_channels, eps=eps)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()
        zero(self.conv2)

    def forward(self, x: Tensor, time: Tensor, code: Tensor, gate: Tensor | None = None) -> Tensor:
        """x [n, in, h, w], time and code [n, embedding_dim] -> [n, out, h, w] (sides doubled if upsampling).

        gate  [n, in, 1, 1]: multiplies the input after its norm (before it, the norm would undo it), and the skip
        """
        h = self.norm1(x)
        if gate is not None:
            h, x = h * gate, x * gate
        h = F.silu(h)
        if self.upsample:
            h, x = F.interpolate(h, scale_factor=2.0), F.interpolate(x, scale_factor=2.0)
        h = self.told_time(self.conv1(h), self.time(F.silu(time)))
        h = scale_shift(h, self.code(F.silu(code)))
        return self.shortcut(x) + self.conv2(self.dropout(F.silu(h)))

    def told_time(self, h: Tensor, time: Tensor) -> Tensor:
        """h [n, c, h, w] after the second norm, with the projected time in it, [n, c] or [n, 2c]."""
        if self.added_time:
            return self.norm2(h + time[:, :, None, None])
        return scale_shift(self.norm2(h), time)


def scale_shift(h: Tensor, embedding: Tensor) -> Tensor:
    """h (1 + scale) + shift; h [n, c, h, w], embedding [n, 2c] with the scales first."""
    scale, shift = embedding[:, :, None, None].chunk(2, dim=1)
    return h * (1 + scale) + shift
