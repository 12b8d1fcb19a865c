"""Gradient boosted trees for classes, with impurity importances: the predictor that published DCI scores rest on.

Friedman 2001, "Greedy function approximation: a gradient boosting machine", algorithms 5 and 6, section 8.1.
The definition is that of scikit-learn's `GradientBoostingClassifier()`, about twenty times as fast
(tests/benchmarks/boosting.py) and with nothing random. Where splits are equal scikit-learn draws one. Here the lowest
dimension is asked, so that the same rows give the same trees, and the gain is shared among all dimensions that tie:
of a code told twice, each copy is half as important. Importances that are drawn are so on average only, and what is
measured of them is not: completeness of uneven halves is above that of even ones. A generator makes the draws here too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, softmax

from diffrep.metrics.numerics.trees import LEAVES, NODES, add_up, grow, sort_features

RATE = 0.1


@dataclass(frozen=True)
class Boosted:
    """Fitted trees: K scores a row, or with two classes one score, the second's log odds.

    importances  [L] share of the sum of squares that splits on each dimension took away, sum 1; all 0 without a split
    fitted       [n] predicted class of each training row
    """

    classes: np.ndarray  # [classes], sorted
    prior: np.ndarray  # [K] score before any tree
    features: np.ndarray  # [rounds, K, 7]
    thresholds: np.ndarray  # [rounds, K, 7]
    steps: np.ndarray  # [rounds, K, 8], the rate included
    importances: np.ndarray
    fitted: np.ndarray

    def scores(self, codes: np.ndarray) -> np.ndarray:
        """Log probabilities up to a constant a row, or log odds of the second of two classes: [n, L] -> [n, K]."""
        codes = _single(codes)
        if codes.shape[1] != len(self.importances):
            raise ValueError(f"codes have {codes.shape[1]} columns; the trees were fitted on {len(self.importances)}")
        scores = np.tile(self.prior, (len(codes), 1))
        add_up(codes, self.features, self.thresholds, self.steps, scores)
        return scores

    def predict(self, codes: np.ndarray) -> np.ndarray:
        """The likeliest class of each row, the lowest of equals but the second of two: [n, L] -> [n]."""
        return _named(self.classes, self.scores(codes).T)


def fit(
    codes: np.ndarray, target: np.ndarray, *, rounds: int = 100, generator: np.random.Generator | None = None
) -> Boosted:
    """Gradient boosted trees that tell a row's class from its code: depth 3, rate 0.1, one tree a class and round.

    codes      [n, L] float, finite in float32, which they are rounded to
    target     [n] int: each row's class, two or more different ones
    generator  draws which of equal splits is made, as scikit-learn does; without it nothing is drawn
    returns    what was fitted: its `predict`, `scores`, `importances` and `fitted`, the predictions for `codes`

    Two classes share one tree a round. Takes about 10 ns n L for each of the rounds K trees, on one thread, and some
    seconds more at the first call on a machine (boosted_trees.py); memory 12 n L bytes.
    ValueError for codes that overflow float32, for numbers of rows that differ and for fewer than two classes.

    >>> model = fit(np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]]), np.array([7, 7, 9]), rounds=20)
    >>> model.predict(np.array([[0.4, 5.0], [1.6, 5.0]])).tolist(), model.importances.tolist()
    ([7, 9], [1.0, 0.0])
    """
    codes = _single(codes)
    classes, label = np.unique(target, return_inverse=True)
    if len(codes) != len(label):
        raise ValueError(f"codes have {len(codes)} rows and the target {len(label)}; give the same rows of both")
    if len(classes) < 2:
        raise ValueError(f"the target has {len(classes)} classes; there is nothing to tell apart below 2")
    ordered = sort_features(codes)
    one_hot = (label == np.arange(len(classes))[:, None]).astype(float)
    truth = one_hot[1:] if len(classes) == 2 else one_hot
    prior = _prior(truth.mean(axis=1))
    shape = rounds, len(prior)
    features, thresholds = np.empty((*shape, NODES), np.int64), np.empty((*shape, NODES))
    steps, gains = np.empty((*shape, LEAVES)), np.zeros(codes.shape[1])
    scores = np.tile(prior[:, None], len(codes))
    scale = RATE * (1.0 if len(prior) == 1 else 1.0 - 1.0 / len(prior))  # Friedman's (K - 1) / K
    undrawn = np.empty((0, codes.shape[1]))
    for i in range(rounds):
        for k, residual in enumerate(_residuals(truth, scores)):
            draws = undrawn if generator is None else generator.random((NODES, codes.shape[1]))
            tree = grow(ordered, residual, draws)
            features[i, k], thresholds[i, k], steps[i, k] = tree.features, tree.thresholds, scale * tree.steps
            gains += tree.gains
            scores[k] += steps[i, k][tree.leaf]
    importances = gains / gains.sum() if gains.any() else gains
    return Boosted(classes, prior, features, thresholds, steps, importances, _named(classes, scores))


def _single(codes: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        single = np.ascontiguousarray(codes, dtype=np.float32)
    if single.ndim != 2 or not single.shape[1] or not np.isfinite(single).all():
        raise ValueError(f"codes of shape {single.shape} must be [n, L] with L at least 1, and finite in float32")
    return single


def _prior(shares: np.ndarray) -> np.ndarray:
    """Scores that give each class its share of the training rows, of mean 0 but for two classes: [K] -> [K]."""
    if len(shares) == 1:
        return logit(shares)
    return np.log(shares) - np.log(shares).mean()


def _residuals(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """By how much each class's probability falls short of the truth: [K, n] -> [K, n]."""
    return truth - (expit(scores) if len(scores) == 1 else softmax(scores, axis=0))


def _named(classes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Class of the highest score: [K, n] -> [n]."""
    return classes[(scores[0] >= 0).astype(int) if len(scores) == 1 else scores.argmax(axis=0)]
