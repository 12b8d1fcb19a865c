"""How far dimensions are from independent of each other: scores that need no factors."""

import numpy as np

from diffrep.metrics.codes import active_dimensions, checked_codes, whole
from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.information import equal_width_bins, mutual_information

NUMBERS = (
    "gaussian_total_correlation",
    "gaussian_total_correlation_null",
    "gaussian_wasserstein_correlation",
    "gaussian_wasserstein_correlation_norm",
    "mutual_info_score",
)


def unsupervised(codes: np.ndarray, *, compat: bool = False) -> Measured:
    """How much dimensions share with each other, if they were Gaussian and by counts of bins; no factors needed.

    codes    [n, L] float; dimensions that are constant are dropped, and with none left all is 0
    compat   keep constant dimensions, as published code does: total correlation is nan, and the mean over pairs counts
             theirs as 0
    returns  lower is better for all; independent dimensions have 0 but for chance
             `gaussian_total_correlation`: nats, at least 0, infinite where one dimension follows from the others
             `gaussian_total_correlation_null`: the same minus L (L - 1) / (4 n), what independent dimensions have on
             average; near 0 or below it, the sample shows no dependence
             `gaussian_wasserstein_correlation`: squared distance between the Gaussian and the one of independent
             dimensions of the same variances, in squared units of the code, at least 0; finite always
             `gaussian_wasserstein_correlation_norm`: the same over the total variance, in [0, 2], free of one scale
             for all dimensions
             `mutual_info_score`: mean over pairs of dimensions of the information they share in 20 bins of equal
             width, nats; nan with one dimension. Independent dimensions have 361 / (2 n)
    arrays   `covariance` [L, L] in squared units of the code, `mutual_information` [L, L] nats
    raises   ValueError for nan or infinity

    A rotation of independent dimensions of equal variance changes none of the Gaussian scores: they see dependence,
    not whether a dimension is a factor. The cost of `mutual_info_score` grows with L squared.

    Locatello et al. 2019, arXiv:1811.12359, section 5.2; Watanabe 1960 for the total correlation.

    >>> square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> unsupervised(square)["gaussian_total_correlation"], unsupervised(square[:, [0, 0]])["mutual_info_score"]
    (0.0, 0.6931471805599453)
    """
    codes = checked_codes(codes, codes)
    dims = active_dimensions(codes)
    if not dims.any():
        return Measured(dict.fromkeys(NUMBERS, 0.0))
    kept = np.ones_like(dims) if compat else dims
    codes, size = codes[:, kept], int(kept.sum())
    covariance = np.atleast_2d(np.cov(codes, rowvar=False))
    binned = equal_width_bins(codes)
    shared = mutual_information(binned, binned)
    total = _total_correlation(covariance) if dims[kept].all() else float("nan")
    moved = _wasserstein(covariance)
    pairs = size * (size - 1)
    values = (
        total,
        total - pairs / (4 * len(codes)),
        moved,
        moved / np.trace(covariance),
        (shared.sum() - np.trace(shared)) / pairs if pairs else float("nan"),
    )
    constant = "a constant dimension has no correlation"
    return Measured(
        dict(zip(NUMBERS, values, strict=True)),
        reasons={NUMBERS[0]: constant, NUMBERS[1]: constant, NUMBERS[4]: "one dimension: no pair to compare"},
        arrays={"covariance": whole(covariance, kept, kept), "mutual_information": whole(shared, kept, kept)},
    )


def _total_correlation(covariance: np.ndarray) -> float:
    """Of a Gaussian, nats; from the eigenvalues of the correlations, which a scale per dimension cannot unbalance."""
    deviation = np.sqrt(np.diag(covariance))
    spectrum = np.linalg.eigvalsh(covariance / np.outer(deviation, deviation))
    if spectrum[0] <= len(spectrum) * np.finfo(float).eps * spectrum[-1]:
        return float("inf")
    return float(max(0.0, -0.5 * np.log(spectrum).sum()))


def _wasserstein(covariance: np.ndarray) -> float:
    """Squared 2-Wasserstein distance of two Gaussians of one centre: this covariance, and its diagonal alone.

    The root of D S has the trace of the root of D^(1/2) S D^(1/2), which is symmetric and never complex. Eigenvalues
    that rounding alone keeps from 0 are 0: their roots would be ten million times larger than they.
    """
    deviation = np.sqrt(np.diag(covariance))
    spectrum = np.linalg.eigvalsh(covariance * np.outer(deviation, deviation))
    spectrum[spectrum <= len(spectrum) * np.finfo(float).eps * spectrum.max()] = 0.0
    return float(max(0.0, 2.0 * np.trace(covariance) - 2.0 * np.sqrt(spectrum).sum()))
