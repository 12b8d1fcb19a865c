"""The forward process that the diffusion methods of the suite share, and PDAE's coefficients on it.

Ho et al. 2020, arXiv:2006.11239: 1,000 steps, betas linear from 1e-4 to 2e-2, both ends included; the suite's own.
Rombach et al. 2022, arXiv:2112.10752: betas whose roots are linear, from .0015 to .0155 as their VQ models have them.
Nichol & Dhariwal 2021, arXiv:2102.09672, equation 17: abar_t follows a squared cosine.
Zhang et al. 2022 (PDAE), arXiv:2212.12990: the loss weight (equation 10) and the two shift coefficients.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn

from diffrep.methods.shared.precision import wide

TIMESTEPS = 1000
BETA_START = 1e-4
BETA_END = 2e-2
SCALED_START = 1.5e-3
SCALED_END = 1.55e-2
COSINE_OFFSET = 0.008
LARGEST_BETA = 0.999  # of the cosine
GAMMA = 0.1  # PDAE's exponent, fixed in the reference code
X0_WEIGHT_CAP = 5.0

Betas = Literal["linear", "scaled_linear", "cosine"]
TimestepSampling = Literal["uniform", "late"]


class Schedule(nn.Module):
    """Tables over t = 0..999, float64 [1000]; index 0 already carries noise.

    betas  "linear", "scaled_linear" or "cosine", see `noise_shares`

    alphas_cumprod  abar_t, the share of signal in the variance, falling; linear betas: from 0.9999 to 4e-5
    snr             abar_t / (1 - abar_t)
    loss_weight     lambda_t = SNR^0.1 / (1 + SNR), for a squared error of the noise; not normalised
    x0_weight       min(1 / (1 - abar_t), 5), for a squared error of the image
    shift_training  s_t of PDAE's loss (and of its ancestral sampler, which is not in the suite); <= 0, and 0 at t = 0
    shift_ddim      -sqrt(1 - abar_t) of every DDIM routine; not the same number as s_t, by design

    The tables follow the module to its device, and stand in no checkpoint.
    """

    alphas_cumprod: Tensor
    snr: Tensor
    loss_weight: Tensor
    x0_weight: Tensor
    shift_training: Tensor
    shift_ddim: Tensor

    def __init__(self, betas: Betas = "linear") -> None:
        super().__init__()
        alphas = 1 - noise_shares(betas)
        abar = alphas.cumprod(0)
        before = torch.cat([abar.new_ones(1), abar[:-1]])
        snr = abar / (1 - abar)
        tables = {
            "alphas_cumprod": abar,
            "snr": snr,
            "loss_weight": snr**GAMMA / (1 + snr),
            "x0_weight": (1 / (1 - abar)).clamp(max=X0_WEIGHT_CAP),
            "shift_training": -alphas.sqrt() * (1 - before) / (1 - abar).sqrt(),
            "shift_ddim": -(1 - abar).sqrt(),
        }
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)

    def add_noise(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """x_t = sqrt(abar_t) images + sqrt(1 - abar_t) noise; images and noise [n, c, h, w], timesteps int64 [n]."""
        abar = at(self.alphas_cumprod, timesteps, images)
        return abar.sqrt() * images + (1 - abar).sqrt() * noise

    def x0_from_noise(self, noisy: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The image that `noise` [n, c, h, w] would leave of the state `noisy` at `timesteps` [n]; not clamped."""
        abar = at(self.alphas_cumprod, timesteps, noisy)
        return (noisy - (1 - abar).sqrt() * noise) / abar.sqrt()


def noise_shares(betas: Betas) -> Tensor:
    """beta_t, the share of fresh noise in the variance of step t, float64 [1000].

    betas  "linear"; "scaled_linear", linear in the root of beta; "cosine", capped at 0.999. The names are diffusers';
           latent diffusion's code says "linear" and means the second
    """
    if betas == "linear":
        return torch.linspace(BETA_START, BETA_END, TIMESTEPS, dtype=torch.float64)
    if betas == "scaled_linear":
        return torch.linspace(SCALED_START**0.5, SCALED_END**0.5, TIMESTEPS, dtype=torch.float64) ** 2
    time = torch.linspace(0, 1, TIMESTEPS + 1, dtype=torch.float64)
    signal = torch.cos((time + COSINE_OFFSET) / (1 + COSINE_OFFSET) * math.pi / 2) ** 2
    return (1 - signal[1:] / signal[:-1]).clamp(max=LARGEST_BETA)


def at(table: Tensor, timesteps: Tensor, like: Tensor) -> Tensor:
    """Entries of `table` at `timesteps` [n] as [n, 1, 1, 1], ready to multiply images; in the dtype of `like` or wider.

    In half precision early shares of noise would be rounded to none.
    """
    return table[timesteps].to(wide(like.dtype)).view(-1, 1, 1, 1)


def noise_and_times(sampling: TimestepSampling, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
    """What a step of a diffusion model leaves to chance, for states of `shape` [n, c, h, w]: "timesteps", "noise"."""
    timesteps = draw_timesteps(sampling, shape[0], generator)
    return {"timesteps": timesteps, "noise": torch.randn(shape, generator=generator, device=generator.device)}


def draw_timesteps(sampling: TimestepSampling, count: int, generator: torch.Generator) -> Tensor:
    """One training time per image, int64 [count] in 0..999, on the generator's device.

    sampling  "uniform", as published; "late": floor(1000 (1 - u^2)), which visits large t more often
    """
    if sampling == "uniform":
        return torch.randint(TIMESTEPS, (count,), generator=generator, device=generator.device)
    u = torch.rand(count, generator=generator, device=generator.device)
    return (TIMESTEPS * (1 - u * u)).long().clamp(max=TIMESTEPS - 1)
