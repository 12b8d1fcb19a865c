"""The network of a base model that others trained: a UNet2DModel of any layout that BaseDPM runs and methods shift.

Layouts differ in how blocks are told the time (added before the second norm, or scale and shift after it), in how maps
are halved and doubled (a convolution, padded on both sides or on one, or a residual block), in heads and in epsilon:
google/ddpm-* (Ho et al. 2020, arXiv:2006.11239) are the one extreme, guided-diffusion's network the other.
"""

from dataclasses import dataclass
from typing import Any, Literal

from diffrep.methods.shared.process.parametrisation import PredictionType
from diffrep.methods.shared.process.schedule import Betas

RESAMPLING = ("conv", "resnet")
USABLE: dict[str, tuple[Any, ...]] = {  # what BaseDPM computes, and GradientEstimator mirrors
    "center_input_sample": (False,),
    "time_embedding_type": ("positional",),
    "mid_block_type": ("UNetMidBlock2D",),
    "mid_block_scale_factor": (1,),
    "downsample_type": RESAMPLING,
    "upsample_type": RESAMPLING,
    "act_fn": ("silu", "swish"),
    "resnet_time_scale_shift": ("default", "scale_shift"),
    "class_embed_type": (None,),
    "num_class_embeds": (None,),
}
USABLE_BLOCKS = {
    "down_block_types": ("DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D"),
    "up_block_types": ("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D"),
}


@dataclass(frozen=True)
class DiffusersSettings:
    """A network in diffusers' own words, and the process that it was trained on.

    unet   all arguments of UNet2DModel, as in its config.json
    patch  side of the pixel blocks folded into channels before the network: above 1 for models of this suite alone
    """

    kind: Literal["diffusers"]
    unet: dict[str, Any]
    betas: Betas
    prediction_type: PredictionType
    patch: int

    def arguments(self, image_shape: tuple[int, int, int]) -> dict[str, Any]:
        """Those of UNet2DModel for images [c, h, w]; ValueError names the first key that does not allow them."""
        expect_usable(self.unet)
        expect_images(self.unet, image_shape, self.patch)
        return self.unet


def expect_usable(unet: dict[str, Any]) -> None:
    """Raise ValueError for the first key with which a UNet2DModel is more, or other, than a denoiser of images."""
    for key, usable in USABLE.items():
        if unet[key] not in usable:
            raise ValueError(f"config.json: {key} is {unet[key]!r}, where only {words(usable)} can be used")
    for key, usable in USABLE_BLOCKS.items():
        if not isinstance(unet[key], (list, tuple)):
            raise ValueError(f"config.json: {key} is {unet[key]!r}, which is no list of blocks")
        if others := [block for block in unet[key] if block not in usable]:
            raise ValueError(f"config.json: {key} has {others[0]!r}, where only {words(usable)} can be used")
    before, after = unet["in_channels"], unet["out_channels"]
    if after != before:
        learned = " (a learned variance, it seems)" if after == 2 * before else ""
        raise ValueError(f"config.json: out_channels is {after}{learned}, which must be in_channels, {before}")


def expect_images(unet: dict[str, Any], image_shape: tuple[int, int, int], patch: int) -> None:
    """Raise ValueError where a UNet2DModel was trained on other images than these, [c, h, w] before they are folded."""
    depth, *sides = image_shape
    if unet["in_channels"] != depth * patch**2:
        there = f"{depth} channels" + (f" folded by {patch}" if patch > 1 else "")
        raise ValueError(f"config.json: in_channels is {unet['in_channels']}, but the data set's images have {there}")
    size = unet["sample_size"]
    trained_on = [size, size] if isinstance(size, int) else list(size or ())
    if [patch * side for side in trained_on] != sides:
        there = "x".join(str(side // patch) for side in sides)
        raise ValueError(f"config.json: sample_size is {size!r}, but the data set's images ask for {there}")
    halved = len(unet["block_out_channels"]) - 1
    if any(side % 2**halved for side in trained_on):
        raise ValueError(f"config.json: block_out_channels: images of {size!r} cannot be halved {halved} times")


def words(values: tuple[Any, ...]) -> str:
    """The values as a sentence has them."""
    return " or ".join(map(repr, values))
