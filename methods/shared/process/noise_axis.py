"""Where the times of a noise schedule lie on the axis of noise, and four ways to draw them.

Mittal et al. 2023 (DRL), arXiv:2105.14257, choose what a code holds by the density of the training times. There the
time is continuous and the logarithm of the noise is linear in it; `tau` plays that time's role on a discrete schedule.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn

from diffrep.methods.shared.process.schedule import draw_timesteps

POINTS = 11
CUT = 25.0  # the paper's largest noise, 50, for images of half the spread

NoiseSampling = Literal["uniform", "late", "log_sigma", "sigma"]


class NoiseAxis(nn.Module):
    """Tables over t = 0..999 of a variance-preserving schedule, float64 [1000].

    sigma  noise_to_signal, 0.0100 to 157 on the linear schedule
    tau    its logarithm from 0 (t = 0) to 1 (t = 999)
    grid   int64 [11]: the times whose tau is nearest 0, 0.1, ..., 1

    timestep_sampling  "uniform" or "late", see draw_timesteps; "log_sigma": tau uniform, the paper's own; "sigma":
                       sigma uniform up to 25, the paper's high-noise setting. In both of these a time has the
                       probability of its cell, which ends halfway to its neighbours
    """

    sigma: Tensor
    tau: Tensor
    grid: Tensor
    weights: Tensor

    def __init__(self, alphas_cumprod: Tensor, timestep_sampling: NoiseSampling) -> None:
        super().__init__()
        self.timestep_sampling = timestep_sampling
        sigma = noise_to_signal(alphas_cumprod)
        log = sigma.log()
        tau = (log - log[0]) / (log[-1] - log[0])
        wanted = torch.linspace(0, 1, POINTS, dtype=tau.dtype)
        tables = {
            "sigma": sigma,
            "tau": tau,
            "grid": (tau - wanted[:, None]).abs().argmin(1),
            "weights": cell_widths(sigma, CUT) if timestep_sampling == "sigma" else cell_widths(log),
        }
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """One training time per image, int64 [count], on the generator's device."""
        if self.timestep_sampling in ("uniform", "late"):
            return draw_timesteps(self.timestep_sampling, count, generator)
        return torch.multinomial(self.weights, count, replacement=True, generator=generator)


def noise_to_signal(alphas_cumprod: Tensor) -> Tensor:
    """sqrt((1 - abar) / abar): the noise beside a signal of its own size."""
    return ((1 - alphas_cumprod) / alphas_cumprod).sqrt()


def cell_widths(nodes: Tensor, cut: float = math.inf) -> Tensor:
    """Width of each node's cell, of rising `nodes` [n]: edges halfway between neighbours and at both ends.

    cut  edges beyond it are moved to it, which leaves the cells above it empty
    """
    edges = torch.cat([nodes[:1], (nodes[1:] + nodes[:-1]) / 2, nodes[-1:]])
    return edges.clamp(max=cut).diff()
