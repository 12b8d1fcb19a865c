"""The mean that lets every factor count the same, however many cases edit it."""

import numpy as np


def factor_mean(values: np.ndarray, factor: np.ndarray) -> float:
    """The mean over cases within each factor, then over factors.

    values   [n] float; nan is left out, and so is a factor with nothing else
    factor   [n] int: the factor that each case is of
    returns  in the unit and range of the values; nan where every value is

    >>> factor_mean(np.array([1.0, 1.0, 1.0, 0.0, np.nan]), np.array([4, 4, 4, 7, 7]))
    0.5
    """
    known = ~np.isnan(values)
    if not known.any():
        return float("nan")
    _, index = np.unique(factor[known], return_inverse=True)
    return float((np.bincount(index, values[known]) / np.bincount(index)).mean())
