"""Who leads, and whether the seeds tell it: against scipy, over all pairs of methods under test."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.metrics.power import seeds_needed, welch_power
from diffrep.reports.rows.leads import leads_of, p_of_pairs

AP = CATALOGUE["average_precision"]
VALUES = {"alpha": (0.5, 0.6, 0.7), "gamma": (0.3, 0.5, 0.4), "delta": (0.61, 0.62, 0.63)}


@pytest.fixture
def tree(results_tree):
    """alpha, gamma and delta are trained; beta, a constant, is a control."""
    results_tree.methods += ["gamma", "delta"]
    results_tree.controls = ["beta"]
    for name, values in VALUES.items():
        put(results_tree, name, values)
    return results_tree


def put(tree, name, values):
    for seed in (0, 1, 2):
        tree.put(name, "train", seed, steps=40)
        tree.put(name, "probe", seed, average_precision=values[seed])


def lead(tree):
    [found] = leads_of("squares", [AP], tree.rows, tree.study)
    return found


def test_pairs_are_corrected_for_their_number():
    found = p_of_pairs({name: np.array(each) for name, each in VALUES.items()}, AP)
    p_values = {
        frozenset(pair): stats.ttest_ind(*(VALUES[name] for name in pair), equal_var=False).pvalue
        for pair in combinations(VALUES, 2)
    }
    first = min(p_values, key=p_values.get)
    assert found[first] == pytest.approx(3 * p_values[first])
    assert found.keys() == p_values.keys()


def test_what_cannot_be_tested_is_no_pair():
    constants = {"one": np.ones(3), "other": np.zeros(3)}
    assert p_of_pairs(constants, AP) == {}
    assert p_of_pairs({"one": np.array([0.1, 0.2]), "other": np.array([0.3, 0.5])}, AP) == {}


def test_the_first_and_the_next_are_not_told_and_the_seeds_that_would_are_named(tree):
    found = lead(tree)
    assert (found.first, found.second, found.told) == ("delta", "alpha", False)
    assert found.means == (pytest.approx(0.62), pytest.approx(0.6))
    sd = np.sqrt(np.mean([np.var(each, ddof=1) for each in VALUES.values()]))
    assert found.needed == seeds_needed(welch_power, 0.02, sd, level=0.05 / 3)


def test_a_clear_lead_is_told(tree):
    put(tree, "delta", (0.98, 0.99, 0.985))
    found = lead(tree)
    assert (found.told, found.needed) == (True, None)


def test_a_lead_that_one_test_alone_would_tell_is_not(tree):
    put(tree, "delta", (0.86, 0.87, 0.88))
    p_value = stats.ttest_ind((0.86, 0.87, 0.88), VALUES["alpha"], equal_var=False).pvalue
    assert p_value < 0.05
    assert not lead(tree).told


def test_of_one_seed_nothing_is_tested(tree):
    tree.seeds = [0]
    found = lead(tree)
    assert (found.told, found.needed) == (None, None)
    assert found.margin == "0.610; next alpha, 0.500: not tested"


def test_alike_at_every_seed_is_not_tested_whatever_the_others_are(tree):
    put(tree, "delta", (0.9, 0.9, 0.9))
    put(tree, "alpha", (0.8, 0.8, 0.8))
    assert (lead(tree).first, lead(tree).second, lead(tree).told) == ("delta", "alpha", None)


def test_controls_take_no_part(tree):
    put(tree, "beta", (0.98, 0.99, 0.985))
    assert lead(tree).order == ("delta", "alpha", "gamma")


def test_one_method_under_test_leads_nobody(tree):
    tree.controls += ["gamma", "delta"]
    assert leads_of("squares", [AP], tree.rows, tree.study) == []
