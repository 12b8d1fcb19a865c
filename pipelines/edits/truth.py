"""True counterfactuals: the scene drawn anew with one factor changed, where a data set can do that."""

from typing import Any

import numpy as np

from diffrep.datasets import DATASETS
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.core.params import adapter_of, arguments

UNKNOWN = "these images cannot be drawn anew with one factor changed"


def redrawing(params: dict[str, Any], dataset: str) -> Any | None:
    """The data set's adapter if it has `redrawn(factors, original)`, see Shapes3DRendered; else None."""
    cls = lookup(DATASETS, adapter_of(params, "datasets", dataset), "data set")
    if not hasattr(cls, "redrawn"):
        return None
    return cls(**arguments(cls, f"datasets.{dataset}", params["datasets"][dataset]))


def true_images(redrawn: Any, source: np.ndarray, donor: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """[n, h, w, c] uint8: the source's scene with the donor's value of one factor, nothing else changed.

    source, donor  [n, K] int factors
    factor         [n] which of the K is the donor's

    The source's own nuisance is kept, so that truth and source are equal to the bit where nothing had to change.
    """
    edited, row = source.copy(), np.arange(len(source))
    edited[row, factor] = donor[row, factor]
    return redrawn.redrawn(edited, source)


def differing(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (row, factor) in which [n, K] and [n, K] differ: two index arrays, row after row."""
    rows, factors = np.nonzero(first != second)
    return rows, factors


def one_each(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same with one factor a row, all factors about equally often; rows that differ in none are left out."""
    n, k = first.shape
    order = (np.arange(n)[:, None] + np.arange(k)) % max(k, 1)
    differs = np.take_along_axis(first != second, order, axis=1)
    rows = np.flatnonzero(differs.any(1))
    return rows, order[rows, differs[rows].argmax(1)]
