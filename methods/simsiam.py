"""Control: SimSiam on the suite's encoder, the Siamese half of DiffSiam. What it scores, augmentations alone teach.

Chen & He 2021, arXiv:2011.10566. Here, unlike there: the encoder of the other methods instead of a ResNet, narrower
heads, views without a random crop (see Views), and AdamW for encoder and heads alike, unless the row's
`training.parts` says otherwise.
"""

import torch
from torch import Tensor, nn

from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.settings import Count
from diffrep.methods.shared.siamese import siamese_heads
from diffrep.methods.shared.views import ViewDraw, Views, pair


class SimSiam(nn.Module):
    """Encoder and two heads, no decoder and no base model.

    code_dim     size of the code z
    head_width   see siamese_heads; 512 as published by DiTi's baseline
    views        see Views
    """

    needs: tuple[str, ...] = ()
    parts: list[Part] = []  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "decode": "a Siamese encoder has no decoder",
        "invert": "a Siamese encoder has no decoder",
        "denoise": "a Siamese encoder has no decoder",
    }

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        code_dim: Count,
        encoder: EncoderSettings,
        head_width: int,
        views: Views,
    ) -> None:
        super().__init__()
        views.check(image_shape)
        self.views = views
        self.encoder = Encoder(image_shape, code_dim, encoder)
        self.heads = siamese_heads("simsiam", code_dim, head_width)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}: before the heads, of the image itself."""
        return {"z": self.encoder(images)}

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, ViewDraw]:
        """Two views of each image of a batch of this shape."""
        return self.views.draw(shape[0], generator)

    def loss(self, images: Tensor, first: ViewDraw, second: ViewDraw) -> dict[str, Tensor]:
        """Symmetric negative cosine of two views' predictions and projections; images [n, c, h, w] in [-1, 1]."""
        codes = self.encoder(torch.cat(pair(images, first, second)))
        terms = self.heads(*codes.chunk(2))
        return {"loss": terms["siamese"]} | terms
