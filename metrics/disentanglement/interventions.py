"""Batches of a pool's rows that agree in one factor: what can be had of interventions without calling an encoder."""

from collections.abc import Iterator

import numpy as np

CHUNK = 1 << 21  # code values gathered at a time


def rows_that_agree(factors: np.ndarray, held: np.ndarray, examples: np.ndarray, position: np.ndarray) -> np.ndarray:
    """For each place of a batch a row of the pool that has its example's value of the factor that is held.

    factors   [n, K] int: the pool
    held      [batches] int: which factor each batch holds
    examples  [batches, batch] int: a row of the pool for each place, or [batches, 1]: one for all places
    position  [batches, batch] in [0, 1): where among all rows of that value, uniform for a uniform draw
    returns   [batches, batch] int

    >>> pool = np.array([[0], [1], [0], [1]])
    >>> rows_that_agree(pool, np.array([0]), np.array([[1]]), np.array([[0.0, 0.4, 0.6]]))
    array([[1, 1, 3]])
    """
    rows = np.empty(position.shape, dtype=np.int64)
    for k, column in enumerate(factors.T):
        mine = held == k
        _, label, counts = np.unique(column, return_inverse=True, return_counts=True)
        by_value, first = np.argsort(label, kind="stable"), np.cumsum(counts) - counts
        value = label[examples[mine]]
        rows[mine] = by_value[first[value] + (position[mine] * counts[value]).astype(np.int64)]
    return rows


def gathered(codes: np.ndarray, rows: np.ndarray) -> Iterator[np.ndarray]:
    """The codes of all batches, a bounded number at a time: [n, L] and [batches, batch] -> parts [some, batch, L].

    >>> [len(part) for part in gathered(np.zeros((5, 1 << 20)), np.zeros((3, 1), int))]
    [2, 1]
    """
    size = max(1, CHUNK // (rows.shape[1] * codes.shape[1]))
    for start in range(0, len(rows), size):
        yield codes[rows[start : start + size]]
