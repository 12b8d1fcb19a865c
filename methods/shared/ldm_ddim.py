"""DDIM as latent diffusion runs it: another grid of times, no clamp, and noise on the way where eta is above 0.

Rombach et al. 2022, arXiv:2112.10752, after Song et al. 2021, arXiv:2010.02502, equations 12 and 16. The predicted
image is not clamped, because latents have no bounds, and the last step ends at abar_0, not at 1. diffusers' DDIM does
the same with leading spacing, an offset of 1, `set_alpha_to_one=False` and `clip_sample=False`; it cannot invert.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from diffrep.methods.shared.ddim import Step, diti_grid
from diffrep.methods.shared.schedule import STEPS


def ldm_grid(steps: int) -> list[int]:
    """The times 1, 1 + d, 1 + 2d, ... below 1,000 with d = 1000 // steps; more of them if `steps` is no divisor."""
    return [t + 1 for t in diti_grid(steps) if t + 1 < STEPS]


def ldm_decoding(alphas_cumprod: Tensor, steps: int) -> list[Step]:
    """From t = 1001 - d down to the state at t = 0, which is the image."""
    levels, abar = [0, *ldm_grid(steps)], alphas_cumprod.tolist()
    return [Step(now, abar[now], abar[then]) for then, now in pairwise(levels)][::-1]


def ldm_inversion(alphas_cumprod: Tensor, steps: int) -> list[Step]:
    """From the image, taken as the state at t = 0, up the same grid."""
    levels, abar = [0, *ldm_grid(steps)], alphas_cumprod.tolist()
    return [Step(now, abar[now], abar[then]) for now, then in pairwise(levels)]


def roam(predict: Callable[[Tensor, Step], Tensor], start: Tensor, path: Sequence[Step], *, eta: float) -> Tensor:
    """Carry `start` [n, c, h, w] along `path`; `predict(state, step)` says which image it sees, and is not clamped.

    eta  share of fresh noise: 0 is deterministic, 1 ancestral, for paths that lead down only. The noise of an image is
         a function of its own start, so that the same arguments give the same images, whatever their batch.
    """
    state = start
    fresh = own_noise(start, len(path)) if eta else [None] * len(path)
    for step, drawn in zip(path, fresh, strict=True):
        x0 = predict(state, step)
        noise = (state - math.sqrt(step.alpha_from) * x0) / math.sqrt(1 - step.alpha_from)
        sigma = eta * deviation(step) if eta else 0.0
        state = math.sqrt(step.alpha_to) * x0 + math.sqrt(1 - step.alpha_to - sigma**2) * noise
        if drawn is not None:
            state = state + sigma * drawn
    return state


def deviation(step: Step) -> float:
    """The standard deviation that the ancestral sampler adds on a step down."""
    return math.sqrt((1 - step.alpha_to) / (1 - step.alpha_from) * (1 - step.alpha_from / step.alpha_to))


def own_noise(start: Tensor, count: int) -> Tensor:
    """[count, *start's shape] standard normal; that of an image is drawn from a seed which its start hashes to."""
    drawn = []
    for image in start:
        content = image.detach().float().cpu().contiguous().numpy().tobytes()
        seed = int.from_bytes(hashlib.sha256(content).digest()[:7])
        drawn.append(torch.randn(count, *image.shape, generator=torch.Generator().manual_seed(seed)))
    return torch.stack(drawn, dim=1).to(start)
