"""What all metrics of codes agree on: what is refused, what is left out, which rows are used."""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.measured import Measured

CONSTANT_FACTORS = "every factor is constant in this sample"
ONE_FACTOR = "one factor: nothing to tell it from"
HELD_OUT = 5  # one row in so many of the training rows chooses what a fit leaves open


class EvaluationRows(NamedTuple):
    """Rows to fit on, rows to test on, and whether the pool was too small for the sizes asked for."""

    train: np.ndarray
    test: np.ndarray
    shortened: bool


def checked_codes(codes: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The codes as float64, once they and what is known of the same rows can be used.

    codes    [n, L] real, finite
    targets  [n, K] or [n, A]: factors or attributes
    returns  [n, L] float64

    ValueError for other shapes, lengths that differ, no rows, nan or infinity.

    >>> checked_codes([[1, 2], [3, 4]], [[0], [1]])
    array([[1., 2.],
           [3., 4.]])
    """
    codes, targets = np.asarray(codes, dtype=np.float64), np.asarray(targets)
    if codes.ndim != 2 or targets.ndim != 2:
        raise ValueError(f"codes and targets must be [n, columns]; they are {codes.shape} and {targets.shape}")
    if len(codes) != len(targets) or not len(codes):
        raise ValueError(
            f"codes have {len(codes)} rows and targets {len(targets)}; give the same rows of both, at least 1"
        )
    wrong = np.flatnonzero(~np.isfinite(codes).all(axis=0))
    if len(wrong):
        raise ValueError(
            f"codes hold nan or infinity in dimension {wrong[0]}; encode again or leave that dimension out"
        )
    return codes


def checked_parts(
    train_codes: np.ndarray, train_targets: np.ndarray, test_codes: np.ndarray, test_targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both parts' codes through `checked_codes`; ValueError also where their numbers of columns differ.

    codes    [n, L] and [m, L] real, finite
    targets  [n, K] and [m, K]
    returns  the codes as float64

    >>> train, test = checked_parts(np.eye(3), np.eye(3), np.eye(2, 3), np.eye(2, 3))
    >>> train.shape, test.shape
    ((3, 3), (2, 3))
    """
    train, test = checked_codes(train_codes, train_targets), checked_codes(test_codes, test_targets)
    if train.shape[1] != test.shape[1] or np.shape(train_targets)[1] != np.shape(test_targets)[1]:
        raise ValueError(
            f"training codes and targets have {train.shape[1]} and {np.shape(train_targets)[1]} columns, "
            f"test ones {test.shape[1]} and {np.shape(test_targets)[1]}; give both parts of the same data"
        )
    return train, test


def active_dimensions(codes: np.ndarray) -> np.ndarray:
    """Which dimensions vary on the rows given, [n, L] -> bool [L]: std above 1e-9 times max(1, largest |z|).

    >>> active_dimensions(np.array([[0.0, 0.1], [1.0, 0.1 + 1e-12]]))
    array([ True, False])
    """
    scale = np.maximum(1.0, np.abs(codes).max(axis=0))
    return codes.std(axis=0) > 1e-9 * scale


def varying_factors(factors: np.ndarray) -> np.ndarray:
    """Which factors take two values or more on the rows given, [n, K] -> bool [K].

    >>> varying_factors(np.array([[0, 5], [1, 5]]))
    array([ True, False])
    """
    factors = np.asarray(factors)
    return (factors != factors[:1]).any(axis=0)


def dimension_counts(codes: np.ndarray) -> Measured:
    """How many dimensions vary on the rows given, and how many there are: `active_dims`, `total_dims`.

    codes    [n, L] float: the rows that predictors are fitted on
    returns  counts, of L at most; neither direction is better
    arrays   `active`: bool [L]

    >>> dimension_counts(np.array([[0.0, 7.0], [1.0, 7.0]]))
    {'active_dims': 1.0, 'total_dims': 2.0}
    """
    active = active_dimensions(checked_codes(codes, codes))
    return Measured({"active_dims": active.sum(), "total_dims": len(active)}, arrays={"active": active})


def evaluation_rows(pool_size: int, n_train: int, n_test: int, seed: int) -> EvaluationRows:
    """Which rows of a pool to fit on and which to test on: drawn without replacement, never a row in both.

    returns  row numbers [n_train], [n_test] and `shortened`: a pool of fewer rows is split 2:1 whole instead

    ValueError for a pool of fewer than 3 rows or a part that is not positive.

    >>> rows = evaluation_rows(9, 10_000, 5_000, seed=0)
    >>> len(rows.train), len(rows.test), rows.shortened, sorted([*rows.train, *rows.test]) == list(range(9))
    (6, 3, True, True)
    """
    if pool_size < 3 or min(n_train, n_test) < 1:
        raise ValueError(f"{pool_size} rows cannot give {n_train} + {n_test}; at least 3 rows and 1 + 1 are needed")
    order = np.random.default_rng(seed).permutation(pool_size)
    shortened = pool_size < n_train + n_test
    cut, end = (pool_size * 2 // 3, pool_size) if shortened else (n_train, n_train + n_test)
    return EvaluationRows(order[:cut], order[cut:end], shortened)


def held_out(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of so many training rows to fit on and which, a fifth drawn by the seed, to choose by.

    returns  row numbers, together each row once

    >>> [len(part) for part in held_out(11, seed=0)]
    [9, 2]
    """
    order = np.random.default_rng(seed).permutation(rows)
    return order[rows // HELD_OUT :], order[: rows // HELD_OUT]


def whole(values: np.ndarray, *kept: np.ndarray) -> np.ndarray:
    """`values` of the kept dimensions or factors put back into the shape of the input, nan for those left out.

    values   of one axis for each mask, as long as the mask has True
    kept     bool masks, one for each axis

    >>> whole(np.array([0.5, 0.7]), np.array([True, False, True]))
    array([0.5, nan, 0.7])
    """
    full = np.full(tuple(len(mask) for mask in kept), np.nan)
    full[np.ix_(*kept)] = values
    return full
