"""A denoiser that reads what to draw from a set of tokens, by cross-attention: diffusers' UNet2DConditionModel.

Rombach et al. 2022, arXiv:2112.10752, section 3.3; EncDiff's network, Yang et al. 2024, arXiv:2402.09712: parameter
for parameter that one if `patch` is 1 and `prediction_type` is "epsilon". diffusers' cross-attention blocks change
resolution by plain convolutions; here, as there, residual blocks do, which are told the time. Dropout of the skips is
dis-dis's, arXiv:2410.23820; reference: youngjun-jun/dis-dis.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import Tensor, nn

from diffrep.methods.shared.networks.attention import zero
from diffrep.methods.shared.networks.unet import UNetSettings
from diffrep.methods.shared.settings import Dropout

EPS = 1e-5
KEPT_WHOLE = (1, 2, 4)  # widths of maps whose skips are never dropped


@dataclass(frozen=True)
class TokenUNetSettings(UNetSettings):
    """A U-Net that reads tokens; its attention is a transformer after every block.

    heads             of every attention; must divide every width with attention
    skip_dropout      share of the channels that the way up gets of the way down's maps but not in training; 0.0 as
                      published, 0.2 in dis-dis
    """

    heads: int
    skip_dropout: Dropout


class TokenUNet(nn.Module):
    """States [n, *shape], times [n] and tokens [n, k, token_dim] -> prediction [n, *shape]; zero at first."""

    unet: Any  # a UNet2DConditionModel; the type checker cannot see into diffusers' classes

    def __init__(self, shape: tuple[int, int, int], token_dim: int, settings: TokenUNetSettings) -> None:
        super().__init__()
        settings.check(shape)
        channels, heads, patch = settings.channels, settings.heads, settings.patch
        for key, value in (("heads", heads), ("token_dim", token_dim)):
            if value < 1:
                raise ValueError(f"{key}={value}: must be at least 1")
        if any(width % heads for width in channels):
            raise ValueError(f"heads={heads} must divide every width of channels={list(channels)}")
        depth, height, width = shape
        attends = [level in settings.attention_levels for level in range(len(channels))]
        self.patch, self.skip_dropout = patch, settings.skip_dropout
        self.unet = UNet2DConditionModel(
            sample_size=(height // patch, width // patch),
            in_channels=depth * patch**2,
            out_channels=depth * patch**2,
            flip_sin_to_cos=True,
            freq_shift=0,
            block_out_channels=channels,
            layers_per_block=settings.layers,
            down_block_types=tuple("CrossAttnDownBlock2D" if yes else "DownBlock2D" for yes in attends),
            up_block_types=tuple("CrossAttnUpBlock2D" if yes else "UpBlock2D" for yes in reversed(attends)),
            cross_attention_dim=token_dim,
            attention_head_dim=heads,  # diffusers' name for the number of heads
            resnet_time_scale_shift="scale_shift",
            norm_num_groups=settings.norm_groups,
            norm_eps=EPS,
            dropout=settings.dropout,
        )
        for block in self.unet.down_blocks:
            if block.downsamplers is not None:
                block.downsamplers = self._resampler(block, settings, "down")
        for block in self.unet.up_blocks:
            if block.upsamplers is not None:
                block.upsamplers = self._resampler(block, settings, "up")
        _zero_last_layers(self.unet)

    def forward(self, states: Tensor, timesteps: Tensor, tokens: Tensor) -> Tensor:
        """The noise or the clean state, as the settings say; timesteps int64 [n]."""
        unet = self.unet
        time = unet.time_embedding(unet.time_proj(timesteps).to(states.dtype))
        h = unet.conv_in(F.pixel_unshuffle(states, self.patch))
        skips = [h]
        for block in unet.down_blocks:
            for layer, attention in pairs(block):
                h = attend(attention, layer(h, time), tokens)
                skips.append(h)
            for resample in block.downsamplers or ():
                h = resample(h, time)
                skips.append(h)
        h = unet.mid_block(h, time, encoder_hidden_states=tokens)
        for block in unet.up_blocks:
            for layer, attention in pairs(block):
                h = attend(attention, layer(torch.cat([h, self.dropped(skips.pop())], dim=1), time), tokens)
            for resample in block.upsamplers or ():
                h = resample(h, time)
        return F.pixel_shuffle(unet.conv_out(unet.conv_act(unet.conv_norm_out(h))), self.patch)

    def dropped(self, skip: Tensor) -> Tensor:
        """A map [n, c, h, w] of the way down without some whole channels, in training; the others are scaled up."""
        if not self.skip_dropout or skip.shape[-1] in KEPT_WHOLE:
            return skip
        return F.dropout2d(skip, self.skip_dropout, self.training)

    def _resampler(self, block: Any, settings: TokenUNetSettings, direction: str) -> nn.ModuleList:
        """The residual block that halves or doubles the maps which `block` gives."""
        width = block.resnets[-1].out_channels
        return nn.ModuleList(
            [
                ResnetBlock2D(
                    in_channels=width,
                    out_channels=width,
                    temb_channels=self.unet.time_embedding.linear_2.out_features,
                    groups=settings.norm_groups,
                    eps=EPS,
                    dropout=settings.dropout,
                    time_embedding_norm="scale_shift",
                    down=direction == "down",
                    up=direction == "up",
                )
            ]
        )


def pairs(block: Any) -> Iterator[tuple[Any, Any]]:
    """The residual layers of a block, each with the transformer after it, or None where the block has none."""
    attentions = getattr(block, "attentions", None) or [None] * len(block.resnets)
    yield from zip(block.resnets, attentions, strict=True)


def attend(attention: Any, h: Tensor, tokens: Tensor) -> Tensor:
    """The maps [n, c, h, w] after a transformer that reads the tokens; unchanged where there is none."""
    return h if attention is None else attention(h, encoder_hidden_states=tokens, return_dict=False)[0]


def _zero_last_layers(unet: nn.Module) -> None:
    """Start as latent diffusion does: every residual branch, every transformer and the head give zero."""
    zero(unet.get_submodule("conv_out"))
    for module in unet.modules():
        if isinstance(module, ResnetBlock2D):
            zero(module.conv2)
        elif isinstance(module, Transformer2DModel):
            zero(module.get_submodule("proj_out"))
