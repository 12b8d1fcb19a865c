"""Numbers with their intervals over pairs: the value is of all cases, pairs are drawn whole, few pairs tell nothing."""

import numpy as np
import pytest

from diffrep.metrics.uncertainty import LEAST_UNITS, row_intervals
from diffrep.pipelines.edits.intervals import case_means, factor_means, pair_intervals, resampled

PAIRS = np.repeat(np.arange(30), 2)
VALUES = np.random.default_rng(0).normal(size=60)


def mean(weights):
    return {"own": weights @ VALUES / weights.sum(1)}


def test_cases_of_one_pair_are_drawn_together():
    assert pair_intervals(mean, PAIRS, seed=0) == row_intervals(mean, 60, clusters=PAIRS, seed=0)
    assert pair_intervals(mean, PAIRS, seed=0) != row_intervals(mean, 60, seed=0)


def test_too_few_pairs_have_no_interval():
    few = np.arange(60) % (LEAST_UNITS - 1)
    assert pair_intervals(mean, few, seed=0) == {}
    assert case_means({"own": VALUES}, few, seed=0).intervals == {}


def test_a_value_counts_every_case_once_and_lies_in_its_interval():
    found = case_means({"own": VALUES}, PAIRS, seed=0)
    assert found["own"] == VALUES.mean()
    assert found.intervals["own"][0] < found["own"] < found.intervals["own"][1]


def test_a_mean_over_factors_lets_each_count_the_same():
    factor = np.array([0] * 50 + [1] * 10)
    found = factor_means({"own": VALUES}, factor, PAIRS, seed=0, reason="no case tells")
    assert found["own"] == pytest.approx((VALUES[:50].mean() + VALUES[50:].mean()) / 2)


def test_what_no_case_tells_has_its_reason_and_no_interval():
    nothing = np.full(60, np.nan)
    found = factor_means({"own": VALUES, "none": nothing}, PAIRS % 2, PAIRS, seed=0, reason="no case tells")
    assert found.reasons == {"none": "no case tells"}
    assert set(found.intervals) == {"own"}


def test_reasons_of_other_names_are_left_aside():
    assert resampled(mean, PAIRS, seed=0, reasons={"other": "why"}).reasons == {}
