"""DiTi: PDAE's decoder sees the code open block by block, fine detail at small t, everything at t = 999.

Yue et al. 2024, arXiv:2401.11430; reference: yue-zhongqi/diti. At the published settings (published.yaml) exactly that
loss, network and sampler. Here, unlike there: images are not flipped at random in training, mask indices in integers,
tables in float64, no self-supervised branch (its published weight is 0), learning rate not scaled with the number of
devices, no ProMask (a mask over the code, learned for one attribute); unguided steps use the frozen DPM alone (there,
the shift by a zero code); and, each behind a named parameter, what PDAE's adapter also lists, a `count` of blocks other
than 64, their `order` and `sampler`.
"""

from torch import Tensor

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.blockwise_dpm import BlockSettings, BlockwiseDPM
from diffrep.methods.shared.denoisers.shifted_diffusion import ShiftedDiffusion
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPMSettings
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.process.sampler import SAMPLERS, SamplerName
from diffrep.methods.shared.settings import Count, Scale


class DiTi(ShiftedDiffusion):
    """Encoder, and a gradient estimator that is told only the blocks of the code that are open at t.

    code_dim    size of the code z
    code_scale  factor on the encoder's output; 1.0 as published
    sampler     "diti" as published
    """

    decoder: BlockwiseDPM

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base: BaseDPM,
        *,
        code_dim: Count,
        encoder: EncoderSettings,
        code_scale: Scale,
        decoder: ShiftedDPMSettings,
        blocks: BlockSettings,
        sampler: SamplerName,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(image_shape, code_dim, encoder)
        self.code_scale = code_scale
        self.decoder = BlockwiseDPM(base, code_dim, decoder, blocks)
        self.sampler = SAMPLERS[sampler]
        self.parts = self.decoder.partition.parts()

    def loss(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """PDAE's loss given the open blocks of the code, by the decoder's mode; images [n, c, h, w] in [-1, 1]."""
        return self.decoder.loss(self.decoder.see(images, timesteps, noise), self.encode(images)["z"])
