"""The gap between the best two dimensions, and what stands in for a missing one."""

import numpy as np
import pytest

from diffrep.metrics.disentanglement.gap import gap_to_runner_up

SCORES = np.array([[0.2, 0.7], [0.9, 0.7], [0.4, 0.1]])


def test_best_less_second_best():
    assert gap_to_runner_up(SCORES, 0.5, compat=False) == pytest.approx([0.5, 0.0])
    assert gap_to_runner_up(SCORES, 0.5, compat=True) == pytest.approx([0.5, 0.0])


@pytest.mark.parametrize(("dimensions", "expected"), [(1, [0.0, 0.4]), (0, [0.0, 0.0])])
def test_what_no_dimension_scores_stands_for_a_missing_one(dimensions, expected):
    assert gap_to_runner_up(SCORES[:dimensions], np.array([0.3, 0.3]), compat=False) == pytest.approx(expected)
    with pytest.raises(ValueError, match="no runner-up"):
        gap_to_runner_up(SCORES[:dimensions], 0.0, compat=True)
