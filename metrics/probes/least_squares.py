"""A linear probe in closed form: quick enough to ask a hundred codes, where the standard probe is asked one."""

from collections.abc import Sequence

import numpy as np

from diffrep.metrics.codes import active_dimensions, checked_codes
from diffrep.metrics.probes.scores import average_precision


def least_squares_probe(train_codes: np.ndarray, train_attributes: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Predictions of the attributes by linear least squares: with 0 and 1 as targets, a linear discriminant's scores.

    train_codes       [n, d] float; dimensions constant there are dropped
    train_attributes  [n, A] in {0, 1}
    codes             [m, d]: the codes to read
    returns           [m, A] float64, about in [0, 1]; of a code that says nothing the prevalence

    Of collinear dimensions the shortest weights are taken. ValueError for codes that `checked_codes` refuses.
    Hastie, Tibshirani and Friedman 2009, "The elements of statistical learning", section 4.2.

    >>> codes, known = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([[0], [0], [1], [1]])
    >>> least_squares_probe(codes, known, np.array([[1.5], [3.0]])).round(3).ravel().tolist()
    [0.5, 1.1]
    """
    train, read = checked_codes(train_codes, train_attributes), checked_codes(codes, codes)
    dims = active_dimensions(train)
    mean, deviation = train[:, dims].mean(axis=0), train[:, dims].std(axis=0)
    known, asked = ((part[:, dims] - mean) / deviation for part in (train, read))
    target = np.asarray(train_attributes, dtype=np.float64)
    covariance, shared = known.T @ known / len(known), known.T @ (target - target.mean(axis=0)) / len(known)
    return asked @ (np.linalg.pinv(covariance, hermitian=True) @ shared) + target.mean(axis=0)


def least_squares_precision(
    train_codes: np.ndarray, train_attributes: np.ndarray, codes: np.ndarray, attributes: np.ndarray
) -> np.ndarray:
    """Average precision of each attribute [A] on other rows, nan where one of its values is missing there.

    codes, attributes  [m, d] and [m, A]; the training rows as in `least_squares_probe`

    In [0, 1], higher is better, chance is the prevalence. A linear probe trained on the same code is a little better.

    >>> codes, known = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([[0], [0], [1], [1]])
    >>> least_squares_precision(codes, known, codes, known)
    array([1.])
    """
    return average_precision(least_squares_probe(train_codes, train_attributes, codes), np.asarray(attributes))


def part_lifts(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    codes: np.ndarray,
    attributes: np.ndarray,
    parts: Sequence[Sequence[int]],
) -> np.ndarray:
    """What each part of a code alone tells of each attribute: [parts, A], (AP - prevalence) / (1 - prevalence).

    parts  the dimensions of each part

    Linear least squares on the part's dimensions; at most 1, higher is better, 0 at chance, nan where the prevalence
    is 1; other arguments as above.

    >>> codes = np.array([[0.0, 1.0], [1.0, -1.0], [2.0, -1.0], [3.0, 1.0]])
    >>> known = np.array([[0], [0], [1], [1]])
    >>> part_lifts(codes, known, codes, known, parts=[(0,), (1,)]).round(3).tolist()
    [[1.0], [0.0]]
    """
    prevalence = np.asarray(attributes, dtype=np.float64).mean(axis=0)
    precision = [
        least_squares_precision(train_codes[:, list(part)], train_attributes, codes[:, list(part)], attributes)
        for part in parts
    ]
    rest = np.where(prevalence < 1, 1 - prevalence, np.nan)
    return (np.array(precision).reshape(len(parts), -1) - prevalence) / rest
