"""The way from an endpoint to an image along a bridge: the steps of an ODE, or of an SDE and the ODE in turn.

Karras et al. 2022, arXiv:2206.00364, equation 5, for the times; Zhou et al. 2024 (DDBM), arXiv:2309.16948, algorithm 1,
with Euler's steps throughout, as DBAE is evaluated: Kim et al. 2025, arXiv:2405.17111.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

from diffrep.methods.shared.process.sampler import own_noise
from diffrep.methods.shared.process.schedule import TIMESTEPS
from diffrep.methods.shared.process.vp_bridge import EARLIEST, beta, bridge, log_signal, log_snr

RHO = 7.0


def karras_times(steps: int) -> list[float]:
    """`steps` times from 1 - 1e-4 to 1e-4, whose seventh roots are evenly spaced, and 0."""
    if not 1 <= steps <= TIMESTEPS:
        raise ValueError(f"steps={steps}: a path from the endpoint takes 1 to {TIMESTEPS} steps")
    first, last = (1 - EARLIEST) ** (1 / RHO), EARLIEST ** (1 / RHO)
    ramp = torch.linspace(0, 1, steps, dtype=torch.float64)
    return [*((first + ramp * (last - first)) ** RHO).tolist(), 0.0]


def walk_bridge(
    see: Callable[[Tensor, float], Tensor], ends: Tensor, start: Tensor, *, steps: int, churn: float
) -> Tensor:
    """Images [n, c, h, w] from their endpoints; `see(states, t)` says which images the network sees, unclamped.

    churn  share of each step that the SDE takes before the ODE takes the rest; 0: all is the ODE's. The SDE's noise of
           an image is a function of its own `start`, so that the same arguments give the same images, whatever their
           batch
    """
    state, times = ends, karras_times(steps)
    fresh = own_noise(start, steps) if churn else [None] * steps
    for (now, then), drawn in zip(pairwise(times), fresh, strict=True):
        middle = now + churn * (then - now)
        if drawn is not None:
            slope = drift(state, ends, see(state, now).clamp(-1, 1), now, share=1.0)
            spread = math.sqrt((now - middle) * beta(now))
            state = state + (middle - now) * slope + spread * drawn
        slope = drift(state, ends, see(state, middle).clamp(-1, 1), middle, share=0.5)
        state = state + (then - middle) * slope
    return state


def drift(state: Tensor, ends: Tensor, images: Tensor, t: float, *, share: float) -> Tensor:
    """dx/dt = -beta x / 2 - beta (share grad ln q(x_t | x_T) - grad ln p(x_T | x_t)), with the images seen in x_t.

    share  1/2 of the ODE, 1 of the SDE
    """
    time, end = (torch.tensor(each, dtype=torch.float64, device="cpu") for each in (t, 1.0))
    a, b, c = (scale.item() for scale in bridge(time))
    rate, ratio = beta(t), (log_signal(time) - log_signal(end)).exp().item()
    variance = ((2 * log_signal(time) - log_snr(time)).exp() * torch.expm1(log_snr(time) - log_snr(end))).item()
    to_image = -(state - a * ends - b * images) / c
    to_end = -(state - ratio * ends) / variance
    return -rate / 2 * state - rate * (share * to_image - to_end)
