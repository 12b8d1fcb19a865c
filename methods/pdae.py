"""PDAE: an encoder trained to fill the gap that a frozen DPM leaves between its guess and the image.

Zhang et al. 2022, arXiv:2212.12990; reference: ckczzj/PDAE. At the published settings (published.yaml) exactly that
loss, network and sampler. Here, unlike there: images are not flipped at random in training, no ancestral sampler, no
latent DPM; and, each behind a named parameter, `feature_gate`, `code_map`, `code_scale`, `timestep_sampling`,
`loss_weight`, and a base that may predict the image instead of the noise.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM
from diffrep.methods.shared.networks.encoder import Encoder
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.sampler import SAMPLERS

SAMPLER = SAMPLERS["pdae"]


class PDAE(nn.Module):
    """Encoder, and a gradient estimator that shifts the frozen DPM by the code.

    code_dim           size of the code z
    encoder_channels, encoder_attention   see Encoder
    code_scale         factor on the encoder's output; 1.0 as published
    dropout, feature_gate, code_map, timestep_sampling, loss_weight   see ShiftedDPM
    """

    needs = ("base",)
    cannot: dict[str, str] = {}  # noqa: RUF012
    parts: list[Part] = []  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base: BaseDPM,
        *,
        code_dim: int,
        encoder_channels: Sequence[int],
        encoder_attention: int | None,
        code_scale: float,
        dropout: float,
        feature_gate: str,
        code_map: bool,
        timestep_sampling: str,
        loss_weight: str,
    ) -> None:
        super().__init__()
        self.code_scale = code_scale
        self.encoder = Encoder(image_shape, code_dim, channels=encoder_channels, attention=encoder_attention)
        self.decoder = ShiftedDPM(
            base,
            code_dim=code_dim,
            dropout=dropout,
            feature_gate=feature_gate,
            code_map=code_map,
            timestep_sampling=timestep_sampling,
            loss_weight=loss_weight,
        )

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}."""
        return {"z": self.code_scale * self.encoder(images)}

    def loss(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Equation 7: the weighted error of the shifted noise, one time per image; images [n, c, h, w] in [-1, 1]."""
        draw = self.decoder.draw(images, generator)
        return self.decoder.loss(draw, self.encode(images)["z"])

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states x_t of `images` at `timesteps` int64 [n]; noise [n, c, h, w] ~ N(0, 1)."""
        return self.decoder.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in the states `noisy`, given codes [n, code_dim]; not clamped."""
        return self.decoder.denoise(noisy, timesteps, codes)

    def decode(self, codes: Tensor, start: Tensor, *, steps: int, stop: float = 0.0) -> Tensor:
        """Deterministic DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; same arguments, same images.

        codes  [n, code_dim]
        steps  transitions of PDAE's grid, 1 to 1000
        stop   fraction of the steps, at the end, that the code does not guide
        """
        path = SAMPLER.decoding(self.decoder.schedule.alphas_cumprod, steps, stop)
        return self.decoder.travel(start, path, lambda timesteps: codes, clamps=SAMPLER.clamps)

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start [n, c, h, w] from which `decode` with these codes comes back to about `images` in [-1, 1]."""
        path = SAMPLER.inversion(self.decoder.schedule.alphas_cumprod, steps)
        return self.decoder.travel(images, path, lambda timesteps: codes, clamps=SAMPLER.clamps)
