"""What an encoder or a score network is told of the time: features of it, then two linear maps."""

import math

import torch
from diffusers.models.embeddings import TimestepEmbedding, get_timestep_embedding
from torch import Tensor, nn

FOURIER_SCALE = 16.0


class FourierTime(nn.Module):
    """Random Fourier features of ln sigma [n] -> [n, width], as score_sde's NCSN++ has them.

    Song et al. 2021, arXiv:2011.13456. The frequencies, N(0, 16^2), are drawn once and stay. Noises that differ by
    more than one percent get unrelated features: nothing makes what is computed from them smooth in time.
    """

    frequencies: Tensor

    def __init__(self, frequencies: int = 16, width: int = 64) -> None:
        super().__init__()
        self.register_buffer("frequencies", FOURIER_SCALE * torch.randn(frequencies))
        self.embed = TimestepEmbedding(2 * frequencies, width)
        for layer in (self.embed.linear_1, self.embed.linear_2):
            fan_average(layer)

    def forward(self, log_sigma: Tensor) -> Tensor:
        """ln sigma [n] -> [n, width]."""
        angles = 2 * math.pi * log_sigma.to(self.frequencies.dtype)[:, None] * self.frequencies
        return self.embed(torch.cat([angles.sin(), angles.cos()], dim=1))


class SmoothTime(nn.Module):
    """Sinusoidal features of 1000 tau [n], as the suite's networks have them of t -> [n, width]; smooth in tau."""

    def __init__(self, features: int = 32, width: int = 64) -> None:
        super().__init__()
        self.features = features
        self.embed = TimestepEmbedding(features, width)

    def forward(self, tau: Tensor) -> Tensor:
        """tau in [0, 1], [n] -> [n, width]."""
        features = get_timestep_embedding(1000 * tau, self.features, flip_sin_to_cos=True, downscale_freq_shift=0)
        return self.embed(features.to(self.embed.linear_1.weight.dtype))


def fan_average(layer: nn.Module, scale: float = 1.0) -> None:
    """Start `layer` as score_sde does: uniform weights of variance scale / mean of both fans, bias 0."""
    nn.init.xavier_uniform_(layer.get_parameter("weight"), gain=math.sqrt(scale))
    nn.init.zeros_(layer.get_parameter("bias"))
