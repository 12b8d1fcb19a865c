"""PDAE: an encoder trained to fill the gap that a frozen DPM leaves between its guess and the image.

Zhang et al. 2022, arXiv:2212.12990; reference: ckczzj/PDAE. At the published settings (published.yaml) exactly that
loss, network and sampler. Here, unlike there: images are not flipped at random in training, no ancestral sampler, no
latent DPM; and, each behind a named parameter, `feature_gate`, `code_map`, `code_scale`, `timestep_sampling`,
`loss_weight`, and a base that may predict the image instead of the noise.
"""

from torch import Tensor

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.shifted_diffusion import ShiftedDiffusion
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM, ShiftedDPMSettings
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.methods.shared.settings import Count, Scale


class PDAE(ShiftedDiffusion):
    """Encoder, and a gradient estimator that shifts the frozen DPM by the code.

    code_dim    size of the code z
    code_scale  factor on the encoder's output; 1.0 as published
    """

    parts: list[Part] = []  # noqa: RUF012
    sampler = SAMPLERS["pdae"]

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base: BaseDPM,
        *,
        code_dim: Count,
        encoder: EncoderSettings,
        code_scale: Scale,
        decoder: ShiftedDPMSettings,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(image_shape, code_dim, encoder)
        self.code_scale = code_scale
        self.decoder = ShiftedDPM(base, code_dim, decoder)

    def loss(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """Equation 7: the weighted error of the shifted noise, one time per image; images [n, c, h, w] in [-1, 1]."""
        return self.decoder.loss(self.decoder.see(images, timesteps, noise), self.encode(images)["z"])
