"""Paired tests and their correction against scipy and known answers."""

import numpy as np
import pytest
from scipy import stats

from diffrep.metrics.comparison import holm, paired_differences

GENERATOR = np.random.default_rng(0)


def test_paired_test_is_scipys():
    mine, theirs = GENERATOR.normal(size=(2, 5))
    found = paired_differences({"mine": mine, "theirs": theirs}, reference="theirs")["mine"]
    test = stats.ttest_rel(mine, theirs)
    interval = test.confidence_interval(0.95)
    assert (found["p_value"], found["low"], found["high"]) == pytest.approx((test.pvalue, interval.low, interval.high))
    assert found["p_holm"] == found["p_value"]


def test_what_seeds_share_cancels():
    seeds = 10 * GENERATOR.normal(size=5)
    steady = seeds + np.array([0.1, 0.11, 0.1, 0.09, 0.1])
    found = paired_differences({"a": seeds, "b": steady}, reference="a")["b"]
    assert found["p_value"] < 0.001
    assert 0.08 < found["low"] < found["high"] < 0.12


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
    found = paired_differences(scores, reference="base")
    np.testing.assert_allclose(
        [row["p_holm"] for row in found.values()], holm(np.array([row["p_value"] for row in found.values()]))
    )


def test_differences_without_spread():
    scores = {"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0], "c": [2.0, 3.0, 4.0]}
    found = paired_differences(scores, reference="a")
    assert [found[name]["p_value"] for name in "bc"] == [1.0, 0.0]


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="no 'c' to compare with"):
        paired_differences({"a": [1, 2, 3], "b": [1, 2, 3]}, reference="c")
    with pytest.raises(ValueError, match="numbers of seeds differ"):
        paired_differences({"a": [1, 2, 3], "b": [1, 2, 3, 4]}, reference="a")
