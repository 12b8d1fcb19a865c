"""Two random views of the same images, for Siamese methods: flip, colour jitter, grey and blur on whole batches.

Chen et al. 2020 (SimCLR), arXiv:2002.05709, appendix A; the operations and their ranges as torchvision's. Without the
random crop, as yue-zhongqi/diti leaves it out: an image and its views share one framing. Every image draws parameters
of its own; only the order of the four jitters, drawn for each view, is the same within a batch.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

LUMA = (0.2989, 0.587, 0.114)  # of red, green and blue, ITU-R BT.601
BLUR_SIGMA = (0.1, 2.0)  # pixels


class ViewDraw(NamedTuple):
    """The chance in one view of n images: what is done to which of them, and how much; [n, 1, 1, 1] each.

    order  of the four jitters, the same for all of them
    """

    flip: Tensor
    brightness: Tensor
    contrast: Tensor
    saturation: Tensor
    hue: Tensor
    jitter: Tensor
    grey: Tensor
    sigma: Tensor
    blur: Tensor
    order: tuple[int, ...]


@dataclass(frozen=True)
class Views:
    """How images of 1 or 3 channels are changed. The values in brackets are those of the published SimSiam runs.

    flip, jitter, grey, blur           probability of each [0.5, 0.8, 0.2, 0.5]
    brightness, contrast, saturation   a jitter's factor is uniform in 1 - x .. 1 + x [0.4]
    hue                                its shift, in turns of the colour wheel, is uniform in -x .. x, x <= 0.5 [0.1]
    """

    flip: float
    jitter: float
    brightness: float
    contrast: float
    saturation: float
    hue: float
    grey: float
    blur: float

    def __post_init__(self) -> None:
        for key in ("flip", "jitter", "brightness", "contrast", "saturation", "hue", "grey", "blur"):
            limit = 0.5 if key == "hue" else 1
            if not 0 <= getattr(self, key) <= limit:
                raise ValueError(f"{key}={getattr(self, key)} must lie between 0 and {limit}")

    def check(self, image_shape: tuple[int, int, int]) -> None:
        """Raise ValueError for images that no views are made of."""
        if image_shape[0] not in (1, 3):
            raise ValueError(f"images of {image_shape[0]} channels: views are made of 1 or 3")

    def draw(self, count: int, generator: torch.Generator) -> dict[str, ViewDraw]:
        """The chance in two independent views of `count` images: the arguments of `pair`.

        The orders of the jitters are drawn on the host, from the generator's seed: no device is waited for.
        """
        order = random.Random(generator.initial_seed())
        return {name: self.draw_view(count, generator, order) for name in ("first", "second")}

    def draw_view(self, count: int, generator: torch.Generator, order: random.Random) -> ViewDraw:
        """The chance in one view."""

        def uniform(low: float, high: float) -> Tensor:
            drawn = torch.rand(count, 1, 1, 1, generator=generator, device=generator.device)
            return low + (high - low) * drawn

        def chosen(probability: float) -> Tensor:
            return uniform(0, 1) < probability

        return ViewDraw(
            flip=chosen(self.flip),
            brightness=uniform(1 - self.brightness, 1 + self.brightness),
            contrast=uniform(1 - self.contrast, 1 + self.contrast),
            saturation=uniform(1 - self.saturation, 1 + self.saturation),
            hue=uniform(-self.hue, self.hue),
            jitter=chosen(self.jitter),
            grey=chosen(self.grey),
            sigma=uniform(*BLUR_SIGMA),
            blur=chosen(self.blur),
            order=tuple(order.sample(range(len(JITTERS)), len(JITTERS))),
        )


@torch.compiler.disable
def pair(images: Tensor, first: ViewDraw, second: ViewDraw) -> tuple[Tensor, Tensor]:
    """Two views of every image; images [n, c, h, w] in [-1, 1], c = 1 or 3.

    Never compiled: each of the 576 pairs of orders would be another graph.
    """
    return view(images, first), view(images, second)


def view(images: Tensor, drawn: ViewDraw) -> Tensor:
    """One view of every image, [n, c, h, w] in [-1, 1]."""
    seen = flipped((images + 1) / 2, drawn.flip)
    seen = torch.where(drawn.jitter, jittered(seen, drawn), seen)
    seen = torch.where(drawn.grey, grey(seen), seen)
    sigma = drawn.sigma.to(images.dtype)
    return 2 * torch.where(drawn.blur, blurred(seen, sigma, kernel_size(images)), seen) - 1


def jittered(images: Tensor, drawn: ViewDraw) -> Tensor:
    """The four jitters one after the other, in the order that is drawn; images [n, c, h, w] in [0, 1]."""
    amounts = (drawn.brightness, drawn.contrast, drawn.saturation, drawn.hue)
    for i in drawn.order:
        images = JITTERS[i](images, amounts[i].to(images.dtype))
    return images


def flipped(images: Tensor, which: Tensor) -> Tensor:
    """Left and right swapped where `which` [n, 1, 1, 1] says so."""
    return torch.where(which, images.flip(-1), images)


def brightened(images: Tensor, factor: Tensor) -> Tensor:
    """Images [n, c, h, w] in [0, 1] times `factor` [n, 1, 1, 1], cut off at 1."""
    return (factor * images).clamp(0, 1)


def contrasted(images: Tensor, factor: Tensor) -> Tensor:
    """Away from (factor > 1) or towards (< 1) the mean of the image's grey."""
    return torch.lerp(grey(images).mean((1, 2, 3), keepdim=True), images, factor).clamp(0, 1)


def saturated(images: Tensor, factor: Tensor) -> Tensor:
    """Away from or towards the image's grey; an image of one channel stays."""
    return torch.lerp(grey(images), images, factor).clamp(0, 1)


def hue_shifted(images: Tensor, turns: Tensor) -> Tensor:
    """Hue turned by `turns` [n, 1, 1, 1] of the colour wheel, value and saturation kept; one channel stays."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.unbind(1)
    value, chroma = images.amax(1), images.amax(1) - images.amin(1)
    by = torch.where(chroma > 0, chroma, 1)
    hue = torch.where(  # in sixths of a turn, red at 0
        value == red, (green - blue) / by, torch.where(value == green, 2 + (blue - red) / by, 4 + (red - green) / by)
    )
    corners = 5 - 2 * torch.arange(3, dtype=images.dtype, device=images.device).view(3, 1, 1)
    distance = (corners + hue[:, None] + 6 * turns) % 6
    return value[:, None] - chroma[:, None] * torch.minimum(distance, 4 - distance).clamp(0, 1)


def grey(images: Tensor) -> Tensor:
    """Luma in every channel, [n, c, h, w]; an image of one channel is its own."""
    if images.shape[1] == 1:
        return images
    red, green, blue = (weight * channel for weight, channel in zip(LUMA, images.unbind(1), strict=True))
    return (red + green + blue)[:, None].expand_as(images)


def blurred(images: Tensor, sigma: Tensor, size: int) -> Tensor:
    """Gaussian blur of spread `sigma` [n, 1, 1, 1] pixels, cut to size x size; edges mirrored, not repeated."""
    reach = size // 2
    offsets = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    weights = torch.softmax(-0.5 * (offsets / sigma.flatten(1)) ** 2, dim=1)[..., None, None, None]
    height, width = images.shape[-2:]
    padded = F.pad(images, (reach, reach, reach, reach), mode="reflect")
    rows = torch.stack([weights[:, i] * padded[..., i : i + height, :] for i in range(size)]).sum(0)
    return torch.stack([weights[:, i] * rows[..., i : i + width] for i in range(size)]).sum(0)


def kernel_size(images: Tensor) -> int:
    """Side of the blur's kernel for images [n, c, h, w]: an odd tenth of the shorter side; 1, no blur, below 20."""
    return 2 * (min(images.shape[-2:]) // 20) + 1


JITTERS: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (brightened, contrasted, saturated, hue_shifted)
