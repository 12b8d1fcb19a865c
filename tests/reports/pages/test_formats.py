"""Tables from made-up results: every number is checked by hand."""

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffrep.reports import cost
from diffrep.reports.columns import ordered
from diffrep.reports.formats import readable, to_csv, to_latex, to_markdown
from diffrep.reports.load import grid_of, load, tidy
from diffrep.reports.scores import Score, rows_of


def rows(tree):
    return rows_of(tidy(load(tree.root, tree.params)), "squares", grid_of(tree.params))


def lines(tree):
    return {line["method"]: line for line in csv.DictReader(io.StringIO(to_csv(rows(tree))))}


def markdown(tree):
    return to_markdown("squares", readable(rows(tree), []))


def test_csv_gives_the_mean_in_full(results_tree):
    assert float(lines(results_tree)["alpha"]["average_precision_mean"]) == 0.6


def test_csv_gives_the_sample_standard_deviation(results_tree):
    assert float(lines(results_tree)["alpha"]["average_precision_sd"]) == pytest.approx(0.1)


def test_equal_values_have_no_spread():
    score = Score((0.183, 0.183, 0.183))
    assert (score.mean, score.sd) == (0.183, 0.0)


def test_csv_counts_seeds(results_tree):
    assert {name: line["n_seeds"] for name, line in lines(results_tree).items()} == {
        "alpha": "3",
        "beta": "3",
        "noise": "1",
    }


def test_one_seed_has_no_spread(results_tree):
    assert (
        lines(results_tree)["noise"]["average_precision_mean"],
        lines(results_tree)["noise"]["average_precision_sd"],
    ) == ("0.125", "")


def test_absent_values_are_blank_in_csv(results_tree):
    assert lines(results_tree)["beta"]["mse_random_start_mean"] == ""


def test_rows_stand_in_grid_order_then_anchors(results_tree):
    results_tree.params["grid"]["method"] = ["beta", "alpha"]
    assert list(lines(results_tree)) == ["beta", "alpha", "noise"]


def test_unknown_metrics_follow_the_known(results_tree):
    assert ordered(["zeta", "mig", "average_precision", "eta"]) == ["average_precision", "mig", "eta", "zeta"]


def test_unknown_metrics_reach_the_csv(results_tree):
    results_tree.put("alpha", "encode", 0, sharpness=2.0)
    assert lines(results_tree)["alpha"]["sharpness_mean"] == "2.0"


def test_sample_sizes_are_no_metrics(results_tree):
    assert not [name for name in lines(results_tree)["alpha"] if name.startswith("n_test")]


def test_seconds_are_no_metrics(results_tree):
    assert "wall_seconds" not in to_csv(rows(results_tree))


def test_a_method_that_left_the_grid_leaves_the_table(results_tree):
    results_tree.put("gone", "probe", 0, average_precision=0.99)
    assert "gone" not in lines(results_tree)


def test_readable_form_has_fixed_digits(results_tree):
    assert "| alpha | 3 | 0.600 ± 0.100 |" in markdown(results_tree)


def test_a_dash_leads_to_its_reason(results_tree):
    letter = re.search(r"\| beta \| 3 \|.* –<sup>(\w)</sup> \|", markdown(results_tree))[1]
    assert f"<sup>{letter}</sup> not applicable: beta decodes nothing" in markdown(results_tree)


def test_a_cell_not_run_is_a_dash(results_tree):
    for seed in (0, 1, 2):
        results_tree.path("beta", "probe", seed).unlink()
    assert "no result file yet" in markdown(results_tree)


def test_a_method_never_run_keeps_its_row(results_tree):
    results_tree.params["grid"]["method"].append("planned")
    assert lines(results_tree)["planned"]["n_seeds"] == "0"


def test_a_seed_not_run_is_named_beside_the_mean(results_tree):
    results_tree.path("alpha", "probe", 2).unlink()
    assert "mean over 2 of 3 seeds; the rest: no result file yet" in markdown(results_tree)


def test_nan_in_a_file_counts_as_no_value(results_tree):
    results_tree.put("alpha", "probe", 2, average_precision=float("nan"), average_precision_colour=0.9)
    assert float(lines(results_tree)["alpha"]["average_precision_mean"]) == pytest.approx(0.55)


def test_anchors_stand_in_italics(results_tree):
    assert "| *noise* | 1 | 0.125 |" in markdown(results_tree)


def test_chance_of_attribute_groups_is_their_prevalence(results_tree):
    record = {"average_precision": 0.5, "average_precision_colour": 0.9, "prevalence_colour": 0.2}
    results_tree.put("alpha", "probe", 0, **record)
    assert "Chance is the prevalence: colour 0.200." in markdown(results_tree)


def test_latex_escapes_and_balances(results_tree):
    results_tree.put("alpha", "reconstruct", 0, mse_random_start=None, reasons={"mse_random_start": "50 % & a_b"})
    tex = to_latex("squares", readable(rows(results_tree), []))
    assert r"50 \% \& a\_b" in tex
    assert tex.count(r"\begin{tabular}") == tex.count(r"\end{tabular}") > 0


def test_cost_sums_minutes_over_seeds(results_tree):
    costs = {c.name: c for c in cost.costs_of(load(results_tree.root, results_tree.params), "squares", {})}
    assert (costs["alpha"].minutes["train"], costs["alpha"].total, costs["alpha"].parameters) == (1.5, 4.5, 1000)


@pytest.mark.parametrize(("parameters", "rows"), [(90, ["autoencoder"]), (None, [])])
def test_an_autoencoder_that_was_not_trained_costs_nothing(results_tree, parameters, rows):
    record = {"data_sha256": "ab12", "preset": "quick", "wall_seconds": 6.0, "parameters": parameters}
    (results_tree.root / "results" / "squares" / "autoencoder.json").write_text(json.dumps(record))
    costs = cost.costs_of(load(results_tree.root, results_tree.params), "squares", {})
    assert [c.name for c in costs if c.kind == "shared"] == rows


@pytest.mark.parametrize("key", ["preset", "data_sha256", "params_hash"])
def test_results_that_cannot_share_a_column_are_refused(results_tree, key):
    path = results_tree.put("beta", "probe", 1, average_precision=0.3, **{key: "other"})
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} has {key} 'other' but .*: they cannot share"):
        load(results_tree.root, results_tree.params)


@pytest.mark.parametrize("text", ['{"preset": "quick", "average_', "", "[1, 2]", "<html>"])
def test_an_unreadable_file_is_named(results_tree, text):
    path = results_tree.path("alpha", "probe", 1)
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        load(results_tree.root, results_tree.params)
    assert "\n" not in str(caught.value)


def test_one_metric_of_two_stages_is_refused(results_tree):
    results_tree.put("alpha", "encode", 0, average_precision=0.9)
    with pytest.raises(ValueError, match=r"squares/alpha/0: 'average_precision' has two values"):
        tidy(load(results_tree.root, results_tree.params))


def test_a_grid_without_seeds_is_refused(results_tree):
    results_tree.params["grid"]["seed"] = []
    with pytest.raises(ValueError, match=r"grid\.seed is \[\]"):
        load(results_tree.root, results_tree.params)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_spread_is_never_negative_and_mean_within(values):
    score = Score(tuple(values))
    assert score.sd >= 0
    assert min(values) - 1e-9 <= score.mean <= max(values) + 1e-9
