"""What every method on the suite's noise schedule does with its denoiser: noise images, decode codes, invert images."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.sampler import Sampler, Step, walk
from diffrep.methods.shared.process.schedule import Schedule, TimestepSampling, noise_and_times


class Diffusion(nn.Module, ABC):
    """A denoiser that is told a code, and its ways through time; states are images, unless a subclass has others.

    parametrisation    whether the denoiser predicts the noise or the image; with the schedule
    sampler            the grid of times and what is done at each step
    timestep_sampling  of the times that are trained, see draw_timesteps
    eta                share of fresh noise in decoding; above 0 nothing can be inverted

    A subclass sets the first three and says what its network predicts.
    """

    parametrisation: Parametrisation
    sampler: Sampler
    timestep_sampling: TimestepSampling
    eta = 0.0

    @abstractmethod
    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The noise or the image, as parametrised, in states [n, c, h, w] at `timesteps` int64 [n], given codes [n, d].

        Codes are None at steps that a sampler leaves unguided, see Sampler.
        """

    @property
    def schedule(self) -> Schedule:
        """The noise schedule."""
        return self.parametrisation.schedule

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Any]:
        """One time and one noise for each of the states of this shape [n, c, h, w]."""
        return noise_and_times(self.timestep_sampling, shape, generator)

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states x_t of `images` at `timesteps` int64 [n]; noise [n, c, h, w] ~ N(0, 1)."""
        return self.schedule.add_noise(images, noise, timesteps)

    def clean(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The noiseless states that the network sees in `noisy`, given codes [n, d]; not clamped."""
        return self.parametrisation.image(self.predict(noisy, timesteps, codes), noisy, timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in states of `noised`, given codes [n, d]; not clamped."""
        return self.clean(noisy, timesteps, codes)

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; same arguments, same images.

        codes  [n, d]
        steps  transitions of the sampler's grid, 1 to 1000
        """
        return self.travel(start, self.sampler.decoding(self.schedule.alphas_cumprod, steps), codes)

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start [n, c, h, w] from which `decode` with these codes comes back to about `images` in [-1, 1]."""
        return self.travel(images, self.sampler.inversion(self.schedule.alphas_cumprod, steps), codes)

    @torch.no_grad()
    def travel(self, state: Tensor, path: Sequence[Step], codes: Tensor) -> Tensor:
        """Carry states [n, c, h, w] along a path of the sampler, given codes [n, d]."""
        predict = lambda state, step: self.at_step(state, step, codes)  # noqa: E731
        return walk(predict, state, path, clamps=self.sampler.clamps, eta=self.eta)

    def at_step(self, state: Tensor, step: Step, codes: Tensor) -> Tensor:
        """The noiseless state seen at one step; at t = 0, of a network that predicts images, the state itself.

        The noise that a predicted image implies there is its error divided by 0.01.
        """
        if step.timestep == 0 and self.parametrisation.prediction_type == "sample":
            return state
        timesteps = torch.full((len(state),), step.timestep, device=state.device)
        return self.clean(state, timesteps, codes if step.guided else None)  # type: ignore[arg-type]
