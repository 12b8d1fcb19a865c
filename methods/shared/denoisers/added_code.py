"""The suite's network on the suite's noise schedule, told a code by addition to the time embedding."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings
from diffrep.methods.shared.process.diffusion import Diffusion
from diffrep.methods.shared.process.noise_axis import NoiseAxis, NoiseSampling
from diffrep.methods.shared.process.sampler import SAMPLERS


@dataclass(frozen=True)
class AddedCodeSettings:
    """The suite's decoder.

    timestep_sampling  see NoiseAxis
    network            before it is told the code
    """

    kind: Literal["unet"]
    timestep_sampling: NoiseSampling
    network: DPMSettings


class AddedCode(Diffusion):
    """A BaseDPM that sees time embedding + linear map of the code in every block; it decodes on PDAE's grid.

    The map has no bias (the embedding has one), so a code of zeros leaves exactly the unconditional network. Times are
    int64 [n] in 0..999, codes [n, code_dim], images and noise [n, c, h, w].
    """

    sampler = SAMPLERS["pdae"]

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: AddedCodeSettings) -> None:
        super().__init__()
        self.network = BaseDPM(image_shape, network=settings.network)
        self.parametrisation = self.network.parametrisation
        self.code = nn.Linear(code_dim, self.network.embedding_dim, bias=False)
        self.axis = NoiseAxis(self.schedule.alphas_cumprod, settings.timestep_sampling)

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

    def draw_times(self, count: int, generator: torch.Generator) -> Tensor:
        """One training time per image."""
        return self.axis.draw(count, generator)

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The network's output: noise or image, as its `prediction_type` says."""
        told = self.network.embed(timesteps, noisy) + self.code(codes)
        return self.network.run(noisy, told).prediction

    def loss(self, images: Tensor, noise: Tensor, times: Tensor, codes: Tensor) -> Tensor:
        """The denoising loss of BaseDPM, given the code of each image."""
        prediction = self.predict(self.noised(images, noise, times), times, codes)
        return self.parametrisation.loss(prediction, images, noise, times)
