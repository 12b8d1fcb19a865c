"""What edits of pairs are aimed at: a factor in which the images of a pair differ, and the donor's value of it."""

from typing import NamedTuple

import numpy as np

from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Session


class Targets(NamedTuple):
    """Which pair an edit is of, and which of the oracle's factors it brings to the donor's value, [n] each."""

    pairs: np.ndarray
    factor: np.ndarray
    source: np.ndarray  # the source's true value
    wanted: np.ndarray  # the donor's

    def only(self, rows: np.ndarray) -> "Targets":
        """These of them, [n] bool."""
        return Targets(*(column[rows] for column in self))


def oracle_targets(session: Session, oracle: Oracle, pairs: np.ndarray) -> Targets:
    """One of the oracle's factors for each pair, of those in which its images differ."""
    a, b = oracle.truth[session.a[pairs]], oracle.truth[session.b[pairs]]
    rows, factor = one_each(a, b)
    return Targets(pairs[rows], factor, a[rows, factor], b[rows, factor])


def differing(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (row, factor) in which [n, K] and [n, K] differ: two index arrays, row after row."""
    rows, factors = np.nonzero(first != second)
    return rows, factors


def one_each(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same with one factor a row, all factors about equally often; rows that differ in none are left out."""
    n, k = first.shape
    # row i asks its factors from the i-th on, so that they take turns
    order = (np.arange(n)[:, None] + np.arange(k)) % max(k, 1)
    differs = np.take_along_axis(first != second, order, axis=1)
    rows = np.flatnonzero(differs.any(1))
    if not len(rows):
        return rows, rows
    return rows, order[rows, differs[rows].argmax(1)]
