"""The suite's network on the suite's noise schedule, told a code by addition to the time embedding."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.process.noise_axis import NoiseAxis
from diffrep.methods.shared.process.objective import denoising_loss, predicted_x0
from diffrep.methods.shared.process.sampler import SAMPLERS, Step, asked, walk
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.methods.shared.section import from_section

SAMPLER = SAMPLERS["pdae"]


class AddedCode(nn.Module):
    """A BaseDPM (`network` holds its arguments) that sees time embedding + linear map of the code in every block.

    The map has no bias (the embedding has one), so a code of zeros leaves exactly the unconditional network. Times are
    int64 [n] in 0..999, codes [n, code_dim], images and noise [n, c, h, w].

    timestep_sampling  see NoiseAxis
    """

    def __init__(
        self, image_shape: tuple[int, int, int], *, code_dim: int, timestep_sampling: str, **network: Any
    ) -> None:
        super().__init__()
        self.network = from_section("network", BaseDPM, image_shape, section=network)
        self.code = nn.Linear(code_dim, self.network.embedding_dim, bias=False)
        self.axis = NoiseAxis(self.schedule.alphas_cumprod, timestep_sampling)

    @property
    def schedule(self) -> Schedule:
        """The network's noise schedule."""
        return self.network.schedule

    @property
    def grid(self) -> Tensor:
        """The 11 times at which a time-dependent code is read."""
        return self.axis.grid

    def inner(self, images: Tensor) -> Tensor:
        """Images as the networks see them: as they are."""
        return images

    def times(self, timesteps: Tensor) -> Tensor:
        """The suite's times in this process: themselves."""
        return timesteps

    def tau(self, times: Tensor) -> Tensor:
        """Where `times` lie between least and most noise, [n] in [0, 1]."""
        return self.axis.tau[times]

    def draw(self, count: int, generator: torch.Generator, device: torch.device) -> Tensor:
        """One training time per image."""
        return self.axis.draw(count, generator, device)

    def noised(self, images: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """sqrt(abar_t) images + sqrt(1 - abar_t) noise."""
        return self.schedule.add_noise(images, noise, times)

    def predict(self, noisy: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """The network's output: noise or image, as its `prediction_type` says."""
        told = self.network.embed(times, noisy) + self.code(codes)
        return self.network.run(noisy, told).prediction

    def loss(self, images: Tensor, noise: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """The denoising loss of BaseDPM, given the code of each image."""
        prediction = self.predict(self.noised(images, noise, times), times, codes)
        return denoising_loss(self.schedule, self.network.prediction_type, prediction, images, noise, times)

    def denoise(self, noisy: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """The image that the network sees in the states `noisy`; not clamped."""
        prediction = self.predict(noisy, times, codes)
        return predicted_x0(self.schedule, self.network.prediction_type, noisy, times, prediction)

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """Deterministic DDIM on PDAE's grid from `start` ~ N(0, 1) to images, not clamped."""
        return self._travel(start, SAMPLER.decoding(self.schedule.alphas_cumprod, steps), codes)

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start from which `decode` with these codes comes back to about `images`."""
        return self._travel(images, SAMPLER.inversion(self.schedule.alphas_cumprod, steps), codes)

    @torch.no_grad()
    def _travel(self, state: Tensor, path: Sequence[Step], codes: Tensor) -> Tensor:
        denoise = lambda state, times, step: self.denoise(state, times, codes)  # noqa: E731
        predict = asked(denoise, self.network.prediction_type)
        return walk(predict, state, path, clamps=SAMPLER.clamps)
