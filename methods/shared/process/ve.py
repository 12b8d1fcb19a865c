"""The variance-exploding process of DRL's published runs: x_t = x_0 + sigma(t) eps, t in [0, 1].

Song et al. 2021, arXiv:2011.13456, with the noise range of Mittal et al. 2023 (DRL), arXiv:2105.14257. As in the
reference code the noise at t = 0 is not subtracted from the kernel's.
"""

import math
from typing import Literal

import torch
from torch import Tensor

SIGMA_MIN = 0.01
SIGMA_MAX = 50.0
LOG_RANGE = math.log(SIGMA_MAX / SIGMA_MIN)
EARLIEST = 1e-5  # of the training times

SigmaSampling = Literal["log_sigma", "sigma"]


def log_sigma(times: Tensor) -> Tensor:
    """ln sigma(t), linear in t: from ln 0.01 to ln 50."""
    return math.log(SIGMA_MIN) + times * LOG_RANGE


def time_at(sigma: Tensor) -> Tensor:
    """The t at which the noise is `sigma`; above 1 beyond the process."""
    return (sigma / SIGMA_MIN).log() / LOG_RANGE


def draw_times(sampling: SigmaSampling, count: int, generator: torch.Generator) -> Tensor:
    """One training time per image, float [count] in [0, 1], on the generator's device.

    sampling  "log_sigma": t uniform from 1e-5, as published; "sigma": sigma uniform, the high-noise setting
    """
    uniform = torch.rand(count, generator=generator, device=generator.device)
    if sampling == "log_sigma":
        return EARLIEST + (1 - EARLIEST) * uniform
    return time_at(SIGMA_MIN + (SIGMA_MAX - SIGMA_MIN) * uniform)
