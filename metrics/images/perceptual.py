"""Perceptual distance of two images on EfficientNet-lite0 features: `pd_effnet_lite0`.

As Zhang et al. 2018, arXiv:1801.03924, section 3, measure: activations of a network trained on ImageNet, at several
depths, each place scaled to unit length over channels, squared differences. Another network than theirs and without
their learned weights per channel, so it is never called LPIPS.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from diffrep.metrics.images.effnet_lite0 import coloured, network

LAYERS = (0, 2, 4)  # blocks with the last map of 1/2, 1/4, 1/8 of the size; deeper ones see all of a small image


def perceptual_map(a: np.ndarray, b: np.ndarray, *, batch_size: int = 32) -> np.ndarray:
    """How different two images look, place by place.

    a, b     [n, h, w, c] uint8, or float in [0, 1], clamped; one channel is shown as grey; at least 8 pixels a side
    returns  [n, h, w] float32 in [0, 4]: 0 for equal images; the squared distance of unit vectors, scaled up to the
             image bilinearly, mean over depths. `batch_size` changes it by rounding only

    Images are taken at their own size, not scaled up as for `features`: at 32 pixels that is 0.4 ms an image on one
    thread instead of 4, and a place of the map speaks of the pixels around it. Of a changed 8-pixel corner less than
    0.1 % arrives at the opposite one, with features of 1/16 of the size it would be a tenth.

    ValueError for other shapes, too small images or values that are not finite; FileNotFoundError where the weights
    are not installed (`effnet_lite0.weights_installed`).

    >>> black, white = np.zeros((1, 8, 8, 3), np.uint8), np.ones((1, 8, 8, 3))
    >>> perceptual_map(black, black).max(), bool(perceptual_map(black, white).min() > 0)
    (np.float32(0.0), True)
    """
    _check(a, b)
    starts = range(0, len(a), batch_size)
    return np.concatenate([_map(a[i : i + batch_size], b[i : i + batch_size]) for i in starts])


def perceptual_distance(a: np.ndarray, b: np.ndarray, *, batch_size: int = 32) -> np.ndarray:
    """How different two images look.

    a, b     as in `perceptual_map`
    returns  [n] float64 in [0, 4], 0 for equal images: the mean of the map

    Rendered rooms of 32 pixels lie 0.4 apart when a wall changes its colour, 0.1 when the object turns, 0.2 when they
    are blurred by one pixel. Raises what `perceptual_map` raises.

    >>> black, white = np.zeros((1, 8, 8, 3), np.uint8), np.ones((1, 8, 8, 3))
    >>> perceptual_distance(black, black)
    array([0.])
    """
    return perceptual_map(a, b, batch_size=batch_size).mean((1, 2), dtype=np.float64)


def perceptual_length(a: np.ndarray, b: np.ndarray, *, batch_size: int = 32) -> np.ndarray:
    """The root of `perceptual_distance`, for paths: no way is shorter than the direct one.

    a, b     as in `perceptual_map`
    returns  [n] float64 in [0, 2]

    The distance itself, like LPIPS, is a mean of squares: on a straight path of four equal steps the ends are sixteen
    times a step apart, and more than the steps together. Raises what `perceptual_map` raises.

    >>> black, white = np.zeros((1, 8, 8, 3), np.uint8), np.ones((1, 8, 8, 3))
    >>> bool(perceptual_length(black, white)[0] ** 2 == perceptual_distance(black, white)[0])
    True
    """
    return np.sqrt(perceptual_distance(a, b, batch_size=batch_size))


@torch.no_grad()
def _map(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One batch of `perceptual_map`."""
    apart = [(u - v).square().sum(1, keepdim=True) for u, v in zip(_directions(a), _directions(b), strict=True)]
    scaled = [F.interpolate(x, a.shape[1:3], mode="bilinear") for x in apart]
    return torch.stack(scaled).mean(0).squeeze(1).numpy()


def _directions(images: np.ndarray) -> list[Tensor]:
    """At each depth the activations [n, channels, h', w'], of unit length over channels."""
    inside, found = network(), []
    pixels = images if images.dtype == np.uint8 else 255 * images.clip(0, 1)
    x = inside._swish(inside._bn0(inside._conv_stem((coloured(pixels) - 127) / 128)))
    for depth in range(max(LAYERS) + 1):
        x = inside._blocks[depth](x)
        if depth in LAYERS:
            found.append(F.normalize(x, dim=1))
    return found


def _check(a: np.ndarray, b: np.ndarray) -> None:
    if a.ndim != 4 or a.shape != b.shape or not len(a) or a.shape[-1] not in (1, 3) or min(a.shape[1:3]) < 8:
        raise ValueError(
            f"images {a.shape} and {b.shape}: give the same [n, h, w, c], one or more, 1 or 3 channels, 8 pixels a side"
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("images hold values that are not finite: look at what decoded them")
