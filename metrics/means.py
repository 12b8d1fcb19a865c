"""The mean that lets every factor count the same, however many cases edit it."""

import numpy as np


def factor_mean(values: np.ndarray, factor: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The mean over cases within each factor, then over factors.

    values   [n] float; nan is left out, and so is a factor with nothing else
    factor   [n] int: the factor that each case is of
    weights  [b, n] at least 0: how often each case counts, a row for each of b resamples; ones count all of them once
    returns  [b] in the unit and range of the values; nan where no case that counts has a value

    >>> values, factor = np.array([1.0, 1.0, 1.0, 0.0, np.nan]), np.array([4, 4, 4, 7, 7])
    >>> factor_mean(values, factor, np.array([[1, 1, 1, 1, 1], [1, 0, 0, 0, 2]]))
    array([0.5, 1. ])
    """
    return defined_mean(means_of_factors(values, factor, weights), axis=0)


def means_of_factors(values: np.ndarray, factor: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The mean of each factor's cases, [factors, b] in the order of `np.unique(factor)`; arguments as there.

    >>> means_of_factors(np.array([1.0, 0.0, np.nan]), np.array([4, 4, 7]), np.ones((1, 3)))
    array([[0.5],
           [nan]])
    """
    means = []
    for each in np.unique(factor):
        own = (factor == each) & ~np.isnan(values)
        means.append(ratio(weights[:, own] @ values[own], weights[:, own].sum(1)))
    return np.array(means)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, nan where the whole is 0.

    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)


def defined_mean(values: np.ndarray, axis: int) -> np.ndarray:
    """The mean of what is not nan along an axis, nan where nothing is.

    >>> defined_mean(np.array([[1.0, np.nan], [np.nan, np.nan]]), axis=1)
    array([ 1., nan])
    """
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis), known.sum(axis))
