"""When noise has taken an attribute away: how often a denoised image is nearer to another image than to its own.

Yue et al. 2024 (DiTi), arXiv:2401.11430: attributes are lost in the order of how much of the image they change, so
fine ones at smaller t than coarse ones.
"""

import numpy as np
from scipy.special import erfc


def share_nearer_to_other(denoised: np.ndarray, own: np.ndarray, other: np.ndarray) -> float:
    """Share of the images whose denoised version has a smaller squared distance from `other` than from `own`.

    denoised, own, other  [n, ...] float, all of one shape
    returns               in [0, 1]; 0: nothing is lost, 0.5: nothing is left; equal distances count half

    >>> own, other = np.zeros((2, 1)), np.ones((2, 1))
    >>> share_nearer_to_other(np.array([[0.1], [0.8]]), own, other)
    0.5
    """
    from_own, from_other = (((denoised - image) ** 2).reshape(len(own), -1).sum(1) for image in (own, other))
    return float(np.mean((from_other < from_own) + 0.5 * (from_other == from_own)))


def two_image_loss(signal_share: np.ndarray | float, distance: np.ndarray | float) -> np.ndarray:
    """The same share in closed form, if there were no other images in the world than these two.

    signal_share  abar_t in (0, 1): the share of the image in the variance of the noisy state
    distance      between the two images, Euclidean over all pixels and channels, in the units of the images
    returns       Err = erfc(sqrt(abar) distance / (2 sqrt(2) sqrt(1 - abar))) / 2, in [0, 0.5], of the broadcast shape

    The optimal denoiser leans to the image that is nearer to the noisy state, and this is how often that is the wrong
    one. Rises with t, to 0.5. Yue et al. 2024, the theorem of section 4.1.

    >>> two_image_loss(np.array([0.9, 0.5, 0.1]), 2.0).round(3)  # the noisier, the more is lost
    array([0.001, 0.159, 0.369])
    """
    abar = np.asarray(signal_share, dtype=np.float64)
    return erfc(np.sqrt(abar / (1 - abar)) * distance / (2 * np.sqrt(2))) / 2


def half_lost(timesteps: np.ndarray, losses: np.ndarray) -> float:
    """The first time at which half of an attribute is lost, that is, its loss is 0.25; linear between times.

    timesteps  [T] rising
    losses     [T] in [0, 1]
    returns    in the units of the timesteps; nan where the loss stays below, the first time where it never is

    >>> half_lost(np.array([0, 100, 200]), np.array([0.0, 0.2, 0.3]))
    150.0
    """
    above = np.flatnonzero(np.asarray(losses) >= 0.25)
    if not len(above):
        return float("nan")
    around = slice(max(above[0] - 1, 0), above[0] + 1)
    return float(np.interp(0.25, np.asarray(losses)[around], np.asarray(timesteps)[around]))
