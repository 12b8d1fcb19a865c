"""Edits of a code along a linear probe: from one value of a factor towards another.

As PDAE, Diff-AE and DiTi manipulate attributes (Zhang et al. 2022, arXiv:2212.12990, section 4.4; Preechakul et al.
2022, arXiv:2111.15640, section 5.3; Yue et al. 2024, arXiv:2401.11430): codes are standardised by the training rows,
a linear classifier is fitted, and the code moves along its weights, all of them or the largest. They have binary
attributes; here the classifier is a softmax over a factor's values, whose direction from one value to another is the
difference of their weights, for two values the same thing.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from diffrep.metrics.codes import checked_codes

PENALTY = 1.0  # C of the logistic regression
ITERATIONS = 500


def softmax_probe(codes: np.ndarray, values: np.ndarray, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights of a linear softmax classifier of one factor, and where its values lie.

    codes    [n, d] float, on any scale: they are standardised here, constant dimensions become 0
    values   [n] int from 0 to count - 1
    returns  weights [count, d] and centres [count, d], the mean code of each value, both in standardised codes; nan
             for a value that no row has

    ValueError for codes that `checked_codes` refuses.

    >>> codes = np.array([[-1.0, 5.0], [-1.1, 5.0], [1.0, 5.0], [1.1, 5.0]])
    >>> weights, centres = softmax_probe(codes, np.array([0, 0, 1, 1]), count=3)
    >>> weights[0, 0] < 0 < weights[1, 0], weights[1, 1], centres[2]
    (np.True_, np.float64(0.0), array([nan, nan]))
    """
    standard = standardised(checked_codes(codes, values[:, None]))
    weights, centres = np.full((2, count, codes.shape[1]), np.nan)
    present = np.unique(values)
    for value in present:
        centres[value] = standard[values == value].mean(0)
    if len(present) == 1:
        weights[present] = 0.0
        return weights, centres
    found = LogisticRegression(C=PENALTY, max_iter=ITERATIONS).fit(standard, values).coef_
    weights[present] = np.concatenate([-found, found]) / 2 if len(present) == 2 else found
    return weights, centres


def steps(
    weights: np.ndarray, centres: np.ndarray, source: np.ndarray, wanted: np.ndarray, *, dims: int | None = None
) -> np.ndarray:
    """How a code has to move for its factor to go from one value to another, in standardised codes.

    weights, centres  [v, d] of `softmax_probe`
    source, wanted    [n] int: the value that each case has, and the one it shall have
    dims              how many of the direction's weights are kept, the largest; more than d are all; default all
    returns           [n, d]: along the difference of the two values' weights, as long as the way between their centres
                      in that direction; 0 where that is unknown

    >>> weights = centres = np.array([[0.0, 0.0], [2.0, 1.0]])
    >>> steps(weights, centres, np.array([0]), np.array([1]), dims=1)
    array([[2., 0.]])
    """
    direction = np.nan_to_num(weights[wanted] - weights[source])
    if dims is not None and dims < direction.shape[1]:
        least = -np.partition(-np.abs(direction), dims - 1, axis=1)[:, dims - 1 : dims]
        direction = np.where(np.abs(direction) >= least, direction, 0.0)
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    unit = np.divide(direction, length, out=np.zeros_like(direction), where=length > 0)
    way = np.nan_to_num(centres[wanted] - centres[source])
    return unit * np.abs((unit * way).sum(1, keepdims=True))


def moved(codes: np.ndarray, step: np.ndarray, strength: float, deviation: np.ndarray) -> np.ndarray:
    """Codes [n, d] moved by `strength` times a step of standardised codes [n, d]; deviation [d] of the training codes.

    >>> moved(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0]]), 0.5, np.array([4.0, 4.0]))
    array([[3., 1.]])
    """
    return (codes + strength * step * deviation).astype(codes.dtype)


def top_dims(weights: np.ndarray, dims: int) -> np.ndarray:
    """The dimensions that tell most of a factor: of the largest root mean square weight over its values.

    weights  [v, d] of `softmax_probe`, of standardised codes
    returns  [min(dims, d)] int, ascending; the first of equals

    >>> top_dims(np.array([[0.1, -2.0, 0.3], [0.1, 2.0, -0.3]]), 2)
    array([1, 2])
    """
    size = np.sqrt(np.nanmean(weights**2, axis=0))
    return np.sort(np.argsort(-size, kind="stable")[:dims])


def standardised(codes: np.ndarray) -> np.ndarray:
    """Codes [n, d] with mean 0 and deviation 1 in every dimension; 0 where one is constant.

    >>> standardised(np.array([[1.0, 7.0], [3.0, 7.0]]))
    array([[-1.,  0.],
           [ 1.,  0.]])
    """
    deviation = codes.std(0)
    return np.divide(codes - codes.mean(0), deviation, out=np.zeros(codes.shape), where=deviation > 1e-9)
