"""Diff-AE: an encoder and a diffusion decoder that is told the code in every block, trained together from scratch.

Preechakul et al. 2022, arXiv:2111.15640; reference: phizaz/diffae. At the published settings (published.yaml) exactly
that loss, network and sampler. Here, unlike there: images are not flipped at random in training, no latent DPM (the
suite never samples codes), times drawn by torch; and, each behind a named parameter, another `encoder`, `code_scale`,
`timestep_sampling`, `sampler`, and a network that may predict the image instead of the noise.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from diffrep.methods.shared.choice import one_of
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.networks.conditioned import condition
from diffrep.methods.shared.networks.encoder import Encoder
from diffrep.methods.shared.networks.half_unet import HalfUNet
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.objective import denoising_loss, predicted_x0
from diffrep.methods.shared.process.sampler import SAMPLERS, Step, asked, walk
from diffrep.methods.shared.process.schedule import draw_timesteps

ENCODERS = {"conv": Encoder, "half_unet": HalfUNet}


class DiffAE(nn.Module):
    """Encoder, and a denoiser all of whose residual blocks are scaled by the code.

    code_dim           size of the code z; 512 as published
    encoder            "half_unet", as published; "conv", the suite's
    encoder_channels, encoder_attention   see HalfUNet and Encoder
    code_scale         factor on the encoder's output; 1.0 as published
    network            the denoiser before it is told the code, see BaseDPM
    timestep_sampling  "uniform", as published, or "late", see draw_timesteps
    sampler            a name of SAMPLERS; "diffae" as published
    """

    needs: tuple[str, ...] = ()
    cannot: dict[str, str] = {}  # noqa: RUF012
    parts: list[Part] = []  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        code_dim: int,
        encoder: str,
        encoder_channels: Sequence[int],
        encoder_attention: int | None,
        code_scale: float,
        network: Annotated[dict[str, Any], BaseDPM],
        timestep_sampling: str,
        sampler: str,
    ) -> None:
        super().__init__()
        if code_dim < 1:
            raise ValueError(f"code_dim={code_dim}: a code has at least 1 dimension")
        one_of("encoder", encoder, ENCODERS)
        one_of("timestep_sampling", timestep_sampling, ("uniform", "late"))
        one_of("sampler", sampler, SAMPLERS)
        self.code_scale = code_scale
        self.timestep_sampling = timestep_sampling
        self.sampler = sampler
        self.encoder = ENCODERS[encoder](image_shape, code_dim, channels=encoder_channels, attention=encoder_attention)
        self.denoiser = BaseDPM(image_shape, **network)
        self.schedule = self.denoiser.schedule
        condition(self.denoiser.unet, code_dim)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}."""
        return {"z": self.code_scale * self.encoder(images)}

    def loss(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """The denoiser's error at one time per image, given its code; images [n, c, h, w] in [-1, 1]."""
        timesteps = draw_timesteps(self.timestep_sampling, len(images), generator, images.device)
        noise = torch.randn(images.shape, generator=generator, device=images.device)
        prediction = self.predict(self.noised(images, noise, timesteps), timesteps, self.encode(images)["z"])
        return denoising_loss(self.schedule, self.denoiser.prediction_type, prediction, images, noise, timesteps)

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The noise or the image, as the denoiser's `prediction_type` says, in states [n, c, h, w] at times [n]."""
        return self.denoiser.run(noisy, (self.denoiser.embed(timesteps, noisy), codes)).prediction

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states x_t of `images` at `timesteps` int64 [n]; noise [n, c, h, w] ~ N(0, 1)."""
        return self.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in the states `noisy`, given codes [n, code_dim]; not clamped."""
        prediction = self.predict(noisy, timesteps, codes)
        return predicted_x0(self.schedule, self.denoiser.prediction_type, noisy, timesteps, prediction)

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """Deterministic DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; same arguments, same images.

        codes  [n, code_dim]
        steps  transitions, 1 to 1000; a divisor of 1000 with sampler "diffae"
        """
        return self.travel(start, SAMPLERS[self.sampler].decoding(self.schedule.alphas_cumprod, steps), codes)

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start [n, c, h, w] from which `decode` with these codes comes back to about `images` in [-1, 1]."""
        return self.travel(images, SAMPLERS[self.sampler].inversion(self.schedule.alphas_cumprod, steps), codes)

    @torch.no_grad()
    def travel(self, state: Tensor, path: Sequence[Step], codes: Tensor) -> Tensor:
        """Carry `state` [n, c, h, w] along a DDIM path, given codes [n, code_dim]."""
        denoise = lambda state, timesteps, step: self.denoise(state, timesteps, codes)  # noqa: E731
        predict = asked(denoise, self.denoiser.prediction_type)
        return walk(predict, state, path, clamps=SAMPLERS[self.sampler].clamps)
