"""The ways through time along which methods decode and invert, and the one loop that walks them.

DDIM: Song et al. 2021, arXiv:2010.02502, equations 12 and 16. The published codes disagree on the times, on where both
ends lie, on clamping the predicted image, and on fresh noise; SAMPLERS says in what, and a name means the same in every
method, so that a table can have one sampler for all its rows. diffusers' schedulers have not all of these grids and
cannot invert, hence our own loop.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from diffrep.methods.shared.process.schedule import TIMESTEPS


class Step(NamedTuple):
    """One transition: the network is asked at `timestep`; the signal share goes from `alpha_from` to `alpha_to`."""

    timestep: int
    alpha_from: float
    alpha_to: float
    guided: bool = True


def pdae_times(steps: int) -> list[int]:
    """int(linspace(0, 999, steps + 1)) without repeats: 0 and 999 are in it; 1,000 steps are 999 transitions only."""
    return sorted({int(t) for t in np.linspace(0, TIMESTEPS - 1, _checked(steps) + 1)})


def even_times(steps: int) -> list[int]:
    """0, d, 2d, ... below 1,000 with d = 1000 // steps; more than `steps` of them if that is no divisor."""
    return list(range(0, TIMESTEPS, TIMESTEPS // _checked(steps)))


def strided_times(steps: int) -> list[int]:
    """0, d, 2d, ... below 1,000 with the smallest d that makes `steps` of them; ValueError where no d does."""
    stride = -(-TIMESTEPS // _checked(steps))
    times = list(range(0, TIMESTEPS, stride))
    if len(times) != steps:
        raise ValueError(
            f"steps={steps}: sampler 'diffae' takes every d-th of {TIMESTEPS} times, "
            f"which makes {len(times)} of them for d = {stride}, or {-(-TIMESTEPS // (stride - 1))} for {stride - 1}"
        )
    return times


def ldm_times(steps: int) -> list[int]:
    """0, then 1, 1 + d, 1 + 2d, ... below 1,000 with d = 1000 // steps."""
    return [0, *(t + 1 for t in even_times(steps) if t + 1 < TIMESTEPS)]


def last_steps(times: Sequence[int], steps: int, stop: float) -> int:
    """How many steps a fraction `stop` of them is."""
    return int(stop * steps)


def times_below(times: Sequence[int], steps: int, stop: float) -> int:
    """How many of the times lie below a fraction `stop` of the time axis."""
    return sum(t < stop * TIMESTEPS for t in times)


@dataclass(frozen=True)
class Sampler:
    """A grid of times, its ends, and what is done at each step.

    times      of a number of steps, 1 to 1000, rising
    past_ends  True: decoding's last step, from t = 0, goes to abar = 1 and so returns the predicted image, inversion's
               goes to abar = 0 and returns the predicted noise; False: both walk between the first and the last time,
               and the state at t = 0 is the image
    clamps     the predicted image is clamped to [-1, 1] and the noise recomputed from it; states never are clamped
    noisy      decoding may add fresh noise (eta above 0)
    unguided   how many of decoding's last steps, given (times, steps, stop), the code does not guide; None: always 0
    """

    times: Callable[[int], list[int]]
    past_ends: bool
    clamps: bool
    noisy: bool = False
    unguided: Callable[[Sequence[int], int, float], int] | None = None

    def decoding(self, alphas_cumprod: Tensor, steps: int, stop: float = 0.0) -> list[Step]:
        """From noise down to the image.

        alphas_cumprod  [1000]
        stop            fraction in [0, 1] at the end without guidance; 0 for autoencoding
        """
        times, abar = self.times(steps), alphas_cumprod.tolist()
        if stop and self.unguided is None:
            raise ValueError(f"stop={stop}: only samplers 'pdae' and 'diti' have steps that the code does not guide")
        unguided = self.unguided(times, steps, stop) if self.unguided else 0
        asked = times if self.past_ends else times[1:]
        targets = [1.0] * self.past_ends + [abar[t] for t in times[:-1]]
        path = [Step(t, abar[t], to, i >= unguided) for i, (t, to) in enumerate(zip(asked, targets, strict=True))]
        return path[::-1]

    def inversion(self, alphas_cumprod: Tensor, steps: int) -> list[Step]:
        """From the image, taken as the state at t = 0, up the same times to noise; always guided."""
        times, abar = self.times(steps), alphas_cumprod.tolist()
        asked = times if self.past_ends else times[:-1]
        targets = [abar[t] for t in times[1:]] + [0.0] * self.past_ends
        return [Step(t, abar[t], to) for t, to in zip(asked, targets, strict=True)]


SamplerName = Literal["pdae", "diti", "diffae", "ldm"]
SAMPLERS: dict[SamplerName, Sampler] = {
    "pdae": Sampler(pdae_times, past_ends=False, clamps=True, unguided=last_steps),
    "diti": Sampler(even_times, past_ends=True, clamps=True, unguided=times_below),
    "diffae": Sampler(strided_times, past_ends=True, clamps=True),
    # Latent diffusion's, Rombach et al. 2022, arXiv:2112.10752: latents have no bounds to be clamped to.
    "ldm": Sampler(ldm_times, past_ends=False, clamps=False, noisy=True),
}


def walk(
    predict: Callable[[Tensor, Step], Tensor], start: Tensor, path: Sequence[Step], *, clamps: bool, eta: float = 0.0
) -> Tensor:
    """Carry `start` [n, c, h, w] along `path`; `predict(state, step)` says which image it sees, unclamped.

    eta  share of fresh noise: 0 is deterministic, 1 ancestral, for paths that lead down only. The noise of an image is
         a function of its own start, so that the same arguments give the same images, whatever their batch.
    """
    state = start
    fresh = own_noise(start, len(path)) if eta else [None] * len(path)
    for step, drawn in zip(path, fresh, strict=True):
        x0 = predict(state, step)
        if clamps:
            x0 = x0.clamp(-1, 1)
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


def _checked(steps: int) -> int:
    if not 1 <= steps <= TIMESTEPS:
        raise ValueError(f"steps={steps}: a DDIM path takes 1 to {TIMESTEPS} steps")
    return steps
