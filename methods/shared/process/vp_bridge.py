"""The bridge of DBAE's published runs: a variance-preserving process that is pinned to an endpoint x_T of its own.

Zhou et al. 2024 (DDBM), arXiv:2309.16948; Kim et al. 2025 (DBAE), arXiv:2405.17111; reference: aailab-kaist/DBAE,
ddbm/karras_diffusion.py. Times are float in (0, 1]; here coefficients are in double precision, there in single, where
the least times lose digits.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from diffrep.methods.shared.precision import wide

BETA_D = 2.0
BETA_MIN = 0.1
EARLIEST = 1e-4  # of all times
VARIANCE = 0.25  # that images and endpoints are taken to have
SCALE = 250.0  # of ln t, as the network is told it


class Bridge(NamedTuple):
    """x_t = a x_T + b x_0 + sqrt(c) eps, float64 of the times' shape."""

    a: Tensor
    b: Tensor
    c: Tensor


class Preconditioning(NamedTuple):
    """The scales around a network F, by which x_0 is seen as skip x_t + out F(inner x_t, ...)."""

    inner: Tensor
    skip: Tensor
    out: Tensor


def beta(time: float) -> float:
    """The rate of the noise, from 0.1 at t = 0 to 2.1 at t = 1."""
    return BETA_D * time + BETA_MIN


def log_signal(times: Tensor) -> Tensor:
    """ln of the factor that the process without an endpoint has on x_0: from 0 to -0.55."""
    return -(BETA_D * times**2 / 2 + BETA_MIN * times) / 2


def log_snr(times: Tensor) -> Tensor:
    """ln of that process's signal to noise, falling."""
    return -torch.expm1(-2 * log_signal(times)).log()


def bridge(times: Tensor) -> Bridge:
    """The coefficients at `times`: x_0 alone at t = 0, x_T alone at t = 1."""
    times = times.double()
    end = torch.ones_like(times)
    log_signal_t, log_snr_t = log_signal(times), log_snr(times)
    r = log_snr(end) - log_snr_t
    open_share = -torch.expm1(r)  # of the way that is not decided by the endpoint yet
    return Bridge(
        a=(r + log_signal_t - log_signal(end)).exp(),
        b=open_share * log_signal_t.exp(),
        c=open_share * (2 * log_signal_t - log_snr_t).exp(),
    )


def preconditioning(times: Tensor, like: Tensor) -> Preconditioning:
    """The scales at `times` [n] as [n, 1, 1, 1], in the dtype of `like` or wider."""
    a, b, c = bridge(times)
    total = VARIANCE * a**2 + VARIANCE * b**2 + c
    inner = total.rsqrt()
    scales = inner, VARIANCE * b / total, (VARIANCE**2 * a**2 + VARIANCE * c).sqrt() * inner
    return Preconditioning(*(scale.to(wide(like.dtype)).view(-1, 1, 1, 1) for scale in scales))


def free_part(images: Tensor, noise: Tensor, times: Tensor) -> Tensor:
    """b x_0 + sqrt(c) eps at `times` [n]: what of a state does not come from its endpoint; all [n, c, h, w]."""
    _, b, c = (scale.to(wide(images.dtype)).view(-1, 1, 1, 1) for scale in bridge(times))
    return b * images + c.sqrt() * noise


def drawn_part(ends: Tensor, times: Tensor) -> Tensor:
    """a x_T at `times` [n]: what of a state comes from its endpoint [n, c, h, w]; both parts are the state."""
    return bridge(times).a.to(wide(ends.dtype)).view(-1, 1, 1, 1) * ends


def draw_times(count: int, generator: torch.Generator) -> Tensor:
    """One training time per image, float [count] uniform from 1e-4 to 1, on the generator's device."""
    return EARLIEST + (1 - EARLIEST) * torch.rand(count, generator=generator, device=generator.device)


def known_times(timesteps: Tensor) -> Tensor:
    """The times that stand here for the suite's `timesteps` int64 in 0..999: from 1e-4 to 1 - 1e-4 in equal steps."""
    return EARLIEST + (1 - 2 * EARLIEST) * timesteps / 999
