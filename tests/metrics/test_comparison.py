"""T-tests and their correction against scipy, examples by hand and known answers."""

import numpy as np
import pytest
from scipy import stats

from diffrep.metrics.comparison import differences, holm, is_constant, no_spread, which_test

GENERATOR = np.random.default_rng(0)
MINE, THEIRS = GENERATOR.normal(size=(2, 5))
CONSTANT = (2.0, 2.0, 2.0)


def one(mine, theirs, *, paired):
    return differences({"mine": mine, "theirs": theirs}, reference="theirs", paired=paired)["mine"]


def told(found):
    return found.p_value, found.df, found.low, found.high


def expected(test):
    interval = test.confidence_interval(0.95)
    return pytest.approx((test.pvalue, test.df, interval.low, interval.high))


def test_a_paired_test_is_scipys():
    found = one(MINE, THEIRS, paired=True)
    assert told(found) == expected(stats.ttest_rel(MINE, THEIRS))
    assert (found.test, found.df) == ("paired", 4)


def test_an_unpaired_test_is_scipys_welch():
    found = one(MINE, THEIRS, paired=False)
    assert told(found) == expected(stats.ttest_ind(MINE, THEIRS, equal_var=False))
    assert found.test == "Welch"


def test_welch_by_hand():
    """Variances 1 and 4 of 3 seeds each: error sqrt(5 / 3), df (5 / 3)² / ((1 / 3)² / 2 + (4 / 3)² / 2) = 50 / 17."""
    found = one([3.0, 4.0, 5.0], [0.0, 2.0, 4.0], paired=False)
    assert (found.difference, found.df) == pytest.approx((2.0, 50 / 17))
    assert found.high - 2 == pytest.approx(stats.t.ppf(0.975, 50 / 17) * np.sqrt(5 / 3))
    assert found.p_value == pytest.approx(2 * stats.t.sf(2 / np.sqrt(5 / 3), 50 / 17))


@pytest.mark.parametrize("paired", [True, False])
def test_against_a_constant_the_test_is_of_one_sample(paired):
    values = [2.1, 2.3, 2.5]
    found = one(values, CONSTANT, paired=paired)
    test = stats.ttest_1samp(values, 2.0)
    assert (found.test, found.df, found.difference) == ("one-sample", 2, pytest.approx(0.3))
    assert found.p_value == pytest.approx(test.pvalue)
    assert (found.low + 2, found.high + 2) == pytest.approx(tuple(test.confidence_interval(0.95)))
    other = one(CONSTANT, values, paired=paired)
    assert (other.difference, other.low, other.p_value) == pytest.approx((-found.difference, -found.high, test.pvalue))


def test_what_seeds_share_cancels_where_they_are_paired():
    seeds = 10 * GENERATOR.normal(size=5)
    steady = seeds + np.array([0.1, 0.11, 0.1, 0.09, 0.1])
    assert one(steady, seeds, paired=True).p_value < 0.001
    assert one(steady, seeds, paired=False).p_value > 0.9


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.02], [0.02]),
        ([], []),
    ],
)
def test_holm(given, expected):
    np.testing.assert_allclose(holm(np.array(given)), expected)


def test_correction_is_over_all_methods_of_the_call():
    base = GENERATOR.normal(size=5)
    scores = {"base": base} | {f"m{i}": base + 0.1 + 0.1 * GENERATOR.normal(size=5) for i in range(4)}
    found = differences(scores, reference="base", paired=True)
    np.testing.assert_allclose(
        [row.p_holm for row in found.values()], holm(np.array([row.p_value for row in found.values()]))
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "paired", "why"),
    [
        (CONSTANT, (1.0, 1.0, 1.0), False, "both are the same for every training seed"),
        (CONSTANT, (0.1 + 0.2, 0.3, 0.3), True, "both are the same for every training seed"),
        ((1.0, 2.0, 3.0), (2.0, 3.0, 4.0), True, "the difference is the same for every training seed"),
    ],
    ids=["two constants", "but for rounding", "a steady difference"],
)
def test_without_spread_there_is_nothing_to_test_by(mine, theirs, paired, why):
    assert no_spread(np.array(mine), np.array(theirs), paired=paired).startswith(why)
    with pytest.raises(ValueError, match=why):
        one(mine, theirs, paired=paired)


def test_a_steady_difference_has_a_spread_where_seeds_are_not_paired():
    mine, theirs = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])
    assert no_spread(mine, theirs, paired=False) == ""
    assert which_test(mine, theirs, paired=False) == "Welch"


def test_rounding_is_no_spread():
    assert is_constant(np.array([0.3, 0.1 + 0.2, 0.3]))
    assert not is_constant(np.array([0.3, 0.3001, 0.3]))
    assert is_constant(np.zeros(3))


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="no 'c' to compare with"):
        differences({"a": [1, 2, 3], "b": [1, 2, 4]}, reference="c", paired=True)
    with pytest.raises(ValueError, match="numbers of seeds differ"):
        differences({"a": [1, 2, 3], "b": [1, 2, 3, 4]}, reference="a", paired=True)


def test_false_findings_are_as_rare_as_the_level_says():
    drawn = np.random.default_rng(3).normal(size=(600, 2, 3)) * np.array([1.0, 3.0])[:, None]
    for paired in (True, False):
        found = [one(mine, theirs, paired=paired).p_value for mine, theirs in drawn]
        assert 0.02 < np.mean(np.array(found) < 0.05) < 0.08
