"""Anchor codes: codes whose scores are known, to stand beside every method's and catch a broken metric at once."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np
import scipy.linalg
from sklearn.decomposition import IncrementalPCA

EXACT = 2**14  # numbers of an image up to which the covariance of pixels is taken: 2 GiB
MIDDLE = 127.5
PCA_DIMS = 20  # components of the anchor


class PixelPCA(NamedTuple):
    """Principal axes of raw pixels, fitted by `fit_pixel_pca`."""

    mean: np.ndarray  # [pixels]
    axes: np.ndarray  # [dims, pixels], orthonormal, largest variance first

    def codes(self, images: np.ndarray) -> np.ndarray:
        """Images [n, ...] as coordinates on the axes, [n, dims] float64."""
        return (_flat(images) - self.mean) @ self.axes.T


def factor_codes(factors: np.ndarray) -> np.ndarray:
    """The factors themselves as a code, the upper end of every score: [n, K] int -> [n, K] float64.

    >>> factor_codes(np.array([[0, 3], [1, 2]]))
    array([[0., 3.],
           [1., 2.]])
    """
    return np.asarray(factors, dtype=np.float64)


def rotated_factors(train_factors: np.ndarray, factors: np.ndarray, *, seed: int) -> np.ndarray:
    """All that the factors say, on no axis of its own: a random rotation of standardised factors.

    train_factors  [n, K] int: give mean and deviation; a factor that is constant there becomes 0
    factors        [m, K] int
    returns        [m, K] float64; the rotation, uniform over rotations and reflections, is the seed's alone

    Mezzadri 2007, "How to generate random matrices from the classical compact groups", section 5, for the rotation.

    >>> factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> codes = rotated_factors(factors, factors, seed=0)
    >>> np.square(codes).sum(axis=1).round(6).tolist()  # lengths of standardised rows are kept
    [2.0, 2.0, 2.0, 2.0]
    """
    train = np.asarray(train_factors, dtype=np.float64)
    deviation = train.std(axis=0)
    scaled = np.where(deviation > 0, (factors - train.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0), 0.0)
    square = np.random.default_rng(seed).normal(size=(train.shape[1], train.shape[1]))
    rotation, upper = np.linalg.qr(square)
    return scaled @ (rotation * np.sign(np.diag(upper)))


def noise_codes(n: int, dims: int, *, seed: int) -> np.ndarray:
    """Nothing at all, what every chance level is the score of: independent standard normal numbers, [n, dims] float64.

    >>> noise_codes(1000, 3, seed=0).shape
    (1000, 3)
    """
    return np.random.default_rng(seed).normal(size=(n, dims))


def fit_pixel_pca(batches: Iterable[np.ndarray], dims: int = 20) -> PixelPCA:
    """The leading principal axes of raw pixels: exact, by the covariance, where an image has at most `EXACT` numbers.

    batches  arrays [n, ...] uint8 or float, all training images together
    returns  `PixelPCA`; each axis's entry of largest size is positive, as an axis has no sign of its own

    Of larger images scikit-learn's IncrementalPCA is asked. ValueError for more axes than images less one, or than
    pixels.

    >>> images = np.array([[0, 0], [2, 2], [4, 4]], dtype=np.uint8)
    >>> fit_pixel_pca([images], dims=1).codes(images).round(3).ravel().tolist()
    [-2.828, 0.0, 2.828]
    """
    flat = map(_flat, batches)
    first = next(flat)
    pixels = first.shape[1]
    if pixels > EXACT:
        mean, axes = _pca_step_by_step(chain([first], flat), dims)
    else:
        mean, axes = _pca_by_covariance(chain([first], flat), pixels, dims)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return PixelPCA(mean, axes * np.sign(largest))


def _pca_by_covariance(batches: Iterable[np.ndarray], pixels: int, dims: int) -> tuple[np.ndarray, np.ndarray]:
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


def _pca_step_by_step(batches: Iterable[np.ndarray], dims: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and axes; a batch of no more images than there are axes joins the one before it."""
    found, held = IncrementalPCA(dims), next(batches := iter(batches))
    for batch in batches:
        if min(len(held), len(batch)) > dims:
            found.partial_fit(held)
            held = batch
        else:
            held = np.concatenate([held, batch])
    _expect_enough(len(held), held.shape[1], dims)
    found.partial_fit(held)
    return found.mean_, found.components_


def _expect_enough(images: int, pixels: int, dims: int) -> None:
    if not 1 <= dims <= min(images - 1, pixels):
        raise ValueError(f"{dims} axes from {images} images of {pixels} pixels; ask for fewer or give more")


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images).reshape(len(images), -1).astype(np.float64)
