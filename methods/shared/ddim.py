"""Deterministic DDIM in both directions, on PDAE's time grid, on DiTi's and on Diff-AE's.

Song et al. 2021, arXiv:2010.02502, with eta = 0. At every step the predicted image is clamped to [-1, 1]
and the noise recomputed from it, as the reference codes of all three do; the returned state is not clamped.
diffusers' schedulers have not all of these grids, hence our own loop.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from diffrep.methods.shared.schedule import STEPS


class Step(NamedTuple):
    """One transition: the network is asked at `timestep`; the signal share goes from `alpha_from` to `alpha_to`."""

    timestep: int
    alpha_from: float
    alpha_to: float
    guided: bool = True


def walk(predict: Callable[[Tensor, Step], Tensor], state: Tensor, path: Sequence[Step]) -> Tensor:
    """Carry `state` [n, c, h, w] along `path`; `predict(state, step)` says which image it sees, unclamped."""
    for step in path:
        x0 = predict(state, step).clamp(-1, 1)
        noise = (state - math.sqrt(step.alpha_from) * x0) / math.sqrt(1 - step.alpha_from)
        state = math.sqrt(step.alpha_to) * x0 + math.sqrt(1 - step.alpha_to) * noise
    return state


def asked(denoise: Callable[[Tensor, Tensor, Step], Tensor], prediction_type: str) -> Callable[[Tensor, Step], Tensor]:
    """What `walk` asks of a network: `denoise(state, timesteps [n], step)`, but at t = 0 not if it predicts images.

    The noise that a predicted image implies there is its error divided by 0.01, so the state stands for its own image.
    """

    def predict(state: Tensor, step: Step) -> Tensor:
        if step.timestep == 0 and prediction_type == "sample":
            return state
        return denoise(state, torch.full((len(state),), step.timestep, device=state.device), step)

    return predict


def pdae_grid(steps: int) -> list[int]:
    """PDAE's times for `steps` transitions: int(linspace(0, 999, steps + 1)) without repeats.

    0 and 999 are always in it, and 1,000 steps give 999 transitions only.
    """
    return sorted({int(t) for t in np.linspace(0, STEPS - 1, _checked(steps) + 1)})


def diti_grid(steps: int) -> list[int]:
    """DiTi's times: 0, d, 2d, ... below 1,000 with d = 1000 // steps; more of them if `steps` is no divisor."""
    return list(range(0, STEPS, STEPS // _checked(steps)))


def pdae_decoding(alphas_cumprod: Tensor, steps: int, stop: float = 0.0) -> list[Step]:
    """From t = 999 down; the state at t = 0 (abar 0.9999) is the image.

    stop  fraction in [0, 1]: the last int(stop * steps) steps are unguided; 0 for autoencoding
    """
    grid, unguided = pdae_grid(steps), int(stop * steps)
    abar = alphas_cumprod.tolist()
    return [Step(grid[i], abar[grid[i]], abar[grid[i - 1]], i > unguided) for i in range(len(grid) - 1, 0, -1)]


def pdae_inversion(alphas_cumprod: Tensor, steps: int) -> list[Step]:
    """From the image, taken as the state at t = 0, up to t = 999; always guided."""
    grid, abar = pdae_grid(steps), alphas_cumprod.tolist()
    return [Step(now, abar[now], abar[then]) for now, then in pairwise(grid)]


def diti_decoding(alphas_cumprod: Tensor, steps: int, stop: float = 0.0) -> list[Step]:
    """From t = 1000 - d down; the step from t = 0 goes to abar = 1, that is, it returns the predicted image.

    stop  fraction in [0, 1]: steps at t < 1000 stop are unguided
    """
    grid, abar = diti_grid(steps), alphas_cumprod.tolist()
    targets = [1.0, *(abar[t] for t in grid)]
    path = [Step(t, abar[t], after, t >= stop * STEPS) for t, after in zip(grid, targets, strict=False)]
    return path[::-1]


def diti_inversion(alphas_cumprod: Tensor, steps: int) -> list[Step]:
    """From the image at t = 0 up; the last step goes to abar = 0, that is, it returns the last predicted noise."""
    grid, abar = diti_grid(steps), alphas_cumprod.tolist()
    targets = [*(abar[t] for t in grid[1:]), 0.0]
    return [Step(t, abar[t], after) for t, after in zip(grid, targets, strict=True)]


def even_decoding(alphas_cumprod: Tensor, steps: int) -> list[Step]:
    """Diff-AE's: DiTi's, for numbers of steps that divide 1,000; ValueError for others."""
    return diti_decoding(alphas_cumprod, _divisor(steps))


def even_inversion(alphas_cumprod: Tensor, steps: int) -> list[Step]:
    """Diff-AE's: DiTi's, for numbers of steps that divide 1,000; ValueError for others."""
    return diti_inversion(alphas_cumprod, _divisor(steps))


def _divisor(steps: int) -> int:
    if STEPS % _checked(steps):
        raise ValueError(f"steps={steps}: Diff-AE's sampler takes numbers of steps that divide {STEPS}")
    return steps


def _checked(steps: int) -> int:
    if not 1 <= steps <= STEPS:
        raise ValueError(f"steps={steps}: a DDIM path takes 1 to {STEPS} steps")
    return steps
