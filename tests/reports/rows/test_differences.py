"""Which differences are tested, against scipy, and which are said to be untested."""

from dataclasses import replace

import pytest
from scipy import stats

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.rows.differences import Difference, compare
from diffrep.reports.rows.tidy import tidy

ALPHA, BETA, GAMMA, DELTA = (0.5, 0.6, 0.7), (0.25, 0.25, 0.25), (0.24, 0.26, 0.3), (0.75, 0.85, 0.95)


@pytest.fixture
def tree(results_tree):
    """With two more methods, one of them 0.25 above alpha at every seed."""
    results_tree.methods += ["gamma", "delta"]
    for seed in (0, 1, 2):
        results_tree.put("gamma", "probe", seed, average_precision=GAMMA[seed])
        results_tree.put("delta", "probe", seed, average_precision=DELTA[seed])
    return results_tree


def compared(tree, reference, metric="average_precision"):
    found = compare(tidy(tree.results), replace(tree.study, reference=reference))
    return {difference.method: difference for difference in found if difference.metric == metric}


def test_seeds_are_paired_and_p_values_corrected_for_the_methods_tested(tree):
    found = compared(tree, "alpha")
    for name, values in (("beta", BETA), ("gamma", GAMMA)):
        test = stats.ttest_rel(values, ALPHA)
        interval = test.confidence_interval(0.95)
        assert found[name].p_value == pytest.approx(test.pvalue)
        assert (found[name].low, found[name].high) == pytest.approx((interval.low, interval.high))
        assert found[name].tested == 2
    ordered = sorted(found[name].p_value for name in ("beta", "gamma"))
    assert min(found[name].p_holm for name in ("beta", "gamma")) == pytest.approx(2 * ordered[0])


def test_the_reference_is_not_compared_with_itself_and_anchors_are_left_out(tree):
    assert set(compared(tree, "gamma")) == {"alpha", "beta", "delta"}


def test_a_difference_without_spread_is_not_tested(tree):
    delta = compared(tree, "alpha")["delta"]
    assert (delta.difference, delta.p_holm, delta.tested) == (None, None, 0)
    assert "the same for every training seed" in delta.reason


def test_a_missing_seed_is_not_tested(tree):
    tree.path("gamma", "probe", 1).unlink()
    found = compared(tree, "alpha")
    assert found["gamma"].reason == "gamma lacks seeds: no result file yet"
    assert found["beta"].p_holm == found["beta"].p_value


def test_a_metric_that_a_method_does_not_have_says_why(tree):
    reason = compared(tree, "alpha", "mse_random_start")["beta"].reason
    assert reason == "beta lacks seeds: not applicable: beta decodes nothing"


def test_a_reference_without_the_metric_leaves_all_untested(tree):
    found = compared(tree, "beta", "mse_random_start")
    assert {difference.reason for difference in found.values()} == {
        "beta lacks seeds: not applicable: beta decodes nothing"
    }


def test_two_seeds_are_too_few(tree):
    tree.seeds = [0, 1]
    assert {d.reason for d in compared(tree, "alpha").values()} == {
        "a paired test wants 3 training seeds, and there are 2"
    }


def test_a_reference_that_is_not_run_says_so(tree):
    tree.methods.remove("alpha")
    assert {d.reason for d in compared(tree, "alpha").values()} == {"alpha is the reference and no row of this grid"}


def test_better_is_lower_where_lower_is_better():
    lower = Difference("squares", "mse_random_start", "beta", "alpha", 3, 0.1, p_holm=0.03)
    assert not lower.better(CATALOGUE["mse_random_start"])
    assert replace(lower, difference=-0.1).better(CATALOGUE["mse_random_start"])
