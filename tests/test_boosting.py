"""Our boosted trees are scikit-learn's: the same predictions, importances and D, C, I, but for ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_codes import CODES, FACTORS, parts
from sklearn.ensemble import GradientBoostingClassifier

from diffrep.metrics.boosting import boost
from diffrep.metrics.dci import dci, dci_scores

GENERATOR = np.random.default_rng(3)
NORMAL = GENERATOR.normal(size=(400, 5))
SUM = NORMAL[:, 0] + NORMAL[:, 1] ** 2 + 0.3 * GENERATOR.normal(size=400)
QUARTERS = np.digitize(SUM, np.quantile(SUM, [0.25, 0.5, 0.75]))
TARGETS = {
    "four classes": QUARTERS,
    "two classes": (SUM > 1).astype(int),
    "words": np.array(["a", "b", "c", "d"])[QUARTERS],
    "one row of a class": np.where(np.arange(400) == 7, 9, QUARTERS),
    "few of a class": (np.quantile(SUM, 0.98) < SUM).astype(int),
    "chance": GENERATOR.integers(3, size=400),
}
SHAPES = {
    "plain": lambda z: z,
    "heavy tails": lambda z: np.sign(z) * np.exp(3 * np.abs(z)),
    "a constant dimension": lambda z: np.insert(z, 2, 7.5, axis=1),
    "offset that float32 rounds": lambda z: z + 1000,
    "tiny": lambda z: z * 1e-5,
    "nearer than 1e-7": lambda z: z * 1e-8,
}


def reference(codes, target, rounds, seed=0):
    return GradientBoostingClassifier(n_estimators=rounds, random_state=seed).fit(codes, target)


def said(model, codes):
    raw = model.decision_function(codes)
    return raw[:, None] if raw.ndim == 1 else raw


def alike(first, second):
    """The share of rows of which two models say the same."""
    return np.isclose(first, second, rtol=1e-6, atol=1e-9).all(axis=1).mean()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("target", TARGETS)
def test_predictions_are_scikit_learns(shape, target):
    codes, truth = SHAPES[shape](NORMAL), TARGETS[target]
    ours, theirs = boost(codes, truth, seed=0, rounds=5), reference(codes, truth, 5)
    other = reference(codes, truth, 5, seed=1)  # a small leaf can be cut equally well by two dimensions
    assert alike(ours.decision(codes), said(theirs, codes)) >= alike(said(theirs, codes), said(other, codes)) - 0.1
    assert (ours.predict(codes) == theirs.predict(codes)).mean() > 0.97
    assert np.abs(ours.importance - theirs.feature_importances_).max() < 0.02


def test_without_ties_nothing_differs_at_all():
    codes = np.random.default_rng(0).normal(size=(3000, 4))
    truth = np.digitize(codes @ [1, 0.5, 0.2, 0.1] + 0.5 * np.random.default_rng(1).normal(size=3000), [-1, 0, 1])
    ours, theirs = boost(codes, truth, seed=0, rounds=10), reference(codes, truth, 10)
    np.testing.assert_allclose(ours.decision(codes), said(theirs, codes), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.importance, theirs.feature_importances_, atol=1e-12)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("rows", "near"), [(200, 0.02), (3000, 0.005)])
def test_dci_is_scikit_learns(code, rows, near):
    train, targets, test, truths = parts(CODES[code], FACTORS[:, 3:])
    train, targets = train[:rows], targets[:rows]
    ours = dci(train, targets, test, truths, seed=0, rounds=10)
    models = [reference(train, target, 10) for target in targets.T]
    expected = dci_scores(np.array([model.feature_importances_ for model in models]).T.clip(min=0.0))
    accuracy = np.mean([model.score(test, truth) for model, truth in zip(models, truths.T, strict=True)])
    assert ours["dci_disentanglement"] == pytest.approx(expected["dci_disentanglement"], abs=near)
    assert ours["dci_completeness"] == pytest.approx(expected["dci_completeness"], abs=near)
    assert ours["dci_informativeness"] == pytest.approx(accuracy, abs=near)


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 60), st.integers(1, 4), st.integers(2, 4), st.integers(0, 2**31))
def test_only_the_order_of_a_dimensions_values_counts(rows, dims, classes, seed):
    generator = np.random.default_rng(seed)
    codes, target = generator.integers(5, size=(rows, dims)), generator.integers(classes, size=rows)
    target[:2] = 0, 1
    first, second = boost(codes, target, seed=0, rounds=3), boost(codes**3 + 7, target, seed=0, rounds=3)
    assert np.array_equal(first.decision(codes), second.decision(codes**3 + 7))
    assert np.array_equal(first.importance, second.importance)
    assert first.importance.sum() == pytest.approx(float((codes != codes[0]).any()))


def test_what_no_split_can_tell_apart_is_the_most_frequent_class():
    trees = boost(np.ones((10, 3)), np.arange(10) > 6, seed=0, rounds=4)
    assert not trees.importance.any()
    assert not trees.predict(np.random.default_rng(0).normal(size=(5, 3))).any()


def test_copies_share_importance_by_the_seed():
    codes, truth = np.hstack([NORMAL, NORMAL]), QUARTERS
    first, again, other = (boost(codes, truth, seed=seed, rounds=20) for seed in (0, 0, 1))
    assert np.array_equal(first.importance, again.importance)
    assert not np.array_equal(first.importance, other.importance)
    np.testing.assert_allclose(first.predict(codes), other.predict(codes))
    together = first.importance[:5] + first.importance[5:]
    np.testing.assert_allclose(together, boost(NORMAL, truth, seed=0, rounds=20).importance, atol=0.02)
    assert (first.importance[:2] / together[:2] > 0.3).all()
    assert (first.importance[:2] / together[:2] < 0.7).all()


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="the target has the one class 4: there is nothing to tell apart"):
        boost(NORMAL, np.full(400, 4), seed=0)
