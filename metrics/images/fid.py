"""Fréchet Inception distance: how far the Inception features of decoded images are from those of real ones.

Heusel et al. 2017, arXiv:1706.08500, "Performance measure"; bilinear scaling and unbiased covariances as torchmetrics'
FrechetInceptionDistance with antialias=False has them. `clean_fid`: Parmar et al. 2022, arXiv:2104.11222.
"""

from pathlib import Path

import numpy as np

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.frechet import frechet_distance
from diffrep.metrics.images.inception import inception_features, weights_file
from diffrep.metrics.measured import Measured, joined, missing

LEAST_IMAGES = 5000


def fid(
    images: np.ndarray,
    reference: np.ndarray,
    *,
    weights: Path | str | None = None,
    clean: bool = False,
    allow_small: bool = False,
    device: str = "cpu",
) -> Measured:
    """Fréchet distance between the Inception features of two sets of images.

    images, reference  [n, h, w, c] float in [0, 1] or uint8, the same n; the reference are training images, since
                       images that the decoded ones were made from lower it
    weights            the file of weights; by default where the environment says, see inception.py
    clean              scale as clean-fid does, by another filter: a number of another name
    allow_small        take fewer than 5,000 images, whose bias is larger than most differences
    returns            `fid`, or `clean_fid`: at least 0, lower is better, no upper bound; nan with the reason
                       "skipped: weights missing" where the weights are not on this machine; `<name>_images`: n

    ValueError on unequal n, too few images, images that `as_uint8` refuses, or a file that is not the weights.

    Two samples of one distribution are apart by a bias that falls with 1 / n (Chong and Forsyth 2020,
    arXiv:1911.07023): compare at equal n only. Where one set meets several, take its `inception_features` once and
    compare with `fd`.

    >>> grey = np.full((6, 8, 8, 3), 0.5)
    >>> fid(grey, grey)
    Traceback (most recent call last):
    ValueError: 6 images: their covariance says nothing; give at least 5000, or allow_small
    """
    name = "clean_fid" if clean else "fid"
    _check_counts(len(images), len(reference), allow_small)
    file = weights_file(weights)
    if file is None:
        return joined(missing([name], MISSING), Measured({f"{name}_images": len(images)}))
    ours, theirs = (inception_features(x, weights=file, clean=clean, device=device) for x in (images, reference))
    return Measured({name: frechet_distance(ours, theirs), f"{name}_images": len(images)})


def fd(features: np.ndarray, reference: np.ndarray, *, extractor: str, allow_small: bool = False) -> Measured:
    """Fréchet distance between any features of two sets of images, named for what extracted them.

    features, reference  [n, d] float, the same n
    extractor            its name; features of Inception are "inception" or "inception_clean"
    returns              `fd_<extractor>`, for Inception `fid` or `clean_fid`: at least 0, lower is better;
                         `<name>_images`: n

    ValueError on unequal n, fewer than 5,000 rows without `allow_small`, values that are not finite.

    >>> features = np.eye(3)
    >>> fd(features, features + 2.0, extractor="mine", allow_small=True)["fd_mine"]
    12.0
    """
    name = {"inception": "fid", "inception_clean": "clean_fid"}.get(extractor, f"fd_{extractor}")
    _check_counts(len(features), len(reference), allow_small)
    return Measured({name: frechet_distance(features, reference), f"{name}_images": len(features)})


def _check_counts(images: int, reference: int, allow_small: bool) -> None:
    if images != reference:
        raise ValueError(f"{images} images against {reference}: the bias depends on n, give equal n")
    if images < LEAST_IMAGES and not allow_small:
        raise ValueError(
            f"{images} images: their covariance says nothing; give at least {LEAST_IMAGES}, or allow_small"
        )
