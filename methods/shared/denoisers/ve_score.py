"""DRL's published decoder: the NCSN++ told a code, on the variance-exploding process, for standardised images.

Mittal et al. 2023, arXiv:2105.14257; reference: korabs-x/representation_score_based. The paper decodes nothing; here
decoding is the deterministic DDIM of this process, in steps that are equal in ln sigma, with the suite's clamping.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.ncsnpp import NCSNpp, NCSNppSettings
from diffrep.methods.shared.process.noise_axis import POINTS, noise_to_signal
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.methods.shared.process.ve import SIGMA_MAX, SigmaSampling, draw_times, log_sigma, time_at


@dataclass(frozen=True)
class VEScoreSettings:
    """The published decoder.

    timestep_sampling  see draw_times
    mean, std          of each channel of images in [0, 1]: the process runs on (image - mean) / std
    """

    kind: Literal["ncsnpp"]
    timestep_sampling: SigmaSampling
    mean: tuple[float, ...]
    std: tuple[float, ...]
    network: NCSNppSettings


class VEScore(nn.Module):
    """Times are float [n] in [0, 1], codes [n, code_dim], images and noise [n, c, h, w]."""

    mean: Tensor
    std: Tensor
    grid: Tensor
    known: Tensor

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: VEScoreSettings) -> None:
        super().__init__()
        mean, std = settings.mean, settings.std
        if not len(mean) == len(std) == image_shape[0]:
            raise ValueError(f"decoder.mean and decoder.std hold one number for each of {image_shape[0]} channels")
        self.timestep_sampling = settings.timestep_sampling
        self.network = NCSNpp(image_shape, code_dim, settings.network)
        gain = sum(0.5 / value for value in std) / len(std)  # how much wider images are here than in [-1, 1]
        tables = {
            "mean": torch.tensor(mean).view(-1, 1, 1),
            "std": torch.tensor(std).view(-1, 1, 1),
            "grid": torch.linspace(0, 1, POINTS),
            "known": time_at(gain * noise_to_signal(Schedule().alphas_cumprod)).clamp(0, 1).float(),
        }
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)

    def inner(self, images: Tensor) -> Tensor:
        """Images in [-1, 1] as the networks see them: standardised."""
        return ((images + 1) / 2 - self.mean) / self.std

    def outer(self, states: Tensor) -> Tensor:
        """The way back from `inner`."""
        return 2 * (states * self.std + self.mean) - 1

    def times(self, timesteps: Tensor) -> Tensor:
        """The times with the noise-to-signal ratio that the suite's schedule has at `timesteps`; at most 1."""
        return self.known[timesteps]

    def tau(self, times: Tensor) -> Tensor:
        """Where `times` lie between least and most noise: they are it."""
        return times

    def draw_times(self, count: int, generator: torch.Generator) -> Tensor:
        """One training time per image."""
        return draw_times(self.timestep_sampling, count, generator)

    def noised(self, images: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """x_t = x_0 + sigma(t) eps, x_0 the standardised images."""
        return self.inner(images) + _sigma(times, noise) * noise

    def loss(self, images: Tensor, noise: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """Mean of (sigma s + eps)^2, s the score h / sigma: weighted by lambda = sigma^2, an error of the noise."""
        h = self.network(self.noised(images, noise, times), log_sigma(times), codes)
        return F.mse_loss(h, -noise)

    def denoise(self, noisy: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """The image that the network sees in the states `noisy`: x_t + sigma^2 s; not clamped."""
        return self.outer(noisy + _sigma(times, noisy) * self.network(noisy, log_sigma(times), codes))

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """Deterministic DDIM from t = 1 to t = 0, from `start` ~ N(0, 1) to images, not clamped."""
        return self.outer(self._travel(SIGMA_MAX * start, self._path(1, 0, steps, start), codes))

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start from which `decode` with these codes comes back to about `images`."""
        return self._travel(self.inner(images), self._path(0, 1, steps, images), codes) / SIGMA_MAX

    def _path(self, first: float, last: float, steps: int, like: Tensor) -> Tensor:
        return torch.linspace(first, last, steps + 1, device=like.device, dtype=like.dtype)

    @torch.no_grad()
    def _travel(self, state: Tensor, path: Tensor, codes: Tensor) -> Tensor:
        for now, then in pairwise(path):
            x0 = self.inner(self.denoise(state, now.expand(len(state)), codes).clamp(-1, 1))
            state = x0 + (log_sigma(then) - log_sigma(now)).exp() * (state - x0)
        return state


def _sigma(times: Tensor, like: Tensor) -> Tensor:
    """sigma(t) of `times` [n] as [n, 1, 1, 1], ready to multiply images."""
    return log_sigma(times).exp().to(like.dtype).view(-1, 1, 1, 1)
