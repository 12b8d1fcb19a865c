"""The vector-quantised autoencoder in whose latent space EncDiff is published: diffusers' VQModel.

Rombach et al. 2022, arXiv:2112.10752, section 3.1; the shape is EncDiff's "vq_4_16" (SelenaGeRuiqi/EncDiff,
configs/autoencoder), parameter for parameter, and the codebook's loss taming-transformers' legacy one, which weighs
the encoder's term 1 and the codebook's 0.25. Here, unlike there: the images are compared by their absolute difference
alone. LPIPS needs weights that do not come with the suite, the patch discriminator a second optimiser; hence the one
value of the key `loss`.
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch.nn.functional as F
from diffusers import VQModel
from torch import Tensor, nn

from diffrep.methods.shared.settings import Count


@dataclass(frozen=True)
class AutoencoderSettings:
    """The autoencoder.

    channels         width of each resolution, from the finest
    layers           residual blocks per resolution on the way down (one more on the way up)
    latent_channels  numbers per place, of a latent and of a code vector
    codebook         code vectors
    norm_groups      groups of every GroupNorm; must divide every width
    loss             "l1 + codebook"; the published loss adds LPIPS and a patch discriminator, which are not here
    """

    channels: tuple[int, ...]
    layers: int
    latent_channels: Count
    codebook: Count
    norm_groups: Count
    loss: Literal["l1 + codebook"]


class Autoencoder(nn.Module):
    """Images [n, c, h, w] in [-1, 1] <-> latents [n, *shape], each side halved len(channels) - 1 times."""

    vq: Any  # a VQModel; the type checker cannot see into diffusers' classes
    scale: Tensor

    def __init__(self, image_shape: tuple[int, int, int], *, network: AutoencoderSettings) -> None:
        super().__init__()
        channels, groups = network.channels, network.norm_groups
        if any(width % groups for width in channels):
            raise ValueError(f"channels={list(channels)}: every width must be a multiple of norm_groups={groups}")
        depth, height, width = image_shape
        factor = 2 ** (len(channels) - 1)
        if height % factor or width % factor:
            raise ValueError(f"channels={list(channels)}: images of {height}x{width} cannot be cut by {factor}")
        self.shape = (network.latent_channels, height // factor, width // factor)
        self.vq = VQModel(
            in_channels=depth,
            out_channels=depth,
            down_block_types=("DownEncoderBlock2D",) * len(channels),
            up_block_types=("UpDecoderBlock2D",) * len(channels),
            block_out_channels=channels,
            layers_per_block=network.layers,
            latent_channels=network.latent_channels,
            num_vq_embeddings=network.codebook,
            vq_embed_dim=network.latent_channels,
            norm_num_groups=groups,
        )
        self.register_buffer("scale", torch.ones(()))

    def loss(self, images: Tensor) -> dict[str, Tensor]:
        """Mean absolute difference of images and decoded images plus the codebook's loss; leaves nothing to chance."""
        decoded, codebook = self.vq(images, return_dict=False)
        difference = F.l1_loss(decoded, images)
        return {"loss": difference + codebook, "l1": difference, "codebook": codebook}

    @torch.no_grad()
    def set_scale(self, images: Tensor) -> None:
        """Make the latents of these images have a standard deviation of 1, all numbers together."""
        self.scale.copy_(1 / self.vq.encode(images).latents.std())

    def encode(self, images: Tensor) -> Tensor:
        """The latents before quantisation, scaled."""
        return self.scale * self.vq.encode(images).latents

    def decode(self, latents: Tensor) -> Tensor:
        """The images of latents, each place first replaced by the nearest code vector; not clamped."""
        return self.vq.decode(latents / self.scale).sample
