"""Figures of average precision show every seed, the mean, chance, and what a seed cost."""

import pytest
from matplotlib.figure import Figure

from diffrep.reports.drawing import precision
from diffrep.reports.rows.cost import costs_of


@pytest.fixture
def figures(monkeypatch):
    drawn: list[Figure] = []
    monkeypatch.setattr(precision, "to_png", drawn.append)
    return drawn


def test_a_dot_per_seed_a_bar_at_the_mean_and_chance(results_tree, figures):
    for seed in (0, 1, 2):
        values = {"average_precision": (0.5, 0.6, 0.7)[seed], "average_precision_colour": 0.9}
        results_tree.put("alpha", "probe", seed, **values, prevalence_colour=0.2)
    precision.groups(results_tree.rows)
    heights = [tuple(line.get_ydata()) for line in figures[0].axes[0].lines]
    assert heights[:2] == [(0.5, 0.6, 0.7), pytest.approx((0.6, 0.6))]
    assert heights[-1] == (0.2, 0.2)
    assert (0.125,) in heights


def test_minutes_are_those_of_one_seed(results_tree, figures):
    costs = costs_of(results_tree.results, "squares", results_tree.study, {})
    precision.cost_against_precision(results_tree.rows, costs)
    points = [bar.lines[0].get_xydata().tolist() for bar in figures[0].axes[0].containers]
    assert points == [[[1.5, 0.6]], [[1.0, 0.25]]]


def test_nothing_is_drawn_of_nothing(results_tree):
    results_tree.methods = ["planned"]
    (results_tree.root / "results").rename(results_tree.root / "gone")
    assert precision.groups(results_tree.rows) is None
    assert precision.cost_against_precision(results_tree.rows, []) is None
