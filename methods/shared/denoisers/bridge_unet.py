"""DBAE's denoiser: guided-diffusion's U-Net that sees a state beside its bridge's endpoint, and is told a code.

Kim et al. 2025, arXiv:2405.17111; reference: aailab-kaist/DBAE, ddbm/unet.py: that network if `patch` is 1. The
code is added to the time embedding by a linear map.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import UNet2DModel
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import DPMSettings
from diffrep.methods.shared.networks.attention import zero
from diffrep.methods.shared.process.vp_bridge import SCALE, preconditioning
from diffrep.methods.shared.settings import Count, Dropout


@dataclass(frozen=True)
class BridgeUNetSettings:
    """A denoiser of states on a bridge.

    channels          width of each resolution, from the finest; each next one is half the size
    layers            residual blocks per resolution on the way down (one more on the way up)
    attention_levels  indices into `channels` with attention; the middle always has it
    head_width        channels of each attention head, 64 as published; must divide every width with attention
    norm_groups       groups of every GroupNorm; must divide every width
    dropout           in training only
    patch             side of the pixel blocks folded into channels before the network; 1 as published
    """

    channels: tuple[int, ...]
    layers: int
    attention_levels: tuple[int, ...]
    head_width: Count
    norm_groups: int
    dropout: Dropout
    patch: int

    def arguments(self, image_shape: tuple[int, int, int]) -> dict[str, Any]:
        """Those of UNet2DModel for images [c, h, w]; ValueError names the first key that does not allow them."""
        depth, height, width = image_shape
        told_time = DPMSettings(
            self.channels, self.layers, self.attention_levels, self.norm_groups, self.dropout, self.patch, "epsilon"
        )
        arguments = told_time.arguments((2 * depth, height, width))
        attending = [*(self.channels[level] for level in self.attention_levels), self.channels[-1]]
        if any(channels % self.head_width for channels in attending):
            raise ValueError(f"head_width={self.head_width} must divide the widths with attention, {attending}")
        return arguments | {
            "out_channels": depth * self.patch**2,
            "attention_head_dim": self.head_width,
            "class_embed_type": "identity",
        }


class BridgeUNet(nn.Module):
    """States and endpoints [n, c, h, w], times float [n] and codes [n, code_dim] -> images, not clamped."""

    unet: Any  # a UNet2DModel; the type checker cannot see into diffusers' classes

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: BridgeUNetSettings) -> None:
        super().__init__()
        self.patch = settings.patch
        self.unet = UNet2DModel(**settings.arguments(image_shape))
        self.unet.class_embedding = nn.Linear(code_dim, self.unet.time_embedding.linear_2.out_features)
        _zero_last_layers(self.unet)

    def forward(self, states: Tensor, ends: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """D = skip x_t + out F([inner x_t, x_T], 250 ln t, z)."""
        inner, skip, out = preconditioning(times, states)
        seen = F.pixel_unshuffle(torch.cat([inner * states, ends], dim=1), self.patch)
        found = self.unet(seen, SCALE * times.log(), class_labels=codes, return_dict=False)[0]
        return skip * states + out * F.pixel_shuffle(found, self.patch)


def _zero_last_layers(unet: nn.Module) -> None:
    """Start as guided-diffusion does: every residual branch and the head give zero."""
    zero(unet.get_submodule("conv_out"))
    for module in unet.modules():
        if isinstance(module, ResnetBlock2D):
            zero(module.conv2)
        elif isinstance(module, Attention):
            zero(module.get_submodule("to_out.0"))
