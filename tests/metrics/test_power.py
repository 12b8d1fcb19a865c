"""Power of t-tests against tables, simulated seeds and what has to be so."""

import math

import numpy as np
import pytest
from scipy import stats

from diffrep.metrics.power import paired_power, seeds_needed, smallest_difference, welch_power

BOTH = pytest.mark.parametrize("power_of", [paired_power, welch_power])


@pytest.mark.parametrize(
    ("effect", "seeds"),
    [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)],
)
def test_seeds_of_one_sample_are_the_tabulated_ones(effect, seeds):
    """Of a two-sided test at .05 with power .80, as G*Power and Cohen's tables have them."""
    assert seeds_needed(paired_power, effect, 1.0) == seeds


@pytest.mark.parametrize(("effect", "seeds"), [(0.2, 394), (0.5, 64), (0.8, 26), (1.0, 17)])
def test_seeds_of_two_samples_are_cohens(effect, seeds):
    """Cohen 1988, table 2.4.1: n of each sample at .05, two-sided, power .80."""
    assert seeds_needed(welch_power, effect, 1.0) == pytest.approx(seeds, abs=1)


@pytest.mark.parametrize(("seeds", "effect", "level"), [(3, 3.0, 0.05), (3, 8.0, 0.05 / 12), (5, 2.0, 0.05)])
def test_power_is_how_often_simulated_seeds_are_told_apart(seeds, effect, level):
    drawn = np.random.default_rng(0).normal(size=(2, 20_000, seeds))
    of_one = stats.ttest_1samp(drawn[0] + effect, 0.0, axis=1).pvalue
    of_two = stats.ttest_ind(drawn[0] + effect, drawn[1], axis=1, equal_var=False).pvalue
    assert np.mean(of_one < level) == pytest.approx(paired_power(effect, 1.0, seeds, level=level), abs=0.012)
    assert np.mean(of_two < level) == pytest.approx(welch_power(effect, 1.0, seeds, level=level), abs=0.012)


@BOTH
def test_the_smallest_difference_is_found_as_often_as_asked(power_of):
    for power, level in ((0.8, 0.05), (0.9, 0.05 / 12)):
        found = smallest_difference(power_of, 0.02, 3, power=power, level=level)
        assert power_of(found, 0.02, 3, level=level) == pytest.approx(power)


@BOTH
def test_what_is_needed_is_enough_and_one_less_is_not(power_of):
    needed = seeds_needed(power_of, 0.03, 0.02)
    assert power_of(0.03, 0.02, needed) >= 0.8 > power_of(0.03, 0.02, needed - 1)


@BOTH
def test_the_unit_does_not_matter_nor_the_sign(power_of):
    assert power_of(-0.03, 0.02, 4) == pytest.approx(power_of(3.0, 2.0, 4))
    assert smallest_difference(power_of, 2.0, 4) == pytest.approx(100 * smallest_difference(power_of, 0.02, 4))


@BOTH
def test_more_seeds_and_larger_differences_are_told_more_often(power_of):
    assert power_of(1.0, 1.0, 3) < power_of(1.0, 1.0, 5) < power_of(2.0, 1.0, 5) < 1
    assert power_of(1.0, 1.0, 5, level=0.01) < power_of(1.0, 1.0, 5)


def test_without_a_difference_power_is_the_level():
    assert paired_power(0.0, 1.0, 3) == pytest.approx(0.05)
    assert welch_power(0.0, 1.0, 3) < 0.05  # Welch's test is on the safe side with so few
    assert welch_power(0.0, 1.0, 50) == pytest.approx(0.05, abs=0.001)


@BOTH
def test_a_difference_of_nothing_is_never_told(power_of):
    assert seeds_needed(power_of, 0.0, 1.0) == math.inf


@BOTH
def test_huge_differences_are_always_told(power_of):
    assert power_of(1e6, 1.0, 2) == pytest.approx(1.0)
    assert seeds_needed(power_of, 1e6, 1.0) == 2


@BOTH
def test_without_spread_two_seeds_tell_any_difference(power_of):
    assert seeds_needed(power_of, 1e-9, 0.0) == 2
    assert seeds_needed(power_of, 0.0, 0.0) == math.inf
