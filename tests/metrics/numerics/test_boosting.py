"""Boosted trees against scikit-learn's, whose definition they share, and what only ours promise."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax
from sklearn.ensemble import GradientBoostingClassifier

from diffrep.metrics.disentanglement.dci import dci, dci_scores
from diffrep.metrics.numerics.boosting import fit

GENERATOR = np.random.default_rng(0)
TARGET = GENERATOR.integers(0, 5, size=300)
NOISE = GENERATOR.normal(size=(300, 4))
CODES = NOISE + TARGET[:, None] * np.array([0.7, -0.3, 0.1, 0.0])

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)

CASES = {
    "five classes": (CODES, TARGET),
    "two classes": (CODES, TARGET // 3),
    "classes by any name": (CODES, TARGET * 7 - 11),
    "integers": (CODES.round(), TARGET),
    "many integers": ((4 * CODES).round(), TARGET),
    "each column twice": (np.hstack([CODES[:, :2], CODES[:, :2]]), TARGET),
    "a constant column": (np.insert(CODES, 1, 3.0, axis=1), TARGET),
    "one column": (CODES[:, :1], TARGET),
    "rare classes": (CODES, np.minimum(GENERATOR.geometric(0.6, size=300), 4)),
    "a class of one row": (CODES, np.where(np.arange(300) == 7, 9, TARGET)),
    "few rows": (CODES[:12], TARGET[:12]),
    "heavy tails": (np.sign(CODES) * np.exp(3 * abs(CODES)), TARGET),
    "values that collide in float32": (1000 + 1e-3 * CODES, TARGET),
    "noise": (NOISE, TARGET),
    "the target itself": (np.column_stack([TARGET, NOISE.round()[:, 0]]), TARGET),
}


LONG = ("two classes", "few rows", "the target itself")  # where a hundred rounds are quick, or leave nothing to learn


def deviance(scores, target):
    """Mean log loss of scores [n, K] or log odds [n]."""
    scores = scores.reshape(len(target), -1)
    if scores.shape[1] == 1:
        scores = np.hstack([np.zeros_like(scores), scores])
    label = np.unique(target, return_inverse=True)[1]
    return -log_softmax(scores, axis=1)[np.arange(len(label)), label].mean()


@pytest.fixture(scope="module", params=CASES)
def case(request):
    codes, target = CASES[request.param]
    rounds = 100 if request.param in LONG else 30
    return codes, target, GradientBoostingClassifier(n_estimators=rounds, random_state=0).fit(codes, target)


@pytest.mark.parametrize("rounds", [1, 2, 10, "all"])
def test_training_is_scikit_learns_in_every_round(case, rounds):
    codes, target, theirs = case
    rounds = theirs.n_estimators if rounds == "all" else rounds
    staged = next(s for i, s in enumerate(theirs.staged_decision_function(codes), 1) if i == rounds)
    ours = fit(codes, target, rounds=rounds)
    assert deviance(ours.scores(codes), target) == pytest.approx(deviance(staged, target), rel=1e-6)


def test_training_predictions_and_importances_are_scikit_learns(case):
    codes, target, theirs = case
    ours = fit(codes, target, rounds=theirs.n_estimators)
    np.testing.assert_array_equal(ours.fitted, theirs.predict(codes))
    np.testing.assert_allclose(ours.importances, theirs.feature_importances_, atol=0.02)  # ties: theirs are drawn


def test_there_are_as_many_rounds_as_scikit_learn_has():
    assert inspect.signature(fit).parameters["rounds"].default == GradientBoostingClassifier().n_estimators


@pytest.mark.parametrize("cuts", [1, 3])
def test_scores_of_new_rows_are_scikit_learns_without_ties(cuts):
    codes = GENERATOR.normal(size=(3000, 2))
    target = np.digitize(codes @ [1.0, 0.5] + GENERATOR.normal(size=3000), np.linspace(-1, 1, cuts))
    theirs = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(codes[:2000], target[:2000])
    ours = fit(codes[:2000], target[:2000], rounds=5)
    expected = theirs.decision_function(codes[2000:]).reshape(1000, -1)
    np.testing.assert_allclose(ours.scores(codes[2000:]), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(ours.predict(codes[2000:]), theirs.predict(codes[2000:]))


@pytest.mark.parametrize("code", ["aligned", "mixed", "noise", "told twice", "integers"])
def test_dci_is_what_scikit_learns_trees_give(code):
    factors = GENERATOR.integers(0, 3, size=(1500, 3))
    noisy = factors + 0.4 * GENERATOR.normal(size=factors.shape)
    codes = {
        "aligned": noisy,
        "mixed": noisy @ GENERATOR.normal(size=(3, 4)),
        "noise": GENERATOR.normal(size=(1500, 4)),
        "told twice": np.hstack([noisy, noisy]),
        "integers": (2 * noisy).round(),
    }[code]
    train, test = (codes[:1000], factors[:1000]), (codes[1000:], factors[1000:])
    models = [GradientBoostingClassifier(n_estimators=30, random_state=0).fit(train[0], y) for y in train[1].T]
    importance = np.array([model.feature_importances_ for model in models]).T.clip(min=0.0)
    accuracy = np.mean([model.score(test[0], y) for model, y in zip(models, test[1].T, strict=True)])
    ours = list(dci(*train, *test, rounds=30).values())[:3]
    apart = 0.03 if code == "told twice" else 0.005  # theirs draws between the copies
    assert ours == pytest.approx([*dci_scores(importance).values(), accuracy], abs=apart)


@settings(max_examples=50, deadline=None)
@given(
    arrays(
        np.float64, (20, 3), elements=st.integers(-3, 3) | st.floats(width=32, allow_nan=False, allow_infinity=False)
    ),
    arrays(np.int64, 20, elements=st.integers(0, 2)).filter(lambda target: len(np.unique(target)) > 1),
)
def test_whatever_the_codes(codes, target):
    model = fit(codes, target, rounds=5)
    np.testing.assert_array_equal(model.predict(codes), model.fitted)
    assert model.importances.sum() == pytest.approx(1.0) or not model.importances.any()
    assert (model.importances >= 0).all()
    assert deviance(model.scores(codes), target) <= deviance(np.tile(model.prior, (20, 1)), target) + 1e-12


def test_the_same_rows_give_the_same_bits():
    first, second = fit(CODES, TARGET, rounds=10), fit(CODES, TARGET, rounds=10)
    assert first.scores(CODES).tobytes() == second.scores(CODES).tobytes()
    assert first.importances.tobytes() == second.importances.tobytes()


def test_equal_splits_ask_the_lowest_dimension_and_share_the_gain():
    once, twice = fit(CODES[:, :2], TARGET), fit(np.hstack([CODES[:, :2], CODES[:, :2]]), TARGET)
    assert set(np.unique(twice.features)) == {0, 1}
    np.testing.assert_array_equal(once.scores(CODES[:, :2]), twice.scores(np.hstack([CODES[:, :2], CODES[:, :2]])))
    np.testing.assert_allclose(twice.importances, np.tile(once.importances, 2) / 2)


def test_importances_follow_their_dimensions():
    np.testing.assert_allclose(fit(CODES[:, ::-1], TARGET).importances[::-1], fit(CODES, TARGET).importances, atol=0.01)


@pytest.mark.parametrize("target", [TARGET, TARGET // 4])
def test_codes_that_say_nothing_leave_the_prior(target):
    model = fit(np.ones((300, 3)), target, rounds=5)
    assert model.importances.tolist() == [0.0, 0.0, 0.0]
    assert (model.predict(NOISE[:, :3]) == np.bincount(target).argmax()).all()


def test_values_closer_than_float32_tells_are_one_value():
    assert not fit(5 + 1e-9 * CODES, TARGET, rounds=2).importances.any()


@pytest.mark.parametrize(
    ("codes", "target", "why"),
    [
        (np.full((4, 1), 1e300), [0, 1, 0, 1], "finite in float32"),
        (np.full((4, 1), np.nan), [0, 1, 0, 1], "finite in float32"),
        (np.ones(4), [0, 1, 0, 1], "must be"),
        (np.ones((4, 0)), [0, 1, 0, 1], "L at least 1"),
        (np.ones((4, 1)), [3, 3, 3, 3], "nothing to tell apart"),
        (np.ones((4, 1)), [0, 1, 0], "4 rows and the target 3"),
    ],
)
def test_what_cannot_be_fitted_is_refused(codes, target, why):
    with pytest.raises(ValueError, match=why):
        fit(codes, np.asarray(target))


def test_codes_of_other_columns_are_refused():
    with pytest.raises(ValueError, match="codes have 2 columns; the trees were fitted on 4"):
        fit(CODES, TARGET, rounds=1).predict(CODES[:, :2])


def test_a_dimension_that_is_constant_counts_in_compat_alone():
    codes = np.insert(CODES, 1, 3.0, axis=1)
    factors = np.column_stack([TARGET, TARGET // 2])
    parts = codes[:200], factors[:200], codes[200:], factors[200:]
    left_out, kept = dci(*parts, rounds=5), dci(*parts, rounds=5, compat=True)
    assert np.isnan(left_out.arrays["importance"][1]).all()
    assert kept.arrays["importance"][1].tolist() == [0.0, 0.0]
    base = 1 - (1 - left_out["dci_completeness"]) * np.log(4) / np.log(5)
    assert kept["dci_completeness"] == pytest.approx(base, abs=0.01)  # equal splits are drawn in compat


def test_draws_between_equal_splits_are_as_uneven_as_scikit_learns():
    """Of a column told twice, the first copy's importance over seeds: mean and spread are the library's."""
    target = GENERATOR.integers(0, 4, size=80)
    codes = np.column_stack([target, target, GENERATOR.normal(size=80)]).astype(float)
    theirs, ours = [], []
    for seed in range(150):
        model = GradientBoostingClassifier(n_estimators=3, random_state=seed).fit(codes, target)
        theirs.append(model.feature_importances_[0])
        ours.append(fit(codes, target, rounds=3, generator=np.random.default_rng(seed)).importances[0])
    assert np.std(theirs) > 0.03  # so that even halves are another answer
    assert np.std(ours) == pytest.approx(np.std(theirs), rel=0.25)  # the spread of so many seeds is known to 6 %
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.03)


def test_without_a_generator_equal_splits_share_and_with_one_the_same_seed_is_the_same():
    target = TARGET[:100]
    codes = np.column_stack([target, target]).astype(float)
    np.testing.assert_allclose(fit(codes, target, rounds=5).importances, 0.5)
    drawn = [fit(codes, target, rounds=5, generator=np.random.default_rng(7)).importances for _ in range(2)]
    np.testing.assert_array_equal(*drawn)
    assert drawn[0].sum() == pytest.approx(1)
    assert drawn[0][0] != drawn[0][1]
