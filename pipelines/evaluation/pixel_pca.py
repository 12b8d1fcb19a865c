"""Principal axes of raw pixels: the anchor that what a method learns has to beat."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np
import scipy.linalg
import torch

from diffrep.methods.shared.principal import step_by_step

EXACT = 2**14  # numbers of an image up to which the covariance of pixels is taken: 2 GiB
MIDDLE = 127.5


class PixelPCA(NamedTuple):
    """Principal axes of raw pixels, fitted by `fit_pixel_pca`."""

    mean: np.ndarray  # [pixels]
    axes: np.ndarray  # [dims, pixels], orthonormal, largest variance first

    def codes(self, images: np.ndarray) -> np.ndarray:
        """Images [n, ...] as coordinates on the axes, [n, dims] float64."""
        return (_flat(images) - self.mean) @ self.axes.T


def fit_pixel_pca(batches: Iterable[np.ndarray], dims: int = 20) -> PixelPCA:
    """The leading principal axes of raw pixels: exact, by the covariance, where an image has at most `EXACT` numbers.

    batches  arrays [n, ...] uint8 or float, all training images together
    returns  `PixelPCA`; each axis's entry of largest size is positive, as an axis has no sign of its own

    Of larger images they are found step by step, as a method's. ValueError for more axes than images less one, or
    than pixels.
    """
    flat = map(_flat, batches)
    first = next(flat)
    pixels = first.shape[1]
    if pixels > EXACT:
        mean, axes = (each.numpy() for each in step_by_step(map(torch.from_numpy, chain([first], flat)), dims))
    else:
        mean, axes = _by_covariance(chain([first], flat), pixels, dims)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return PixelPCA(mean, axes * np.sign(largest))


def _by_covariance(batches: Iterable[np.ndarray], pixels: int, dims: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and axes; sums are taken about the middle of the bytes' range, so that little is lost when means go off."""
    seen, total, products = 0, np.zeros(pixels), np.zeros((pixels, pixels))
    for batch in batches:
        moved = batch - MIDDLE
        seen, total = seen + len(moved), total + moved.sum(axis=0)
        products += moved.T @ moved
    _expect_enough(seen, pixels, dims)
    products -= np.outer(total, total / seen)
    last = pixels - 1
    axes = scipy.linalg.eigh(products, subset_by_index=[last - dims + 1, last], overwrite_a=True)[1].T[::-1]
    return MIDDLE + total / seen, axes


def _expect_enough(images: int, pixels: int, dims: int) -> None:
    if not 1 <= dims <= min(images - 1, pixels):
        raise ValueError(f"{dims} axes from {images} images of {pixels} pixels; ask for fewer or give more")


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images).reshape(len(images), -1).astype(np.float64)
