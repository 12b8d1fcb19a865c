"""What the suite's U-Nets, told a code or tokens or nothing, have in common: their settings."""

from dataclasses import dataclass

from diffrep.methods.shared.process.parametrisation import PredictionType
from diffrep.methods.shared.settings import Dropout


@dataclass(frozen=True)
class UNetSettings:
    """A denoiser of images.

    channels          width of each resolution, from the finest; each next one is half the size
    layers            residual blocks per resolution on the way down (one more on the way up)
    attention_levels  indices into `channels` with attention; the middle always has it
    norm_groups       groups of every GroupNorm; must divide every width
    dropout           in training only
    patch             side of the pixel blocks folded into channels before the network; 1 as published
    prediction_type   "epsilon", as published, or "sample" (the image), in diffusers' words
    """

    channels: tuple[int, ...]
    layers: int
    attention_levels: tuple[int, ...]
    norm_groups: int
    dropout: Dropout
    patch: int
    prediction_type: PredictionType

    def check(self, image_shape: tuple[int, int, int]) -> None:
        """Raise ValueError for the first key that does not fit the others or the image."""
        widths, levels = list(self.channels), list(self.attention_levels)
        if not widths or min(widths) < 1:
            raise ValueError(f"channels={widths}: give at least one width, each at least 1")
        if self.layers < 1:
            raise ValueError(f"layers={self.layers}: a resolution has at least 1 block")
        for key in ("norm_groups", "patch"):
            if getattr(self, key) < 1:
                raise ValueError(f"{key}={getattr(self, key)}: must be at least 1")
        step = self.patch * 2 ** (len(widths) - 1)
        if any(side % step for side in image_shape[1:]):
            raise ValueError(
                f"images of {image_shape[1]}x{image_shape[2]} cannot be cut by patch={self.patch} and halved "
                f"{len(widths) - 1} times: give sides that are multiples of {step}, or fewer channels"
            )
        if any(width % self.norm_groups for width in widths):
            raise ValueError(f"channels={widths}: every width must be a multiple of norm_groups={self.norm_groups}")
        if any(level not in range(len(widths)) for level in levels):
            raise ValueError(f"attention_levels={levels}: there are levels 0 to {len(widths) - 1}")
