"""Control: a VAE on the suite's encoder, a learned code of the same size without diffusion.

Kingma & Welling 2014, arXiv:1312.6114; `beta`: Higgins et al. 2017 (beta-VAE, ICLR).

The loss is minus the evidence bound of a Gaussian decoder of variance 1, up to a constant, in nats per pixel value:
(|x - x'|^2 / 2 + beta KL) / (c h w), x in [-1, 1], KL summed over the code, mean over the images.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.gaussian import kl, sample
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.settings import Count, Weight


class VAE(nn.Module):
    """Encoder of mean and log-variance, and a convolutional decoder; the code is the mean.

    code_dim           size of the code z
    decoder_channels   see ConvDecoder
    beta               weight of the KL term, 1 for the VAE; the same as 1 with a decoder of variance `beta`
    """

    needs: tuple[str, ...] = ()
    parts: list[Part] = []  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "invert": "images are decoded without a start",
        "denoise": "the decoder sees a code, no noisy image",
    }

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        code_dim: Count,
        encoder: EncoderSettings,
        decoder_channels: tuple[int, ...],
        beta: Weight,
    ) -> None:
        super().__init__()
        if beta < 0:
            raise ValueError(f"beta={beta}: the weight of the KL term is at least 0")
        self.beta, self.code_dim = beta, code_dim
        self.encoder = Encoder(image_shape, 2 * code_dim, encoder)
        self.decoder = ConvDecoder(image_shape, code_dim, decoder_channels)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of z given the images [n, c, h, w], each [n, code_dim]."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return mean, log_variance

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}, the posterior's mean."""
        return {"z": self.posterior(images)[0]}

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
        """What the code of each image of a batch of this shape is drawn by."""
        return {"noise": torch.randn(shape[0], self.code_dim, generator=generator, device=generator.device)}

    def loss(self, images: Tensor, noise: Tensor) -> Tensor:
        """Minus the evidence bound with one sample of z per image [n, c, h, w], in nats per pixel value."""
        mean, log_variance = self.posterior(images)
        decoded = self.decoder(sample(mean, log_variance, noise))
        error = (images - decoded).pow(2).flatten(1).sum(1) / 2
        return (error + self.beta * kl(mean, log_variance)).mean() / images[0].numel()

    @torch.no_grad()
    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """codes [n, code_dim] -> mean images [n, c, h, w], not clamped; `start` and `steps` change nothing."""
        return self.decoder(codes)


class ConvDecoder(nn.Module):
    """Codes [n, code_dim] -> images [n, c, h, w]: nearest-neighbour upsampling and 3x3 convolutions, unbounded.

    channels  width of each map, from the coarsest; each next one has twice the side, the last half the image's
    """

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, channels: tuple[int, ...]) -> None:
        super().__init__()
        if not channels or min(channels) < 1:
            raise ValueError(f"decoder_channels={list(channels)}: give at least one width, each at least 1")
        depth, height, width = image_shape
        self.sizes = [(height, width)]
        for _ in channels:
            height, width = (height + 1) // 2, (width + 1) // 2
            self.sizes.insert(0, (height, width))
        self.first = nn.Linear(code_dim, channels[0] * height * width)
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1)
            for before, after in zip(channels, [*channels[1:], depth], strict=True)
        )

    def forward(self, codes: Tensor) -> Tensor:
        """[n, code_dim] -> [n, c, h, w]."""
        h = self.first(codes).unflatten(1, (-1, *self.sizes[0]))
        for layer, size in zip(self.layers, self.sizes[1:], strict=True):
            h = layer(F.interpolate(F.silu(h), size))
        return h
