"""What seeds tell of a metric: whose spread it is, of which test, and what is asked."""

import math

import numpy as np
import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.metrics.power import paired_power, seeds_needed, smallest_difference, welch_power
from diffrep.reports.rows.power import Design, Goal, OneOrAll, seeds_text, told

ALPHA, GAMMA, DELTA = (0.5, 0.6, 0.7), (0.3, 0.5, 0.4), (0.9, 0.92, 0.91)
AP = CATALOGUE["average_precision"]


@pytest.fixture
def tree(results_tree):
    """alpha, gamma and delta are trained, beta is a constant."""
    results_tree.methods += ["gamma", "delta"]
    for name, values in (("gamma", GAMMA), ("delta", DELTA)):
        for seed in (0, 1, 2):
            results_tree.put(name, "train", seed, steps=40)
            results_tree.put(name, "probe", seed, average_precision=values[seed])
    return results_tree


def one(tree, goal=Goal(), reference="beta", column=AP):  # noqa: B008
    tree.reference = reference
    found = told("squares", [column], tree.rows, tree.study, goal)
    return found[0] if found else None


def spread():
    return np.sqrt(np.mean([np.var(values, ddof=1) for values in (ALPHA, GAMMA, DELTA)]))


def test_the_spread_is_that_of_all_methods_that_are_trained(tree):
    assert one(tree).sd == pytest.approx(spread())


def test_two_methods_are_told_apart_by_welch_and_from_a_constant_by_one_sample(tree):
    found = one(tree)
    assert (found.pair.test, found.reference.test) == ("Welch", "one-sample")
    assert found.pair.smallest.one == pytest.approx(smallest_difference(welch_power, spread(), 3))
    assert found.reference.smallest.one == pytest.approx(smallest_difference(paired_power, spread(), 3))


def test_all_is_one_of_as_many_as_are_compared_with_the_reference(tree):
    found = one(tree)
    assert found.pair.tested == 3
    assert found.pair.smallest.all == pytest.approx(smallest_difference(welch_power, spread(), 3, level=0.05 / 3))


def test_a_paired_metric_has_the_spread_of_differences(tree):
    for name, values in (("alpha", ALPHA), ("gamma", GAMMA), ("delta", DELTA)):
        for seed in (0, 1, 2):
            tree.put(name, "disentangle", seed, factor_vae=values[seed])
    found = one(tree, column=CATALOGUE["factor_vae"])
    pairs = [(ALPHA, GAMMA), (ALPHA, DELTA), (GAMMA, DELTA)]
    sd = np.sqrt(np.mean([np.var(np.subtract(*pair), ddof=1) for pair in pairs]))
    assert (found.pair.test, found.pair.sd) == ("paired", pytest.approx(sd))
    assert found.pair.smallest.one == pytest.approx(smallest_difference(paired_power, sd, 3))


def test_the_difference_is_that_between_the_best_two_or_the_one_asked_for(tree):
    found, asked = one(tree), one(tree, Goal(difference=0.02))
    assert (found.best, found.difference, found.observed) == (("delta", "alpha"), pytest.approx(0.31), True)
    assert (asked.difference, asked.observed) == (0.02, False)
    assert asked.pair.needed(0.02).one == seeds_needed(welch_power, 0.02, spread())


def test_the_best_two_are_under_test_and_the_spread_is_of_controls_too(tree):
    tree.controls = ["delta", "beta"]
    found = one(tree)
    assert (found.best, found.sd) == (("alpha", "gamma"), pytest.approx(spread()))
    tree.controls = ["delta", "gamma"]
    assert one(tree).best == ("delta", "alpha")  # one method under test has no other to be compared with


def test_other_seeds_and_power_can_be_asked_for(tree):
    found = one(tree, Goal(power=0.9, seeds=10))
    assert found.pair.smallest.one == pytest.approx(smallest_difference(welch_power, spread(), 10, power=0.9))


def test_the_best_is_the_lowest_where_lower_is_better(tree):
    for name, error in (("alpha", 0.1), ("gamma", 0.2), ("delta", 0.3)):
        for seed in (0, 1, 2):
            tree.put(name, "reconstruct", seed, mse_random_start=error + 0.001 * seed, reasons={})
    assert one(tree, column=CATALOGUE["mse_random_start"]).best == ("alpha", "gamma")


def test_a_reference_that_is_trained_is_like_any_method(tree):
    assert one(tree, reference="alpha").reference is None


@pytest.mark.parametrize("column", [CATALOGUE["mse_random_start"], CATALOGUE["prevalence"]])
def test_nothing_is_said_of_one_method_nor_of_what_has_no_better_side(tree, column):
    for name in ("alpha", "gamma"):
        for seed in (0, 1, 2):
            tree.put(name, "probe", seed, prevalence=0.1 * seed)
    assert one(tree, column=column) is None


def test_a_missing_seed_leaves_a_method_out(tree):
    tree.path("delta", "probe", 1).unlink()
    assert one(tree).best == ("alpha", "gamma")


def test_seeds_without_end_are_words():
    assert [seeds_text(count) for count in (3, 12000, float("inf"))] == ["3", "12,000", "over a million"]


def test_without_any_spread_the_fewest_seeds_tell_what_differs():
    design = Design("paired", sd=0.0, seeds=3, tested=2, power=0.8)
    assert design.needed(0.1) == OneOrAll(2, 2)
    assert design.needed(0.0) == OneOrAll(math.inf, math.inf)
