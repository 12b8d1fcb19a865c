"""Does a path of decodes between two images lead to the second one steadily and straight?

A path is a case: decodes at a few alpha from 0 (image a) to 1 (image b). The scores are this suite's own, not those of
any method's paper.
"""

import numpy as np
from scipy.stats import rankdata

from diffrep.metrics.measured import Measured

STILL = "no path moves"
ROUNDING = 1e-3  # by so much lengths of float32 features may seem to break the triangle inequality


def monotonicity(logits: np.ndarray) -> Measured:
    """Whether b's value gets likelier with every step: Spearman's rank correlation of alpha with the target log-odds.

    logits   [m, steps] float: along each path, alpha rising, the oracle's log-odds of b's value against a's; 2 steps or
             more
    returns  monotonicity in [-1, 1]: mean over paths, higher is better; 1 where every step gains, 0 by chance, -1 where
             every step loses. Steps that are equal share their rank
             constant_paths: how many paths never change; they tell nothing and are left out
    arrays   monotonicity [m], nan for constant paths

    nan where every path is constant. ValueError for other shapes or values that are not finite.

    >>> found = monotonicity(np.array([[-3.0, -1.0, 0.0, 4.0], [4.0, 0.0, -1.0, -3.0], [2.0, 2.0, 2.0, 2.0]]))
    >>> found["monotonicity"], found["constant_paths"]
    (0.0, 1.0)
    """
    logits = _checked("logits", logits, least=2)
    ranks = rankdata(logits, axis=1) - (logits.shape[1] + 1) / 2  # centred
    alpha = np.arange(logits.shape[1]) - (logits.shape[1] - 1) / 2
    spread = np.sqrt((ranks**2).sum(1) * (alpha**2).sum())
    correlation = np.divide(ranks @ alpha, spread, out=np.full(len(logits), np.nan), where=spread > 0)
    return _mean("monotonicity", correlation)


def smoothness(ends: np.ndarray, steps: np.ndarray) -> Measured:
    """How direct each path is: the distance of its ends over the way that it takes.

    ends     [m] float, at least 0: distance of the first decode of each path from the last
    steps    [m, s] float, at least 0: distance of each decode from the next. Both by a distance for which no detour is
             shorter than the direct way, as `perceptual_length`; `perceptual_distance` and LPIPS are squares, and no
             such distances
    returns  smoothness in [0, 1]: mean over paths of ends / sum of steps, higher is better; 1 is straight, 1 / s a path
             that strays at every step as far as its ends are apart, 0 one that comes back to where it began
             constant_paths: how many paths never move; they tell nothing and are left out
    arrays   smoothness [m], nan for constant paths

    nan where no path moves. ValueError for other shapes, negative values or values that are not finite, and for ends
    farther apart than all steps together.

    >>> smoothness(np.array([2.0, 1.0]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    {'smoothness': 0.75, 'constant_paths': 0.0}
    """
    steps = _checked("steps", steps, least=1)
    ends = np.asarray(ends, dtype=np.float64)
    if ends.shape != steps.shape[:1] or not np.isfinite(ends).all() or min(ends.min(), steps.min()) < 0:
        raise ValueError(f"ends {ends.shape} and steps {steps.shape}: give [m] and [m, s], finite and at least 0")
    way = steps.sum(1)
    if (ends > way * (1 + ROUNDING) + ROUNDING).any():
        raise ValueError(
            "ends are farther apart than all steps together: give lengths, as perceptual_length, not squares"
        )
    direct = np.divide(np.minimum(ends, way), way, out=np.full(len(way), np.nan), where=way > 0)
    return _mean("smoothness", direct)


def _mean(name: str, values: np.ndarray) -> Measured:
    """Over the paths that move, with how many do not."""
    moving = ~np.isnan(values)
    mean = values[moving].mean() if moving.any() else np.nan
    return Measured({name: mean, "constant_paths": (~moving).sum()}, reasons={name: STILL}, arrays={name: values})


def _checked(name: str, values: np.ndarray, *, least: int) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 2 or not len(values) or values.shape[1] < least or not np.isfinite(values).all():
        raise ValueError(f"{name} {values.shape}: give [paths, {least} or more] for at least one path, all finite")
    return values
