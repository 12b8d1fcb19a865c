"""The rows of a pool of test images that metrics are fitted on, and those that they are measured on."""

import numpy as np

from diffrep.metrics.codes import evaluation_rows
from diffrep.pipelines.core.sections import Disentangle

Rows = tuple[np.ndarray, np.ndarray]  # codes and what is known of them


def fit_and_test(pool: np.ndarray, known: np.ndarray, settings: Disentangle, seed: int) -> tuple[Rows, Rows]:
    """Codes [n, d] and factors, or attributes, [n, k] of the rows to fit on, then of those to test on; none in both."""
    rows = evaluation_rows(len(pool), settings.train, settings.test, seed)
    return (pool[rows.train], known[rows.train]), (pool[rows.test], known[rows.test])
