"""Fréchet distance between Gaussians fitted to two sets of features."""

import numpy as np
from scipy import linalg


def frechet_distance(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """|mean_a - mean_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), in float64.

    features_a, features_b  [n, d] float, one row per image, n >= 2
    returns  a float >= 0, lower is better; 0 for equal means and covariances
    raises   ValueError on unequal n: the bias falls with 1/n, so only equal n may be compared

    Dowson & Landau 1982, "The Fréchet distance between multivariate normal distributions"; on image features Heusel et
    al. 2017, arXiv:1706.08500. The name of a result says whose features they are. There is no chance level but the bias
    at this n: the distance between two halves of real data, a second call.

    With R'R = C the trace of (C_a C_b)^(1/2) is the sum of the singular values of R_a R_b': no root of a matrix,
    and as exact where n < d leaves the covariances singular.

    >>> features = np.eye(3)
    >>> frechet_distance(features, features + 2.0), round(frechet_distance(features, 2 * features), 3)
    (12.0, 1.333)
    """
    _check(features_a, features_b)
    a, b = (np.asarray(x, dtype=np.float64) for x in (features_a, features_b))
    root_a, root_b = _root(a), _root(b)
    shift = np.square(a.mean(0) - b.mean(0)).sum()
    spread = np.square(root_a).sum() + np.square(root_b).sum()
    shared = linalg.svdvals(root_a @ root_b.T).sum()
    return max(float(shift + spread - 2 * shared), 0.0)


def _root(features: np.ndarray) -> np.ndarray:
    """R [min(n, d), d] with R'R = the unbiased covariance of `features`."""
    centred = features - features.mean(0)
    return np.linalg.qr(centred, mode="r") / np.sqrt(len(features) - 1)


def _check(features_a: np.ndarray, features_b: np.ndarray) -> None:
    """Refuse what cannot be compared."""
    if features_a.ndim != 2 or features_a.shape != features_b.shape:
        raise ValueError(f"features {features_a.shape} and {features_b.shape}: give equal n and equal width, [n, d]")
    if len(features_a) < 2:
        raise ValueError(f"{len(features_a)} row of features has no covariance: give at least 2")
    for features in (features_a, features_b):
        if not np.isfinite(features).all():
            raise ValueError("features hold values that are not finite: look at the images they come from")
