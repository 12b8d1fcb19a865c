"""Regression trees of depth 3 for gradient boosting, exact and compiled: every feature is sorted once for all trees.

A tree is kept whole, as 7 splits and 8 leaves. Split i sends a row to 2 i + 1 where its value is at most the threshold
and to 2 i + 2 otherwise; what is not worth a split sends every row left, its threshold is infinity.

The first call on a machine compiles for a few seconds; later ones, in other processes too, read what was compiled.
"""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.numerics.machine_code import compiled

DEPTH = 3
NODES, LEAVES = 2**DEPTH - 1, 2**DEPTH
SAME = np.float32(1e-7)  # values no further apart are one value, as scikit-learn has it
TIE = 1e-10  # gains that differ by no more of their size differ by rounding
PURE = np.finfo(np.float64).eps  # a node whose residuals vary less is not split


class Sorted(NamedTuple):
    """Every feature sorted once."""

    columns: np.ndarray  # [L, n] float32, as given
    order: np.ndarray  # [L, n] int32, the row of each rank
    values: np.ndarray  # [L, n] float32, by rank


class Tree(NamedTuple):
    """One tree, and what it made of the rows it was grown on."""

    features: np.ndarray  # [7] which column is asked
    thresholds: np.ndarray  # [7] float64, infinity where all rows go left
    steps: np.ndarray  # [8] what a leaf adds to the score
    gains: np.ndarray  # [L] by how much splits on each feature lower the sum of squares
    leaf: np.ndarray  # [n] leaf of each row


def sort_features(codes: np.ndarray) -> Sorted:
    """[n, L] float32 -> the same values by feature, and in order.

    >>> sort_features(np.array([[3.0], [1.0], [2.0]], dtype=np.float32)).order
    array([[1, 2, 0]], dtype=int32)
    """
    columns = np.ascontiguousarray(codes.T)
    order = np.argsort(columns, axis=1, kind="stable").astype(np.int32)
    return Sorted(columns, order, np.take_along_axis(columns, order, axis=1))


@compiled
def grow(features: Sorted, residual: np.ndarray, draws: np.ndarray) -> Tree:
    """The tree of least squares on the residuals [n], grown greedily, with one Newton step of the log loss a leaf.

    draws  [7, L] of every split and dimension, for splits that are equal up to rounding: the dimension with the least
           is asked, at its lowest threshold, and has all the gain; [0, L]: the lowest is asked, and all of them share
           the gain

    Friedman 2001, "Greedy function approximation: a gradient boosting machine", algorithm 5.

    >>> features = sort_features(np.array([[0.0, 7.0], [1.0, 7.0], [2.0, 7.0]], dtype=np.float32))
    >>> tree = grow(features, np.array([-0.5, -0.5, 0.5]), np.empty((0, 2)))
    >>> float(tree.thresholds[0]), tree.gains.round(3).tolist(), tree.steps[tree.leaf].tolist()
    (1.5, [0.667, 0.0], [-2.0, -2.0, 2.0])
    """
    tree = Tree(
        np.zeros(NODES, np.int64),
        np.full(NODES, np.inf),
        np.zeros(LEAVES),
        np.zeros(len(features.order)),
        np.zeros(len(residual), np.uint8),
    )
    for depth in range(DEPTH):
        nodes = slice(2**depth - 1, 2 ** (depth + 1) - 1)
        asked, thresholds = tree.features[nodes], tree.thresholds[nodes]
        _split(features, residual, tree.leaf, draws[nodes], asked, thresholds, tree.gains)
        for row in range(len(residual)):
            node = tree.leaf[row]
            tree.leaf[row] = 2 * node + (features.columns[asked[node], row] > thresholds[node])
    _newton(residual, tree.leaf, tree.steps)
    return tree


@compiled
def _split(
    features: Sorted,
    residual: np.ndarray,
    node_of: np.ndarray,
    draws: np.ndarray,
    asked: np.ndarray,
    thresholds: np.ndarray,
    gains: np.ndarray,
) -> None:
    """Find every node's best split in one walk along each feature, all nodes of a depth side by side.

    With m of a node's N rows to the left, and s of the sum T of residuals, a split lowers the sum of squares by
    (N s - m T)^2 / (N m (N - m)).
    """
    count, total, best = _nodes(residual, node_of, len(asked))
    floor, bar, cut = best.copy(), best.copy(), np.empty(len(best))
    peak = np.full((len(features.order), len(best)), -np.inf)
    left, seen, last = np.empty(len(best)), np.empty(len(best)), np.empty(len(best), np.float32)
    for j in range(len(peak)):
        left[:] = 0.0
        seen[:] = 0.0
        bar[:] = floor
        for rank in range(len(residual)):
            row, value = features.order[j, rank], features.values[j, rank]
            node = node_of[row]
            apart = count[node] * left[node] - seen[node] * total[node]
            sizes = seen[node] * (count[node] - seen[node])
            if apart * apart > bar[node] * sizes and value > last[node] + SAME:
                peak[j, node] = apart * apart / sizes
                bar[node] = peak[j, node] * (1 + TIE)
                cut[node] = np.float64(last[node]) / 2 + np.float64(value) / 2
            left[node] += residual[row]
            seen[node] += 1
            last[node] = value
        for node in range(len(best)):
            if peak[j, node] > best[node] * (1 + TIE):
                best[node], asked[node], thresholds[node] = peak[j, node], j, cut[node]
                floor[node] = best[node] * (1 - TIE)
            elif len(draws) and -np.inf < floor[node] <= peak[j, node] and draws[node, j] < draws[node, asked[node]]:
                asked[node], thresholds[node] = j, cut[node]
    for node in range(len(best)):
        if thresholds[node] < np.inf and len(draws):
            gains[asked[node]] += best[node] / count[node]
        elif thresholds[node] < np.inf:
            equal = 0
            for j in range(len(peak)):
                equal += peak[j, node] >= floor[node]
            for j in range(len(peak)):
                if peak[j, node] >= floor[node]:
                    gains[j] += best[node] / count[node] / equal


@compiled
def _nodes(residual: np.ndarray, node_of: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and sum of residuals of each node, and what a split has to beat: infinity where none is to be made."""
    count, total, square = np.zeros(width), np.zeros(width), np.zeros(width)
    for row in range(len(residual)):
        node = node_of[row]
        count[node] += 1
        total[node] += residual[row]
        square[node] += residual[row] ** 2
    best = np.full(width, -np.inf)  # a split that gains nothing is one too
    for node in range(width):
        if count[node] < 2 or square[node] / count[node] - (total[node] / count[node]) ** 2 <= PURE:
            best[node] = np.inf
    return count, total, best


@compiled
def _newton(residual: np.ndarray, leaf: np.ndarray, steps: np.ndarray) -> None:
    """Each leaf's sum of residuals over its sum of curvatures p (1 - p), which is |r| (1 - |r|) for r = y - p."""
    curvature = np.zeros(LEAVES)
    for row in range(len(residual)):
        size = abs(residual[row])
        steps[leaf[row]] += residual[row]
        curvature[leaf[row]] += size * (1 - size)
    for i in range(LEAVES):
        steps[i] = steps[i] / curvature[i] if curvature[i] > 1e-150 else 0.0


@compiled
def add_up(
    codes: np.ndarray, features: np.ndarray, thresholds: np.ndarray, steps: np.ndarray, scores: np.ndarray
) -> None:
    """Add what every tree says of each row: [n, L] float32, [trees, K, 7], the same, [trees, K, 8] -> [n, K].

    >>> features = sort_features(np.array([[0.0], [1.0]], dtype=np.float32))
    >>> grown = grow(features, np.array([-0.5, 0.5]), np.empty((0, 1)))
    >>> scores, one = np.zeros((2, 1)), (1, 1, -1)
    >>> trees = (part.reshape(one) for part in (grown.features, grown.thresholds, grown.steps))
    >>> add_up(np.array([[-9.0], [9.0]], dtype=np.float32), *trees, scores)
    >>> scores.ravel().tolist()
    [-2.0, 2.0]
    """
    for row in range(len(codes)):
        for i in range(features.shape[0]):
            for k in range(features.shape[1]):
                node = 0
                while node < NODES:
                    node = 2 * node + 1 + (codes[row, features[i, k, node]] > thresholds[i, k, node])
                scores[row, k] += steps[i, k, node - NODES]
