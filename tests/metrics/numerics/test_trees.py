"""One regression tree against scikit-learn's; many of them: test_boosting.py."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from diffrep.metrics.numerics.trees import DEPTH, LEAVES, NODES, add_up, grow, sort_features

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(200, 3)).astype(np.float32)
UNDRAWN = np.empty((0, 3))
RESIDUAL = np.where(CODES[:, 0] + CODES[:, 1] ** 2 > 0.5, 0.4, -0.3) + 0.1 * GENERATOR.normal(size=200)


@pytest.fixture(scope="module")
def tree():
    return grow(sort_features(CODES), RESIDUAL, UNDRAWN)


@pytest.fixture(scope="module")
def theirs():
    return DecisionTreeRegressor(max_depth=DEPTH).fit(CODES, RESIDUAL)


def test_sorted_features_keep_their_rows():
    found = sort_features(CODES)
    assert (np.diff(found.values, axis=1) >= 0).all()
    assert (np.take_along_axis(found.columns, found.order, axis=1) == found.values).all()


def test_leaves_are_scikit_learns(tree, theirs):
    leaf = theirs.apply(CODES)
    assert len(np.unique(leaf)) == len(np.unique(tree.leaf)) <= LEAVES
    assert len(np.unique(leaf * 100 + tree.leaf)) == len(np.unique(leaf))


def test_the_first_split_is_scikit_learns(tree, theirs):
    assert tree.features[0] == theirs.tree_.feature[0]
    assert tree.thresholds[0] == pytest.approx(theirs.tree_.threshold[0])
    assert (len(tree.features), len(tree.steps)) == (NODES, LEAVES)


def test_gains_are_scikit_learns(tree, theirs):
    assert tree.gains / tree.gains.sum() == pytest.approx(theirs.feature_importances_)


def test_steps_are_newtons(tree):
    for leaf in np.unique(tree.leaf):
        own = RESIDUAL[tree.leaf == leaf]
        expected = own.sum() / (np.abs(own) * (1 - np.abs(own))).sum()
        assert tree.steps[leaf] == pytest.approx(expected)


def test_a_tree_says_of_its_own_rows_what_their_leaves_say(tree):
    scores = np.zeros((len(CODES), 1))
    parts = (part.reshape(1, 1, -1) for part in (tree.features, tree.thresholds, tree.steps))
    add_up(CODES, *parts, scores)
    assert scores[:, 0] == pytest.approx(tree.steps[tree.leaf])


def test_of_equal_columns_the_first_is_asked_and_all_share_the_gain():
    tree = grow(sort_features(CODES[:, [1, 0, 0]]), RESIDUAL, UNDRAWN)
    assert 2 not in tree.features[np.isfinite(tree.thresholds)]
    assert tree.gains[1] == pytest.approx(tree.gains[2])


@pytest.mark.parametrize("least", [1, 2])
def test_of_equal_columns_the_least_drawn_is_asked_and_has_the_gain(least):
    draws = np.ones((NODES, 3))
    draws[:, least] = 0
    tree, shared = (grow(sort_features(CODES[:, [1, 0, 0]]), RESIDUAL, each) for each in (draws, UNDRAWN))
    assert 3 - least not in tree.features[np.isfinite(tree.thresholds)]
    assert tree.gains[3 - least] == 0
    assert tree.gains[least] == pytest.approx(2 * shared.gains[1])
    np.testing.assert_array_equal(tree.leaf, shared.leaf)


def test_draws_do_not_touch_what_is_not_equal():
    drawn = grow(sort_features(CODES), RESIDUAL, GENERATOR.random((NODES, 3)))
    plain = grow(sort_features(CODES), RESIDUAL, UNDRAWN)
    np.testing.assert_array_equal(drawn.features, plain.features)
    np.testing.assert_allclose(drawn.gains, plain.gains)


def test_what_is_alike_is_not_split():
    tree = grow(sort_features(CODES), np.full(200, 0.25), UNDRAWN)
    assert np.isinf(tree.thresholds).all()
    assert not tree.gains.any()
