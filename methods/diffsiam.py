"""DiffSiam, our reconstruction: DiTi's diffusion term and a Siamese term on one encoder.

The name is Jiankun Wang's thesis "Unsupervised learning with diffusion models", Nanyang Technological University 2023,
DOI 10.32657/10356/171953, of which only the abstract was to be had. We read it as the union of two configurations of
its relative DiTi (Yue et al. 2024, arXiv:2401.11430; yue-zhongqi/diti): diti64_balanced with the SimSiam term
(Chen & He 2021, arXiv:2011.10566) of its simsiam baseline switched on. Nobody's published numbers are compared with it.

The total is L = diff_weight L_diffusion + siam_weight L_siamese. Everything is trained by the suite's one optimiser,
AdamW, heads included; SimSiam's own recipe is SGD for the heads, 0.05 x batch / 256, with a constant rate for the
predictor. What matters of it is kept: with siam_weight_on "encoder" the weight acts on the gradient that reaches the
encoder, while the heads learn in full, and L_siamese stands in the reported loss in full. Under SGD, heads that are
given 0.01 of their gradient hardly move (so in the reference code), and a Siamese net whose heads stand still learns
next to nothing; Adam's steps undo such a factor, but whether heads learn should not hang on the optimiser. Their batch
norm is not synchronised over devices, and the trainer averages them with the rest: evaluation never reads them.

Not there: the late start of the Siamese term of one DiTi configuration (the other has none), and flips of the images of
the diffusion term.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from diffrep.methods.diti import DiTi
from diffrep.methods.shared.choice import one_of
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.partition import OrderedPartition
from diffrep.methods.shared.process.schedule import STEPS
from diffrep.methods.shared.section import from_section
from diffrep.methods.shared.siamese import siamese_heads, with_gradient_scaled
from diffrep.methods.shared.views import Views

LAST_NOISED = 300  # of the noised view: a spread of 1.24 beside the image's own range of -1 to 1
COARSE = STEPS // 2  # dims that open from here on are coarse


class DiffSiam(DiTi):
    """DiTi with a Siamese term. Published settings, in brackets, are those of the two configurations above.

    diff_weight    of DiTi's loss [1.0]; 0 never asks the base, which leaves SimSiam
    siam_weight    of the Siamese loss [0.01]; 0 makes no views and has no heads, which leaves DiTi
    siam_weight_on "encoder": of its gradient only, heads learn in full; ["all"]
    siam_kind      ["simsiam"], "simclr", or a control that collapses, see siamese_heads
    siam_view      ["clean"]; "noised": the second view is x_s, s uniform in 0..300: noise is the augmentation
    siam_mask      what of the codes is compared: ["none"] masked; "surviving": blocks not yet open at s; "coarse":
                   blocks that open from t = 500 on, which leaves colour and texture to the diffusion term
    block_order    ["rising"] with t; "falling" or "random" to test that low t is fine, see OrderedPartition
    head_width     see siamese_heads [512]
    views          see Views
    other keys     see DiTi; blocks = 1 is PDAE with SimSiam, mode "stop_grad" teaches the newest block alone
    """

    note = "our reconstruction"

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base: BaseDPM,
        *,
        diff_weight: float,
        siam_weight: float,
        siam_weight_on: str,
        siam_kind: str,
        siam_view: str,
        siam_mask: str,
        block_order: str,
        head_width: int,
        views: dict[str, float],
        code_dim: int,
        blocks: int,
        partition: str,
        mode: str,
        sampler: str,
        encoder_channels: Sequence[int],
        encoder_attention: int | None,
        code_scale: float,
        dropout: float,
        feature_gate: str,
        code_map: bool,
        timestep_sampling: str,
        loss_weight: str,
    ) -> None:
        super().__init__(
            image_shape,
            base,
            code_dim=code_dim,
            blocks=blocks,
            partition=partition,
            mode=mode,
            sampler=sampler,
            encoder_channels=encoder_channels,
            encoder_attention=encoder_attention,
            code_scale=code_scale,
            dropout=dropout,
            feature_gate=feature_gate,
            code_map=code_map,
            timestep_sampling=timestep_sampling,
            loss_weight=loss_weight,
        )
        one_of("siam_weight_on", siam_weight_on, ("encoder", "all"))
        one_of("siam_view", siam_view, ("clean", "noised"))
        one_of("siam_mask", siam_mask, ("none", "surviving", "coarse"))
        if min(diff_weight, siam_weight) < 0 or diff_weight == siam_weight == 0:
            raise ValueError(f"diff_weight={diff_weight}, siam_weight={siam_weight}: neither below 0, nor both 0")
        if siam_mask == "surviving" and siam_view != "noised":
            raise ValueError("siam_mask='surviving' needs siam_view='noised': no noise, nothing to survive")
        self.diff_weight, self.siam_weight = diff_weight, siam_weight
        self.siam_weight_on, self.siam_view, self.siam_mask = siam_weight_on, siam_view, siam_mask
        self.views = from_section("views", Views, image_shape[0], section=views)
        self.partition = OrderedPartition(code_dim, blocks, partition, block_order)
        self.parts = self.partition.parts()
        self.heads = siamese_heads(siam_kind, code_dim, head_width) if siam_weight else None
        times = {"none": [], "surviving": list(range(LAST_NOISED + 1)), "coarse": [COARSE - 1]}[siam_mask]
        if times and not self.closed(torch.tensor(times)).any(1).all():
            raise ValueError(f"siam_mask={siam_mask!r} leaves nothing to compare of blocks={blocks}")

    def loss(self, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:  # type: ignore[override]
        """The total and its terms; images [n, c, h, w] in [-1, 1]. The diffusion term draws first, as DiTi does."""
        terms, total = {}, images.new_zeros(())
        if self.diff_weight:
            terms["diffusion"] = super().loss(images, generator)
            total = total + self.diff_weight * terms["diffusion"]
        if self.heads is not None:
            terms |= self.heads(*self.compared(images, generator))
            total = total + (self.siam_weight if self.siam_weight_on == "all" else 1) * terms["siamese"]
        return {"loss": total} | terms

    def compared(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
        """The codes [n, code_dim] of two views of each image, as the heads get them; images [n, c, h, w] in [-1, 1]."""
        first, second = self.views.pair(images, generator)
        timesteps = torch.full((len(images),), COARSE - 1, device=images.device)  # what is closed then is compared
        if self.siam_view == "noised":
            noised_at = torch.randint(LAST_NOISED + 1, (len(images),), generator=generator, device=images.device)
            noise = torch.randn(images.shape, generator=generator, device=images.device)
            second = self.decoder.schedule.add_noise(second, noise, noised_at)
            timesteps = noised_at if self.siam_mask == "surviving" else timesteps
        codes = self.encode(torch.cat([first, second]))["z"]
        if self.siam_weight_on == "encoder":
            codes = with_gradient_scaled(codes, self.siam_weight)
        if self.siam_mask != "none":
            codes = codes * self.closed(timesteps).repeat(2, 1)
        return codes.chunk(2)

    def closed(self, timesteps: Tensor) -> Tensor:
        """1 where a dim is not yet open at `timesteps` int64 [n], [n, code_dim]: what noise of that time has left."""
        return 1 - self.partition.opened[self.partition.index(timesteps)]
