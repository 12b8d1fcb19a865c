"""How a UNet2DModel is told a code beside the time: in every residual block, as a factor behind the time's own.

Preechakul et al. 2022 (Diff-AE), arXiv:2111.15640, section 3.1, in the reference code's form: "1 +" on both scales, and
an activation before both projections. Unlike PDAE's block (AdaGNBlock) the code only scales.
"""

from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn


class TimeThenCode(nn.Module):
    """What a residual block does to its second norm: h = (1 + z_s) ((1 + t_s) GN(h) + t_b).

    time  the block's own projection of the time embedding to (t_s, t_b)
    """

    def __init__(self, time: nn.Module, code_dim: int, channels: int) -> None:
        super().__init__()
        self.time = time
        self.code = nn.Linear(code_dim, channels)

    def forward(self, told: tuple[Tensor, Tensor]) -> Tensor:
        """(time embedding [n, e], code [n, code_dim]) -> both factors as one scale and shift, [n, 2 channels].

        The block computes (1 + scale) GN(h) + shift.
        """
        time, code = told
        scale, shift = self.time(F.silu(time)).chunk(2, dim=1)
        factor = 1 + self.code(F.silu(code))
        return torch.cat([factor * (1 + scale) - 1, factor * shift], dim=1)


def condition(unet: Any, code_dim: int) -> None:
    """Make every residual block of a UNet2DModel take a pair (time embedding, code [n, code_dim]) as its `temb`."""
    blocks: list[Any] = [module for module in unet.modules() if isinstance(module, ResnetBlock2D)]
    for block in blocks:
        block.time_emb_proj = TimeThenCode(block.time_emb_proj, code_dim, block.out_channels)
        block.skip_time_act = True  # each projection is behind its own activation
