"""A linear probe in closed form: quick enough to ask a hundred codes, where the standard probe is asked one."""

from collections.abc import Sequence

import numpy as np

from diffrep.metrics.codes import active_dimensions, checked_codes
from diffrep.metrics.scores import average_precision


def least_squares_probe(train_codes: np.ndarray, train_attributes: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Predictions of the attributes by linear least squares: with 0 and 1 as targets, a linear discriminant's scores.

    train_codes       [n, d] float; dimensions constant there are dropped
    train_attributes  [n, A] in {0, 1}
    codes             [m, d]: the codes to read
    returns           [m, A] float64, about in [0, 1]

    Of collinear dimensions the shortest weights are taken. ValueError for codes that `checked_codes` refuses.
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

    Linear least squares on the part's dimensions; at most 1, 0 at chance; other arguments as above.
    """
    prevalence = np.asarray(attributes, dtype=np.float64).mean(axis=0)
    precision = [
        least_squares_precision(train_codes[:, list(part)], train_attributes, codes[:, list(part)], attributes)
        for part in parts
    ]
    rest = np.where(prevalence < 1, 1 - prevalence, np.nan)
    return (np.array(precision).reshape(len(parts), -1) - prevalence) / rest
