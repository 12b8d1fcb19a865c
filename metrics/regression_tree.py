"""One regression tree of depth 3 with exact splits, grown level by level on dimensions that were sorted beforehand.

Breiman et al. 1984, "Classification and regression trees", chapter 8; ties and thresholds as in scikit-learn's
DecisionTreeRegressor. Compiled by numba in the first call, for some seconds.
"""

import numpy as np

from diffrep.metrics.compiled import compiled

DEPTH = 3
INNER = 2**DEPTH - 1  # places that can be split; place i has the children 2i + 1 and 2i + 2, and 0 is the root
PLACES = 2 ** (DEPTH + 1) - 1
TIE = 1e-7  # values this near are not told apart
LEAST_IMPURITY = np.finfo(np.float64).eps


@compiled
def grow(
    order: np.ndarray,
    values: np.ndarray,
    target: np.ndarray,
    dimension: np.ndarray,
    threshold: np.ndarray,
    taken: np.ndarray,
    generator: np.random.Generator,
) -> np.ndarray:
    """Grow a tree into the last three arrays, and say at which leaf each row ends.

    order      [L, n] rows in the order of each dimension
    values     [L, n] float32 codes
    target     [n] what the tree tells
    dimension  [7], filled: which dimension each place asks; -1, as it comes, where it is a leaf
    threshold  [7], filled: rows with at most this value go left
    taken      [L], added to: squared error that each dimension's splits took away, over n
    generator  decides between dimensions that split equally well
    returns    [n] the place of each row
    """
    rows = order.copy()  # those of a place stand side by side, still in order
    place = np.zeros(len(target), dtype=np.int64)
    begin, end = np.zeros(PLACES, dtype=np.int64), np.zeros(PLACES, dtype=np.int64)
    end[0] = len(target)
    for node in range(INNER):
        mine = rows[:, begin[node] : end[node]]
        size = mine.shape[1]
        total = squares = 0.0
        for row in mine[0]:
            total += target[row]
            squares += target[row] ** 2
        if size < 2 or squares / size - (total / size) ** 2 <= LEAST_IMPURITY:
            continue
        best, ties = -np.inf, 0
        for d in range(len(values)):
            gain, cut = _best_cut(mine[d], values[d], target, total)
            if gain < best or gain == -np.inf:
                continue
            ties = ties + 1 if gain == best else 1
            if generator.random() * ties < 1.0:
                best, dimension[node], threshold[node] = gain, d, cut
        if ties == 0:
            continue
        taken[dimension[node]] += (best - total**2 / size) / len(target)
        for row in mine[0]:
            place[row] = 2 * node + 1 + (values[dimension[node], row] > threshold[node])
        if 2 * node + 1 >= INNER:
            continue
        middle = begin[node] + _part(mine, place, 2 * node + 1)
        begin[2 * node + 1], end[2 * node + 1] = begin[node], middle
        begin[2 * node + 2], end[2 * node + 2] = middle, end[node]
    return place


@compiled
def _best_cut(rows: np.ndarray, values: np.ndarray, target: np.ndarray, total: float) -> tuple[float, float]:
    """The best cut of rows [m] in the order of `values`: sum^2 / size of both sides, and the threshold.

    The lowest of equals; minus infinity where all values are one.
    """
    best, cut, left, last = -np.inf, 0.0, 0.0, values[rows[0]]
    for i in range(len(rows)):
        value = values[rows[i]]
        if value > last + TIE:
            gain = left**2 / i + (total - left) ** 2 / (len(rows) - i)
            if gain > best:
                middle = last / 2.0 + value / 2.0
                best, cut = gain, middle if middle < value else last
        left += target[rows[i]]
        last = value
    return best, cut


@compiled
def _part(rows: np.ndarray, place: np.ndarray, left: int) -> int:
    """Put the rows at place `left` before the others in every line of `rows` [L, m]; how many they are."""
    others = np.empty(rows.shape[1], dtype=rows.dtype)
    count = 0
    for line in rows:
        count = 0
        for i in range(len(line)):
            goes = place[line[i]] == left
            others[i - count] = line[i]
            line[count] = line[i]
            count += goes
        line[count:] = others[: len(line) - count]
    return count


@compiled
def fall(values: np.ndarray, dimension: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """The leaf at which each row of float32 codes [L, n] ends: [n]."""
    place = np.zeros(values.shape[1], dtype=np.int64)
    for row in range(len(place)):
        while place[row] < INNER and dimension[place[row]] >= 0:
            node = place[row]
            place[row] = 2 * node + 1 + (values[dimension[node], row] > threshold[node])
    return place
