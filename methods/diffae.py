"""Diff-AE: an encoder and a diffusion decoder that is told the code in every block, trained together from scratch.

Preechakul et al. 2022, arXiv:2111.15640; reference: phizaz/diffae. At the published settings (published.yaml) exactly
that loss, network and sampler. Here, unlike there: images are not flipped at random in training, no latent DPM (the
suite never samples codes), times drawn by torch; and, each behind a named parameter, another `encoder`, `code_scale`,
`timestep_sampling`, `sampler`, and a network that may predict the image instead of the noise.
"""

from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings
from diffrep.methods.shared.networks.conditioned import condition
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.networks.half_unet import HalfUNet, HalfUNetSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.diffusion import Diffusion
from diffrep.methods.shared.process.sampler import SAMPLERS, SamplerName
from diffrep.methods.shared.process.schedule import TimestepSampling
from diffrep.methods.shared.settings import Count, Scale


class DiffAE(Diffusion):
    """Encoder, and a denoiser all of whose residual blocks are scaled by the code.

    code_dim           size of the code z; 512 as published
    encoder            "half_unet", as published; "conv", the suite's
    code_scale         factor on the encoder's output; 1.0 as published
    network            the denoiser before it is told the code
    timestep_sampling  "uniform", as published, or "late", see draw_timesteps
    sampler            "diffae" as published
    """

    needs: tuple[str, ...] = ()
    cannot: dict[str, str] = {}  # noqa: RUF012
    parts: list[Part] = []  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        code_dim: Count,
        encoder: EncoderSettings | HalfUNetSettings,
        code_scale: Scale,
        network: DPMSettings,
        timestep_sampling: TimestepSampling,
        sampler: SamplerName,
    ) -> None:
        super().__init__()
        if code_dim < 1:
            raise ValueError(f"code_dim={code_dim}: a code has at least 1 dimension")
        self.encoder: nn.Module
        if isinstance(encoder, HalfUNetSettings):
            self.encoder = HalfUNet(image_shape, code_dim, encoder)
        else:
            self.encoder = Encoder(image_shape, code_dim, encoder)
        self.code_scale = code_scale
        self.denoiser = BaseDPM(image_shape, network=network)
        condition(self.denoiser.unet, code_dim)
        self.parametrisation = self.denoiser.parametrisation
        self.timestep_sampling = timestep_sampling
        self.sampler = SAMPLERS[sampler]

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}."""
        return {"z": self.code_scale * self.encoder(images)}

    def loss(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """The denoiser's error at one time per image, given its code; images [n, c, h, w] in [-1, 1]."""
        prediction = self.predict(self.noised(images, noise, timesteps), timesteps, self.encode(images)["z"])
        return self.parametrisation.loss(prediction, images, noise, timesteps)

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The noise or the image, as the network's `prediction_type` says, in states [n, c, h, w] at times [n]."""
        return self.denoiser.run(noisy, (self.denoiser.embed(timesteps, noisy), codes)).prediction
