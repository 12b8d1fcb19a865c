"""DiffSiam, our reconstruction: DiTi's diffusion term and a Siamese term on one encoder.

The name is Jiankun Wang's thesis "Unsupervised learning with diffusion models", Nanyang Technological University 2023,
DOI 10.32657/10356/171953, of which only the abstract was to be had. We read it as the union of two configurations of
its relative DiTi (Yue et al. 2024, arXiv:2401.11430; yue-zhongqi/diti): diti64_balanced with the SimSiam term
(Chen & He 2021, arXiv:2011.10566) of its simsiam baseline switched on. Nobody's published numbers are compared with it.

The total is L = diff_weight L_diffusion + siam.weight L_siamese. Everything is trained by the suite's one optimiser,
AdamW, heads included, unless the row's `training.parts` gives them SimSiam's own recipe: SGD, 0.05 x batch / 256, with
a constant rate for the predictor. What matters of it is kept: with siam.weight_on "encoder" the weight acts on the
gradient that reaches the encoder, while the heads learn in full, and L_siamese stands in the reported loss in full.
Under SGD, heads that are given 0.01 of their gradient hardly move (so in the reference code), and a Siamese net whose
heads stand still learns next to nothing; Adam's steps undo such a factor, but whether heads learn should not hang on
the optimiser. The trainer averages them with the rest, unless `training.unaveraged` names them: evaluation never reads
them.

Not there: the late start of the Siamese term of one DiTi configuration (the other has none).
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.blockwise_dpm import BlockSettings, BlockwiseDPM
from diffrep.methods.shared.denoisers.shifted_diffusion import ShiftedDiffusion
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPMSettings
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.process.sampler import SAMPLERS, SamplerName
from diffrep.methods.shared.process.schedule import TIMESTEPS
from diffrep.methods.shared.settings import Count, Scale, Weight
from diffrep.methods.shared.siamese import SiameseKind, siamese_heads, with_gradient_scaled
from diffrep.methods.shared.views import ViewDraw, Views, pair

LAST_NOISED = 300  # of the noised view: a spread of 1.24 beside the image's own range of -1 to 1
COARSE = TIMESTEPS // 2  # dims that open from here on are coarse


@dataclass(frozen=True)
class SiameseSettings:
    """The Siamese term. Published settings, in brackets, are those of the two configurations above.

    weight      of the Siamese loss [0.01]; 0 makes no views and has no heads, which leaves DiTi
    weight_on   "encoder": of its gradient only, heads learn in full; ["all"]
    kind        ["simsiam"], "simclr", or a control that collapses, see siamese_heads
    view        ["clean"]; "noised": the second view is x_s, s uniform in 0..300: noise is the augmentation
    mask        what of the codes is compared: ["none"] masked; "surviving": blocks not yet open at s; "coarse":
                blocks that open from t = 500 on, which leaves colour and texture to the diffusion term
    head_width  see siamese_heads [512]
    views       see Views
    """

    weight: Weight
    weight_on: Literal["encoder", "all"]
    kind: SiameseKind
    view: Literal["clean", "noised"]
    mask: Literal["none", "surviving", "coarse"]
    head_width: int
    views: Views


class DiffSiam(ShiftedDiffusion):
    """DiTi with a Siamese term.

    diff_weight  of DiTi's loss [1.0]; 0 never asks the base, which leaves SimSiam
    other keys   see DiTi; a single block is PDAE with SimSiam, mode "stop_grad" teaches the newest block alone
    """

    note = "our reconstruction"
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
        diff_weight: Weight,
        siam: SiameseSettings,
    ) -> None:
        super().__init__()
        if diff_weight == siam.weight == 0:
            raise ValueError(f"diff_weight={diff_weight}, siam.weight={siam.weight}: one must be above 0")
        if siam.mask == "surviving" and siam.view != "noised":
            raise ValueError("siam.mask='surviving' needs siam.view='noised': no noise, nothing to survive")
        siam.views.check(image_shape)
        self.diff_weight, self.siam = diff_weight, siam
        self.encoder = Encoder(image_shape, code_dim, encoder)
        self.code_scale = code_scale
        self.decoder = BlockwiseDPM(base, code_dim, decoder, blocks)
        self.decoder.requires_grad_(bool(diff_weight))  # what is never asked takes no gradient
        self.decoder.base.requires_grad_(False)
        self.sampler = SAMPLERS[sampler]
        self.parts = self.decoder.partition.parts()
        self.heads = siamese_heads(siam.kind, code_dim, siam.head_width) if siam.weight else None
        times = {"none": [], "surviving": list(range(LAST_NOISED + 1)), "coarse": [COARSE - 1]}[siam.mask]
        if times and not self.closed(torch.tensor(times)).any(1).all():
            raise ValueError(f"siam.mask={siam.mask!r} leaves nothing to compare of blocks.count={blocks.count}")

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Any]:
        """DiTi's draw, of the term that has a weight, then the Siamese term's: the arguments of `compared`."""
        drawn: dict[str, Any] = super().draw(shape, generator) if self.diff_weight else {}
        if self.heads is not None:
            drawn["siamese"] = self.draw_compared(shape, generator)
        return drawn

    def draw_compared(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Any]:
        """Two views of each image, and what noises the second."""
        drawn: dict[str, Any] = dict(self.siam.views.draw(shape[0], generator))
        if self.siam.view == "noised":
            on = generator.device
            drawn["noised_at"] = torch.randint(LAST_NOISED + 1, (shape[0],), generator=generator, device=on)
            drawn["noise"] = torch.randn(shape, generator=generator, device=on)
        return drawn

    def loss(
        self,
        images: Tensor,
        timesteps: Tensor | None = None,
        noise: Tensor | None = None,
        siamese: dict[str, Any] | None = None,
    ) -> dict[str, Tensor]:
        """The total and its terms; images [n, c, h, w] in [-1, 1]."""
        terms, total = {}, images.new_zeros(())
        if timesteps is not None and noise is not None:
            terms["diffusion"] = self.diffusion(images, timesteps, noise)
            total = total + self.diff_weight * terms["diffusion"]
        if self.heads is not None and siamese is not None:
            terms |= self.heads(*self.compared(images, **siamese))
            total = total + (self.siam.weight if self.siam.weight_on == "all" else 1) * terms["siamese"]
        return {"loss": total} | terms

    def diffusion(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """DiTi's loss; images [n, c, h, w] in [-1, 1]."""
        return self.decoder.loss(self.decoder.see(images, timesteps, noise), self.encode(images)["z"])

    def compared(
        self,
        images: Tensor,
        first: ViewDraw,
        second: ViewDraw,
        noised_at: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """The codes [n, code_dim] of two views of each image, as the heads get them; images [n, c, h, w] in [-1, 1]."""
        one, other = pair(images, first, second)
        timesteps = torch.full((len(images),), COARSE - 1, device=images.device)  # what is closed then is compared
        if noised_at is not None and noise is not None:
            other = self.noised(other, noise, noised_at)
            timesteps = noised_at if self.siam.mask == "surviving" else timesteps
        codes = self.encode(torch.cat([one, other]))["z"]
        if self.siam.weight_on == "encoder":
            codes = with_gradient_scaled(codes, self.siam.weight)
        if self.siam.mask != "none":
            codes = codes * self.closed(timesteps).repeat(2, 1)
        return codes.chunk(2)

    def closed(self, timesteps: Tensor) -> Tensor:
        """1 where a dim is not yet open at `timesteps` int64 [n], [n, code_dim]: what noise of that time has left."""
        partition = self.decoder.partition
        return 1 - partition.opened[partition.index(timesteps)]
