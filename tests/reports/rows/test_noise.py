"""Noise is read from result files: its source, mean over seeds, and what stages give as intervals."""

import numpy as np
import pytest

from diffrep.reports.reading.machines import Pair
from diffrep.reports.rows.noise import Noise, between_machines, noise_of, rms


def test_noise_is_the_root_mean_square_over_seeds(results_tree):
    for seed, sd in enumerate((0.01, 0.02, 0.03)):
        results_tree.put("alpha", "disentangle", seed, mig=0.5, noise={"mig": {"rows": sd}})
    assert noise_of(results_tree.results)["alpha", "mig"] == Noise(rms([0.01, 0.02, 0.03]), "rows")


def test_the_larger_source_counts(results_tree):
    results_tree.put("alpha", "disentangle", 0, mig=0.5, noise={"mig": {"rows": 0.01, "estimator": 0.02}})
    assert noise_of(results_tree.results)["alpha", "mig"] == Noise(0.02, "estimator")


def test_an_interval_is_noise_of_what_was_judged(results_tree):
    results_tree.put("alpha", "counterfactual", 0, faithfulness=0.5, intervals={"faithfulness": [0.304, 0.696]})
    found = noise_of(results_tree.results)["alpha", "faithfulness"]
    assert (found.sd, found.source) == (pytest.approx(0.1, rel=1e-4), "cases")


@pytest.mark.parametrize(("rows", "largest"), [(0.05, "cases"), (0.2, "rows")])
def test_an_interval_beside_other_noise_is_one_more_source(results_tree, rows, largest):
    both = {"noise": {"faithfulness": {"rows": rows}}, "intervals": {"faithfulness": [0.304, 0.696]}}
    results_tree.put("alpha", "counterfactual", 0, faithfulness=0.5, **both)
    assert noise_of(results_tree.results)["alpha", "faithfulness"].source == largest


def test_views_and_anchors_are_left_out(results_tree):
    results_tree.anchor("noise", "probe", 0, average_precision=0.1, noise={"average_precision": {"rows": 0.1}})
    results_tree.put("alpha", "encode", 0, notes={"views": ["times_best"]})
    results_tree.put("alpha", "probe", 0, "times_best", average_precision=0.7, noise={"average_precision": {"rows": 1}})
    results_tree.seal()
    assert noise_of(results_tree.results) == {}


def test_another_machine_is_a_source_by_the_standard_deviation_of_both():
    pairs = [Pair("alpha", seed, "mig", 0.5, second) for seed, second in enumerate((0.5, 0.52))]
    found = between_machines(pairs)["alpha", "mig"]
    assert (found.source, found.sd) == ("machine", pytest.approx(np.std([0.5, 0.52], ddof=1) / np.sqrt(2)))
