"""The diffusion model that PDAE and others stand on and Diff-AE and DRL extend: guided-diffusion's UNet2DModel.

Dhariwal & Nichol 2021, arXiv:2105.05233, the network of Diff-AE's and PDAE's published DPMs: parameter for
parameter that network if `patch` is 1 and `prediction_type` is "epsilon". Here, unlike there: the images may pass
a pixel unshuffle (`patch` > 1) before the network, the network may predict the image ("sample"), and it may be one that
others trained, of another layout and on another of our schedules (diffusers_network.py).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from diffusers import UNet2DModel
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.diffusers_network import DiffusersSettings
from diffrep.methods.shared.networks.attention import zero
from diffrep.methods.shared.networks.unet import UNetSettings
from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.schedule import (
    BETA_END,
    BETA_START,
    SCALED_END,
    SCALED_START,
    TIMESTEPS,
    Betas,
    Schedule,
    noise_and_times,
)

IN_DIFFUSERS: dict[Betas, dict[str, float | str]] = {
    "linear": {"beta_schedule": "linear", "beta_start": BETA_START, "beta_end": BETA_END},
    "scaled_linear": {"beta_schedule": "scaled_linear", "beta_start": SCALED_START, "beta_end": SCALED_END},
    "cosine": {"beta_schedule": "squaredcos_cap_v2"},
}


class Features(NamedTuple):
    """What one pass leaves for a decoder that hangs on it.

    prediction  [n, c, h, w]: the noise or the image, as the model's `prediction_type` says
    residuals   outputs of the stem and of every down block, in order; the last is the bottleneck's input
    time        [n, e]: time embedding
    """

    prediction: Tensor
    residuals: tuple[Tensor, ...]
    time: Tensor


@dataclass(frozen=True)
class DPMSettings(UNetSettings):
    """A U-Net that is told the time alone.

    embedding_dim     size of the time embedding; by default four times the finest width
    """

    embedding_dim: int | None = None

    @property
    def betas(self) -> Betas:
        """The suite's own schedule."""
        return "linear"

    def arguments(self, image_shape: tuple[int, int, int]) -> dict[str, Any]:
        """Those of UNet2DModel for images [c, h, w]; ValueError names the first key that does not allow them."""
        self.check(image_shape)
        depth, height, width = image_shape
        attends = [level in self.attention_levels for level in range(len(self.channels))]
        return {
            "sample_size": (height // self.patch, width // self.patch),
            "in_channels": depth * self.patch**2,
            "out_channels": depth * self.patch**2,
            "flip_sin_to_cos": True,
            "freq_shift": 0,
            "block_out_channels": self.channels,
            "layers_per_block": self.layers,
            "down_block_types": tuple("AttnDownBlock2D" if yes else "ResnetDownsampleBlock2D" for yes in attends),
            "up_block_types": tuple("AttnUpBlock2D" if yes else "ResnetUpsampleBlock2D" for yes in reversed(attends)),
            "downsample_type": "resnet",
            "upsample_type": "resnet",
            "resnet_time_scale_shift": "scale_shift",
            "mid_block_scale_factor": 1,
            "attention_head_dim": None,  # one head
            "norm_num_groups": self.norm_groups,
            "attn_norm_num_groups": self.norm_groups,  # or the middle attention has no norm
            "norm_eps": 1e-5,
            "time_embedding_dim": self.embedding_dim or 4 * self.channels[0],
            "dropout": self.dropout,
        }


class BaseDPM(nn.Module):
    """Unconditional denoiser of images [n, c, h, w] in [-1, 1]."""

    unet: Any  # a UNet2DModel; the type checker cannot see into diffusers' classes

    def __init__(self, image_shape: tuple[int, int, int], *, network: DPMSettings | DiffusersSettings) -> None:
        super().__init__()
        self.patch, self.betas = network.patch, network.betas
        self.parametrisation = Parametrisation(network.prediction_type, Schedule(network.betas))
        self.unet = UNet2DModel(**network.arguments(image_shape))
        self.sides = [side // network.patch for side in image_shape[1:]]
        self.embedding_dim: int = self.unet.time_embedding.linear_2.out_features
        _zero_last_layers(self.unet)

    @property
    def schedule(self) -> Schedule:
        """The noise schedule."""
        return self.parametrisation.schedule

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
        """One uniform time and one noise for each image of a batch of this shape."""
        return noise_and_times("uniform", shape, generator)

    def loss(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """The error at one time per image, see Parametrisation; images [n, c, h, w] in [-1, 1]."""
        prediction = self.features(self.schedule.add_noise(images, noise, timesteps), timesteps).prediction
        return self.parametrisation.loss(prediction, images, noise, timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor) -> Tensor:
        """The images seen in the states `noisy` [n, c, h, w] at `timesteps` int64 [n]; not clamped."""
        return self.parametrisation.image(self.features(noisy, timesteps).prediction, noisy, timesteps)

    def features(self, noisy: Tensor, timesteps: Tensor) -> Features:
        """One pass over `noisy` [n, c, h, w] at `timesteps` int64 [n], its inner states kept."""
        return self.run(noisy, self.embed(timesteps, noisy))

    def embed(self, timesteps: Tensor, like: Tensor) -> Tensor:
        """Time embedding [n, e] of `timesteps` int64 [n], in the dtype of `like`."""
        return self.unet.time_embedding(self.unet.time_proj(timesteps).to(like.dtype))

    def run(self, noisy: Tensor, temb: Any) -> Features:
        """`features`, with `temb` handed to every block as it is: an embedding [n, e], or what other blocks take."""
        unet, residuals = self.unet, self.down(noisy, temb)
        last = self.up(residuals, temb)[-1]
        prediction = unet.conv_out(unet.conv_act(unet.conv_norm_out(last)))
        return Features(self.unfold(prediction), residuals, temb)

    def down(self, noisy: Tensor, temb: Any) -> tuple[Tensor, ...]:
        """The way down alone: the `residuals` of Features."""
        h = self.unet.conv_in(self.fold(noisy))
        residuals: tuple[Tensor, ...] = (h,)
        for block in self.unet.down_blocks:
            h, outputs = block(hidden_states=h, temb=temb)
            residuals += outputs
        return residuals

    def up(self, residuals: tuple[Tensor, ...], temb: Any) -> tuple[Tensor, ...]:
        """The middle's output, and from there every up block's, the last as fine as the folded image."""
        outputs: tuple[Tensor, ...] = (self.unet.mid_block(residuals[-1], temb),)
        for block in self.unet.up_blocks:
            used = len(block.resnets)
            outputs += (block(outputs[-1], residuals[-used:], temb),)
            residuals = residuals[:-used]
        return outputs

    def fold(self, images: Tensor) -> Tensor:
        """Images [n, c, h, w] as the network sees them: [n, c p^2, h / p, w / p]."""
        return F.pixel_unshuffle(images, self.patch) if self.patch > 1 else images

    def unfold(self, states: Tensor) -> Tensor:
        """The way back from `fold`."""
        return F.pixel_shuffle(states, self.patch) if self.patch > 1 else states

    def scheduler_config(self) -> dict[str, int | float | str | bool]:
        """Arguments that make diffusers' DDPMScheduler or DDIMScheduler run this model's process."""
        return {
            "num_train_timesteps": TIMESTEPS,
            **IN_DIFFUSERS[self.betas],
            "prediction_type": self.parametrisation.prediction_type,
            "clip_sample": True,
        }


def _zero_last_layers(unet: nn.Module) -> None:
    """Start as guided-diffusion does: every residual branch and the head give zero."""
    layers = [unet.get_submodule("conv_out")]
    layers += [module.conv2 for module in unet.modules() if isinstance(module, ResnetBlock2D)]
    layers += [module.get_submodule("to_out.0") for module in unet.modules() if isinstance(module, Attention)]
    for layer in layers:
        zero(layer)
