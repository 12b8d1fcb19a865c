"""Entropy and mutual information of discrete variables, plug-in estimates in nats."""

import numpy as np
from scipy.stats import rankdata

from diffrep.metrics.codes import active_dimensions, varying_factors


def equal_width_bins(codes: np.ndarray, bins: int = 20) -> np.ndarray:
    """Bin of each value, bins of equal width over each dimension's range: [n, L] float -> [n, L] int from 0.

    >>> equal_width_bins(np.array([[0.0], [0.2], [0.6], [100.0]]), bins=10).ravel()  # one outlier takes all bins
    array([0, 0, 0, 9])
    """
    columns = [np.digitize(z, np.histogram_bin_edges(z, bins)[1:-1]) for z in codes.T]
    return np.stack(columns, axis=1) if columns else np.zeros(codes.shape, dtype=np.int64)


def equal_frequency_bins(codes: np.ndarray, bins: int = 20) -> np.ndarray:
    """Bin of each value, bins of equal counts by rank; equal values share a bin: [n, L] float -> [n, L] int from 0.

    >>> equal_frequency_bins(np.array([[0.0], [0.2], [0.6], [100.0]]), bins=2).ravel()
    array([0, 0, 1, 1])
    """
    ranks = rankdata(codes, method="average", axis=0)  # 1..n
    return ((ranks - 0.5) * (bins / len(codes))).astype(np.int64)


def entropy(labels: np.ndarray) -> np.ndarray:
    """Entropy of each column: [n, K] int -> [K] nats, at least 0, and log of the number of values at most.

    Too low by about (values - 1) / 2n (Miller 1955).

    >>> entropy(np.array([[0, 5], [1, 5]])).round(4)  # log 2, and nothing
    array([0.6931, 0.    ])
    """
    shares = [np.unique(column, return_counts=True)[1] / len(labels) for column in labels.T]
    return np.array([-(p * np.log(p)).sum() + 0.0 for p in shares])


def mutual_information(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Mutual information of each pair of columns: [n, L] int and [n, K] int -> [L, K] nats, at least 0.

    At most the smaller entropy; by chance about (values - 1) (values - 1) / 2n, and not 0.

    >>> labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> mutual_information(labels, labels[:, :1]).round(4).tolist()
    [[0.6931], [0.0]]
    """
    rows, columns = [_ranked(x) for x in left.T], [_ranked(y) for y in right.T]
    pairs = [[_shared(x, y) for y in columns] for x in rows]
    return np.array(pairs).reshape(left.shape[1], right.shape[1])


def binned_information(codes: np.ndarray, factors: np.ndarray, bins: int = 20) -> np.ndarray:
    """Mutual information of each dimension in bins of equal width with each factor, exactly 0 where one is constant.

    codes    [n, L] float
    factors  [n, K] int
    returns  [L, K] nats, at least 0; too high by about (bins - 1) (n_k - 1) / 2n for a factor of n_k values

    >>> factors = np.arange(12).reshape(-1, 1) % 3
    >>> binned_information(np.hstack([factors, 0 * factors + 0.1]), factors).round(3).tolist()  # log 3, and nothing
    [[1.099], [0.0]]
    """
    pairs = np.ix_(active_dimensions(codes), varying_factors(factors))
    shared = np.zeros((codes.shape[1], factors.shape[1]))
    shared[pairs] = mutual_information(equal_width_bins(codes[:, pairs[0][:, 0]], bins), factors[:, pairs[1][0]])
    return shared


def _ranked(labels: np.ndarray) -> np.ndarray:
    return np.unique(labels, return_inverse=True)[1]


def _shared(x: np.ndarray, y: np.ndarray) -> float:
    sizes = int(x.max()) + 1, int(y.max()) + 1
    joint = np.bincount(x * sizes[1] + y, minlength=sizes[0] * sizes[1]).reshape(sizes) / len(x)
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    there = joint > 0
    return max(0.0, float((joint[there] * np.log(joint[there] / apart[there])).sum()))
