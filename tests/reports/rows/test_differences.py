"""Which differences are tested, against scipy, and which are said to be untested."""

from dataclasses import replace

import pytest
from scipy import stats

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.rows.differences import Difference, compare, kinds_of_tests, standing_over_all, verdict_of

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
    found = compare("squares", tree.rows, replace(tree.study, reference=reference))
    return {difference.method: difference for difference in found if difference.metric == metric}


def told(found):
    return found.test, found.p_value, found.df, found.low, found.high


def expected(name, test):
    interval = test.confidence_interval(0.95)
    return name, *map(pytest.approx, (test.pvalue, test.df, interval.low, interval.high))


def test_methods_are_tested_unpaired_and_p_values_corrected_for_those_tested(tree):
    found = compared(tree, "alpha")
    assert told(found["gamma"]) == expected("Welch", stats.ttest_ind(GAMMA, ALPHA, equal_var=False))
    assert told(found["delta"]) == expected("Welch", stats.ttest_ind(DELTA, ALPHA, equal_var=False))
    assert {found[name].tested for name in ("beta", "gamma", "delta")} == {3}
    p_values = [found[name].p_value for name in ("beta", "gamma", "delta")]
    assert min(row.p_holm for row in found.values()) == pytest.approx(3 * min(p_values))


def test_a_method_of_the_same_values_is_tested_as_a_constant(tree):
    found = compared(tree, "alpha")["beta"]
    test = stats.ttest_1samp(ALPHA, BETA[0])
    assert (found.test, found.df, found.p_value) == ("one-sample", 2, pytest.approx(test.pvalue))
    assert found.difference == pytest.approx(-0.35)


def test_seeds_are_paired_where_the_catalogue_says_so(tree):
    for seed in (0, 1, 2):
        tree.put("alpha", "disentangle", seed, factor_vae=ALPHA[seed])
        tree.put("gamma", "disentangle", seed, factor_vae=GAMMA[seed])
    found = compared(tree, "alpha", "factor_vae")
    assert CATALOGUE["factor_vae"].paired
    assert told(found["gamma"]) == expected("paired", stats.ttest_rel(GAMMA, ALPHA))


def test_a_difference_says_what_came_of_it_in_both_directions(tree):
    for seed in (0, 1, 2):
        tree.put("gamma", "probe", seed, average_precision=0.9 + 0.001 * seed)
        tree.put("delta", "probe", seed, average_precision=0.1 + 0.001 * seed)
        tree.put("alpha", "probe", seed, average_precision=0.2 + 0.1 * seed)
    found = compared(tree, "beta")
    assert [(name, row.verdict) for name, row in found.items()] == [
        *(("alpha", "untold"), ("gamma", "better"), ("delta", "worse"))
    ]


def test_the_reference_is_not_compared_with_itself_and_anchors_are_left_out(tree):
    assert set(compared(tree, "gamma")) == {"alpha", "beta", "delta"}


def test_a_steady_difference_is_not_tested_where_seeds_are_paired(tree):
    for seed in (0, 1, 2):
        tree.put("alpha", "disentangle", seed, factor_vae=ALPHA[seed])
        tree.put("delta", "disentangle", seed, factor_vae=DELTA[seed])
    delta = compared(tree, "alpha", "factor_vae")["delta"]
    assert (delta.difference, delta.p_holm, delta.tested, delta.verdict) == (None, None, 0, "")
    assert "the same for every training seed" in delta.reason


def test_two_constants_are_not_tested(tree):
    for seed in (0, 1, 2):
        tree.put("gamma", "probe", seed, average_precision=0.5)
    assert compared(tree, "beta")["gamma"].reason.startswith("both are the same for every training seed")


def test_a_missing_seed_is_not_tested(tree):
    tree.path("gamma", "probe", 1).unlink()
    found = compared(tree, "alpha")
    assert found["gamma"].reason == "gamma lacks seeds: no result file yet"
    assert found["beta"].tested == 2


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
    assert {d.reason for d in compared(tree, "alpha").values()} == {"a test wants 3 training seeds, and there are 2"}


def test_a_reference_that_is_not_run_says_so(tree):
    tree.methods.remove("alpha")
    assert {d.reason for d in compared(tree, "alpha").values()} == {"alpha is the reference and no row of this grid"}


@pytest.mark.parametrize(
    ("metric", "difference", "p", "verdict"),
    [
        ("average_precision", 0.1, 0.03, "better"),
        ("average_precision", -0.1, 0.03, "worse"),
        ("mse_random_start", 0.1, 0.03, "worse"),
        ("mse_random_start", -0.1, 0.03, "better"),
        ("mse_random_start", -0.1, 0.05, "untold"),
        ("prevalence", 0.1, 0.001, "untold"),  # neither side is better
    ],
)
def test_better_is_in_the_direction_of_the_metric(metric, difference, p, verdict):
    assert verdict_of(CATALOGUE[metric], difference, p) == verdict


def test_fewer_stand_where_all_metrics_are_corrected_together():
    apart = [Difference("squares", name, "beta", "alpha", 1, p_value=p) for name, p in (("a", 0.03), ("b", 0.04))]
    untested = Difference("squares", "c", "beta", "alpha", reason="no seeds")
    assert standing_over_all([*apart, untested]) == 0
    assert standing_over_all([replace(apart[0], p_value=0.01), apart[1], untested]) == 2
    assert standing_over_all([untested]) == 0


def test_the_tests_that_were_made_are_told_with_their_metrics(tree):
    found = compare("squares", tree.rows, tree.study)
    assert kinds_of_tests(found) == {"one-sample": ["average_precision"], "Welch": ["average_precision"]}
