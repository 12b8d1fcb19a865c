"""Chance levels that can be computed from how much there is to score."""

import math

import pytest

from diffrep.metrics.facts import sample as chance
from diffrep.metrics.facts.sample import Sample


@pytest.mark.parametrize(
    ("level", "value"),
    [
        (chance.one_factor, 0.5),
        (chance.most_frequent, 0.6),
        (chance.prevalence, 0.375),
        (chance.all_positive, (0.4 + 2 / 3) / 2),
        (chance.pooled_positive, 0.75 / 1.375),
    ],
)
def test_chance_of_a_sample(level, value):
    assert level(Sample(10, 10, 3, (2, 8), (0.9, 0.3), (0.25, 0.5))) == pytest.approx(value)
    assert math.isnan(level(Sample(10, 10, 3, ())))


def test_sizes_that_a_cost_grows_with():
    sizes = Sample(10, 5, 3, (2, 8)).sizes()
    assert sizes == {"n_train": 10, "n_test": 5, "dims": 3, "targets": 2, "values": 10}
