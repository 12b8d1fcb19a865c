"""Images as the Inception network of 2015 sees them, from a file of weights that is on this machine or not.

Nothing is downloaded. The file is torch-fidelity's weights-inception-2015-12-05-6726825d.pth, which is the file
pt_inception-2015-12-05-6726825d.pth of pytorch-fid under another name: the name ends in how its SHA-256 begins. Say
where it lies in the variable DIFFREP_INCEPTION_WEIGHTS, or as an argument.
"""

import functools
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from diffrep.metrics.images.inception_network import SIDE, Inception
from diffrep.metrics.images.weights import checked_file, named_file

VARIABLE = "DIFFREP_INCEPTION_WEIGHTS"
SHA256 = "6726825d"  # its first eight digits
LEAST_BYTES = 95_000_000  # of a whole file: 23.9 million numbers of four bytes
BATCH = 32  # images at a time
FARTHEST = 0.5  # outside [0, 1]: what a decoder may overshoot, where images of another range go farther


def weights_file(path: Path | str | None = None) -> Path | None:
    """Where the weights lie: `path`, or what the environment says, or None where neither says anything.

    FileNotFoundError where that is no file.

    >>> weights_file(__file__) == Path(__file__)
    True
    """
    return named_file(path, VARIABLE)


def expect_weights(path: Path) -> Path:
    """`path`, once it is found to hold the weights; ValueError for a web page, a part of the file or another one.

    >>> expect_weights(Path(__file__))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: ...inception.py has ... bytes and the weights ... or more: the copy was cut off, copy it again
    """
    return checked_file(path, sha256=SHA256, least_bytes=LEAST_BYTES)


def as_uint8(images: np.ndarray) -> np.ndarray:
    """Images as files hold them: [n, h, w, c] float in [0, 1] rounded to the nearest of 256, clamped; uint8 as it is.

    ValueError for other shapes or types, nan or infinity, or values so far outside [0, 1] that the range is another.

    >>> as_uint8(np.array([-0.1, 0.0, 0.5 / 255 + 1e-6, 1.0]).reshape(4, 1, 1, 1)).ravel()
    array([  0,   0,   1, 255], dtype=uint8)
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not images.size:
        raise ValueError(f"images {images.shape}: give [n, h, w, c] with 1 or 3 channels, at least one image")
    if images.dtype == np.uint8:
        return images
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images of {images.dtype}: give uint8, or floats in [0, 1]")
    low, high = images.min(), images.max()
    if not (low >= -FARTHEST and high <= 1 + FARTHEST):  # nan is neither
        raise ValueError(f"images hold values from {low:g} to {high:g}: give floats in [0, 1], or uint8")
    return np.rint(images.clip(0.0, 1.0) * 255).astype(np.uint8)


@torch.no_grad()
def inception_features(
    images: np.ndarray, *, weights: Path, clean: bool = False, batch_size: int = BATCH, device: str = "cpu"
) -> np.ndarray:
    """The 2,048 pooled features of each image.

    images   [n, h, w, c] float in [0, 1] or uint8, as `as_uint8` takes them; one channel is shown as grey
    weights  the file, see weights.py, where it is checked once a path
    clean    scaled to 299 x 299 by Pillow's bicubic filter in float, as clean-fid does; by default bilinearly without
             antialiasing, as TensorFlow 1 did
    returns  [n, 2048] float32; `batch_size` and `device` change them by rounding only

    ValueError for images that `as_uint8` refuses, or a file that is not the weights.

    Szegedy et al. 2016, arXiv:1512.00567; for distances Heusel et al. 2017, arXiv:1706.08500, "Performance measure".

    >>> inception_features(np.full((2, 8, 8, 3), 0.5), weights=Path(__file__))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: ...inception.py has ... bytes and the weights 95,000,000 or more: the copy was cut off, copy it again
    """
    shown, network = as_uint8(images), _network(weights).to(device)
    batches = (shown[i : i + batch_size] for i in range(0, len(shown), batch_size))
    return np.concatenate([network((_scaled(batch, clean).to(device) - 128) / 128).cpu().numpy() for batch in batches])


@functools.cache
def _network(weights: Path) -> Inception:
    network = Inception()
    network.load_state_dict(torch.load(expect_weights(weights), map_location="cpu", weights_only=True))
    return network


def _scaled(images: np.ndarray, clean: bool) -> Tensor:
    """[n, h, w, c] uint8 -> [n, 3, 299, 299] float32 in [0, 255]."""
    channels = np.broadcast_to(images, (*images.shape[:3], 3)).transpose(0, 3, 1, 2).astype(np.float32)
    if not clean:
        return _tensorflow_bilinear(torch.from_numpy(channels))
    planes = [[Image.fromarray(plane).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for plane in x] for x in channels]
    return torch.from_numpy(np.array([[np.asarray(plane) for plane in x] for x in planes])).clamp(0, 255)


def _tensorflow_bilinear(images: Tensor) -> Tensor:
    """Pixel i lies at i · size / 299, not half a pixel further, and at most its two neighbours make it up."""
    for axis in (3, 2):
        size = images.shape[axis]
        place = torch.arange(SIDE) * (size / SIDE)
        before = place.long()
        after, part = (before + 1).clamp_max(size - 1), (place - before).unflatten(0, (-1, *[1] * (3 - axis)))
        images = torch.lerp(images.index_select(axis, before), images.index_select(axis, after), part)
    return images
