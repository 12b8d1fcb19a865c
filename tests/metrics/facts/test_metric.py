"""What a metric is expected to cost."""

import pytest

from diffrep.metrics.catalogue import METRICS, REFERENCE, Sample


def test_a_cost_is_measured_at_the_reference_and_grows():
    dci, twice = METRICS["dci"], Sample(20_000, 5_000, 4, REFERENCE.values)
    assert dci.estimate(REFERENCE) == pytest.approx(dci.seconds)
    assert dci.estimate(twice) == pytest.approx(dci.seconds)
    assert METRICS["mig"].estimate(twice) == pytest.approx(METRICS["mig"].seconds)
