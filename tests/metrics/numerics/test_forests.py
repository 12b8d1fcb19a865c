"""One forest read at many depths is many forests."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, parts
from sklearn.ensemble import RandomForestClassifier

from diffrep.metrics.numerics.forests import accuracy_by_depth

DEPTHS = (1, 2, 4, 7, 20)


def forest(depth, max_features=None):
    return RandomForestClassifier(10, max_depth=depth, max_features=max_features, random_state=0)


@pytest.mark.parametrize("code", ["noisy", "tangled"])
def test_as_if_each_depth_had_its_own_fit(code):
    train, target, test, truth = parts(CODES[code], FACTORS[:, 4])
    ours = accuracy_by_depth(forest(20).fit(train, target), DEPTHS, test, truth)
    own = [forest(depth).fit(train, target).score(test, truth) for depth in DEPTHS]
    np.testing.assert_allclose(ours[:3], own[:3], atol=1e-12)
    np.testing.assert_allclose(ours, own, atol=0.02)  # deeper, two dimensions may part a few rows equally well


@pytest.mark.parametrize("max_features", [None, "sqrt"])
def test_the_last_depth_is_the_forest_itself(max_features):
    train, target, test, truth = parts(CODES["tangled"], FACTORS[:, 0])
    fitted = forest(9, max_features).fit(train, target)
    assert accuracy_by_depth(fitted, [9], test, truth)[0] == fitted.score(test, truth)


def test_one_dimension_is_enough():
    codes, labels = FACTORS[:, 3:4].astype(float), FACTORS[:, 3]
    own = [forest(depth).fit(codes, labels).score(codes, labels) for depth in (1, 8)]
    assert accuracy_by_depth(forest(8).fit(codes, labels), [1, 8], codes, labels).tolist() == own
