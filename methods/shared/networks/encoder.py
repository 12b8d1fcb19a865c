"""PDAE's convolutional encoder, for images of any size.

Zhang et al. 2022, arXiv:2212.12990; reference: ckczzj/PDAE, model/representation_learning/encoder. The published
tables are channels 64, 128, 128, 128 (64x64) and 64, 128, 256, 256, 256 (128x128), attention on the 16x16 map.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from diffrep.methods.shared.networks.attention import self_attention

NORM_GROUPS = 32
ATTENTION_HEADS = 4
EPS = 1e-5


@dataclass(frozen=True)
class EncoderSettings:
    """The suite's encoder.

    channels   width after each 3x3 convolution of stride 2; multiples of 32
    attention  side of the map that gets self-attention with 4 heads; None for none
    """

    kind: Literal["conv"]
    channels: tuple[int, ...]
    attention: int | None


class Encoder(nn.Module):
    """Images [n, c, h, w] in [-1, 1] -> codes [n, code_dim]: deterministic, neither normalised nor bounded."""

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: EncoderSettings) -> None:
        super().__init__()
        channels, attention = settings.channels, settings.attention
        if code_dim < 1:
            raise ValueError(f"code_dim={code_dim}: a code has at least 1 dimension")
        if not channels or min(channels) < 1:
            raise ValueError(f"encoder.channels={list(channels)}: give at least one width, each at least 1")
        if any(width % NORM_GROUPS for width in channels):
            raise ValueError(f"encoder.channels={list(channels)}: every width must be a multiple of {NORM_GROUPS}")
        before, height, width = image_shape
        layers: list[nn.Module] = []
        sides = []
        for i, after in enumerate(channels):
            if i > 0:
                layers += [nn.GroupNorm(NORM_GROUPS, before, eps=EPS), nn.SiLU()]
            layers.append(nn.Conv2d(before, after, 3, stride=2, padding=1))
            before, height, width = after, (height + 1) // 2, (width + 1) // 2
            sides.append(height)
            if height == attention:
                layers.append(self_attention(after, heads=ATTENTION_HEADS, groups=NORM_GROUPS))
        if attention is not None and attention not in sides:
            raise ValueError(f"encoder.attention={attention}: the encoder's maps have sides {sides}")
        layers += [nn.GroupNorm(NORM_GROUPS, before, eps=EPS), nn.SiLU(), nn.Flatten()]
        self.layers = nn.Sequential(*layers, nn.Linear(before * height * width, code_dim))

    def forward(self, images: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, code_dim]."""
        return self.layers(images)
