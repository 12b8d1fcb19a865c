"""Anchor codes: codes whose scores are known, to stand beside every method's and catch a broken metric at once."""

import numpy as np

PCA_DIMS = 20  # components of the anchor of raw pixels


def factor_codes(factors: np.ndarray) -> np.ndarray:
    """The factors themselves as a code, the upper end of disentanglement: [n, K] int -> [n, K] float64.

    Not of average precision: no linear layer reads a hue off its number.

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
