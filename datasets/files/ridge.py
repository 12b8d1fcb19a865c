"""How strongly two factors go together: what a strength makes likely, and the strength that images show."""

from typing import NamedTuple

import numpy as np


def ridge(rows: int, columns: int, strength: float) -> np.ndarray:
    """How likely two factors' values are together [rows, columns] float64: `strength` of a ridge, the rest even.

    The ridge is where relative positions agree: a point of [0, 1) falls into one value of each factor.
    """
    ends = np.arange(rows + 1)[:, None] / rows, np.arange(columns + 1)[None, :] / columns
    shared = np.minimum(ends[0][1:], ends[1][:, 1:]) - np.maximum(ends[0][:-1], ends[1][:, :-1])
    return strength * shared.clip(0) + (1 - strength) / (rows * columns)


class Reached(NamedTuple):
    """The strength that some images show, and its standard error for so many of them."""

    strength: float
    error: float


def reached(one: np.ndarray, other: np.ndarray, rows: int, columns: int) -> Reached:
    """How strongly two factors go together in images: the strength of the ridge that agrees as often with them.

    one, other     [n] int, values of the two factors
    rows, columns  how many values each has, at least 2
    returns        1 where all lie on the ridge, 0 on average where nothing goes together, below where they avoid it

    The share of a value on the ridge is 1 / (rows columns) by chance and the sum of its squares at strength 1, and
    grows in a line between: without bias, whatever the strength. Of as many values each it is Cohen's kappa.

    >>> reached(np.array([0, 1, 2, 0]), np.array([0, 1, 2, 0]), 3, 3).strength
    1.0
    """
    full, even = ridge(rows, columns, 1), 1 / (rows * columns)
    agreement, span = full[one, other], (full**2).sum() - even
    return Reached(float((agreement.mean() - even) / span), float(agreement.std() / span / np.sqrt(len(one))))
