"""Kernel Inception distance: how far two sets of images are by a kernel on Inception features, without a bias.

Binkowski et al. 2018, arXiv:1801.01401, section 4.
"""

from pathlib import Path

import numpy as np

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.inception import inception_features, weights_file
from diffrep.metrics.measured import Measured, joined, missing

SCALE = 1000.0  # results are times this, as tables have them


def kid(
    images: np.ndarray,
    reference: np.ndarray,
    *,
    seed: int,
    weights: Path | str | None = None,
    clean: bool = False,
    subsets: int = 100,
    subset_size: int = 1000,
    device: str = "cpu",
) -> Measured:
    """Squared maximum mean discrepancy between the Inception features of two sets of images, times 1,000.

    images, reference  [n, h, w, c] and [m, h, w, c], float in [0, 1] or uint8, each at least `subset_size`
    weights, clean     as in `fid`
    returns            `kid`, or `clean_kid`: the mean over subsets, lower is better, 0 for samples of one distribution
                       and so a little below 0 now and then; nan with the reason "skipped: weights missing" where the
                       weights are not on this machine
                       `<name>_sd_over_subsets`: no standard error, since subsets share images; `<name>_images`: n

    ValueError for too few images, images that `as_uint8` refuses, or a file that is not the weights.

    Unbiased at any n: to be preferred to FID below 10,000 images.

    >>> grey = np.full((6, 8, 8, 3), 0.5)
    >>> kid(grey, grey, seed=0)
    Traceback (most recent call last):
    ValueError: 6 images against 6 for subsets of 1000; give what a subset takes, 2 or more
    """
    name = "clean_kid" if clean else "kid"
    _check_counts(len(images), len(reference), subset_size)
    file = weights_file(weights)
    if file is None:
        return joined(missing([name, f"{name}_sd_over_subsets"], MISSING), Measured({f"{name}_images": len(images)}))
    ours, theirs = (inception_features(x, weights=file, clean=clean, device=device) for x in (images, reference))
    return _over_subsets(name, ours, theirs, seed, subsets, subset_size)


def kd(
    features: np.ndarray,
    reference: np.ndarray,
    *,
    extractor: str,
    seed: int,
    subsets: int = 100,
    subset_size: int = 1000,
) -> Measured:
    """The same between any features of two sets of images, named for what extracted them.

    features, reference  [n, d] and [m, d] float, each at least `subset_size` rows
    extractor            its name; features of Inception are "inception" or "inception_clean"
    returns              `kd_<extractor>`, for Inception `kid` or `clean_kid`, with the names and meaning of `kid`

    ValueError for too few rows, other widths, values that are not finite.

    >>> dark, light = np.zeros((200, 2)), np.ones((300, 2))
    >>> kd(dark, light, extractor="mine", seed=0, subset_size=200)
    {'kd_mine': 7000.0, 'kd_mine_sd_over_subsets': 0.0, 'kd_mine_images': 200.0}
    """
    name = {"inception": "kid", "inception_clean": "clean_kid"}.get(extractor, f"kd_{extractor}")
    _check_counts(len(features), len(reference), subset_size)
    return _over_subsets(name, np.asarray(features), np.asarray(reference), seed, subsets, subset_size)


def squared_discrepancy(features: np.ndarray, reference: np.ndarray) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy, kernel (x · y / d + 1)^3: [n, d], [m, d] -> float.

    Gretton et al. 2012, JMLR 13, lemma 6. Pairs of a row with itself are left out, so it may fall below 0.

    >>> squared_discrepancy(np.array([[0.0], [0.0]]), np.array([[1.0], [1.0]]))
    7.0
    """
    features, reference = (np.asarray(x, dtype=np.float64) for x in (features, reference))
    within = sum(_pairs(x, x, itself=False) for x in (features, reference))
    return float(within - 2 * _pairs(features, reference, itself=True))


def _pairs(left: np.ndarray, right: np.ndarray, *, itself: bool) -> float:
    """Mean kernel over pairs of rows."""
    kernel = (left @ right.T / left.shape[1] + 1.0) ** 3
    if itself:
        return float(kernel.mean())
    return float(kernel.sum() - np.trace(kernel)) / (len(left) * (len(left) - 1))


def _over_subsets(
    name: str, features: np.ndarray, reference: np.ndarray, seed: int, subsets: int, subset_size: int
) -> Measured:
    if features.ndim != 2 or reference.ndim != 2 or features.shape[1] != reference.shape[1]:
        raise ValueError(f"features {features.shape} and {reference.shape}: give [n, d] and [m, d] of equal width")
    if not (np.isfinite(features).all() and np.isfinite(reference).all()):
        raise ValueError("features hold values that are not finite: look at the images they come from")
    generator = np.random.default_rng(seed)
    found = [
        squared_discrepancy(*(x[generator.permutation(len(x))[:subset_size]] for x in (features, reference)))
        for _ in range(subsets)
    ]
    mean, sd = float(np.mean(found)), float(np.std(found))
    return Measured({name: SCALE * mean, f"{name}_sd_over_subsets": SCALE * sd, f"{name}_images": len(features)})


def _check_counts(images: int, reference: int, subset_size: int) -> None:
    if min(images, reference) < subset_size or subset_size < 2:
        raise ValueError(
            f"{images} images against {reference} for subsets of {subset_size}; give what a subset takes, 2 or more"
        )
