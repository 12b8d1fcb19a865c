"""What MIG and SAP share: by how much the best dimension of a factor beats the runner-up."""

import numpy as np


def gap_to_runner_up(scores: np.ndarray, without: np.ndarray | float, *, compat: bool) -> np.ndarray:
    """Best score less second best over dimensions, for each factor: [L, K] -> [K], at least 0.

    scores   [L, K] at least 0, higher is better
    without  [K] or one number: what no dimension at all would score, the runner-up where L = 1
    compat   with L < 2, ValueError: published code asks for a second dimension

    >>> gap_to_runner_up(np.array([[0.9, 0.2], [0.3, 0.2]]), 0.0, compat=False)
    array([0.6, 0. ])
    """
    if compat and len(scores) < 2:
        raise ValueError(f"{len(scores)} dimension has no runner-up and published code stops here; leave compat off")
    if len(scores) < 2:
        return (scores.sum(axis=0) - without).clip(min=0.0)
    ranked = np.sort(scores, axis=0)
    return ranked[-1] - ranked[-2]
