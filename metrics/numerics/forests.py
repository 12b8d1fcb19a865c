"""A random forest read at any depth: a tree cut at depth d is the tree that stops growing at d."""

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import RandomForestClassifier


def accuracy_by_depth(
    forest: RandomForestClassifier, depths: Sequence[int], codes: np.ndarray, truth: np.ndarray
) -> np.ndarray:
    """Accuracy of a fitted forest as if its trees had stopped at each depth.

    depths   ascending, at most the depth that the forest was grown to
    codes    [n, L] float; compared as float32, as scikit-learn's trees do
    truth    [n] labels
    returns  [depths] in [0, 1], higher is better

    One fit stands for many: splits do not look at the depth that trees may reach, so only ties differ from fits of
    their own. Trees vote by their shares of training rows, as in the forest's own `predict`.

    >>> codes, labels = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.arange(4)
    >>> forest = RandomForestClassifier(1, max_features=None, bootstrap=False, random_state=0).fit(codes, labels)
    >>> accuracy_by_depth(forest, [1, 2], codes, labels).tolist()
    [0.5, 1.0]
    """
    values, rows = codes.astype(np.float32), np.arange(len(codes))
    votes = np.zeros((len(depths), len(codes), len(forest.classes_)))
    for tree in (member.tree_ for member in forest.estimators_):
        node = np.zeros(len(codes), dtype=np.int64)
        for depth in range(1, depths[-1] + 1):
            left = values[rows, tree.feature[node].clip(min=0)] <= tree.threshold[node]  # a leaf's feature is negative
            child = np.where(left, tree.children_left[node], tree.children_right[node])
            node = np.where(child < 0, node, child)
            if depth in depths:
                votes[depths.index(depth)] += tree.value[node, 0]
    return (forest.classes_[votes.argmax(axis=2)] == truth).mean(axis=1)
