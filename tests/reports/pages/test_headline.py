"""The small files of headline numbers say what the first page says: of every row, in the tables' words."""

import csv
import json
import shutil
from dataclasses import replace

import pytest

from diffrep.pipelines.core.paths import curves
from diffrep.reports.pages.front_page import front_of
from diffrep.reports.pages.headline import files
from diffrep.reports.rows.differences import Difference

BETTER = Difference(
    *("squares", "average_precision", "beta", "alpha", 3, "Welch", 0.1, 0.05, 0.15, 3.456, 0.01, 0.03, "better")
)
WORSE = replace(BETTER, difference=-0.1, low=-0.15, high=-0.05, verdict="worse")
MSE = Difference("squares", "mse_random_start", "beta", "alpha", reason="beta decodes nothing")
CURVE = "step,loss,valid_loss,learning_rate\n10,{},,0.001\n20,0.5,0.25,0.001\n"


def found(tree) -> dict[str, str]:
    data = tree.gathered()[0]
    return files(data, front_of(data, tree.study))


def test_a_method_has_the_means_of_its_headline_numbers(results_tree):
    made = found(results_tree)
    assert json.loads(made["metrics/squares/alpha.json"]) == {"AP": 0.6, "MSE, random start": 0.01}


def test_what_has_no_value_is_left_out(results_tree):
    assert json.loads(found(results_tree)["metrics/squares/beta.json"]) == {"AP": 0.25}
    for seed in (0, 1, 2):
        results_tree.put("beta", "probe", seed, average_precision=None, reasons={"average_precision": "none"})
    assert "metrics/squares/beta.json" not in found(results_tree)


def test_the_table_is_that_of_the_first_page_controls_named_so(results_tree):
    results_tree.controls = ["beta"]
    front = front_of(results_tree.gathered()[0], results_tree.study)
    head, *lines = csv.reader(found(results_tree)["tables/squares-headline.csv"].splitlines())
    assert head == ["kind", "method", "remarks", "AP ↑", "MSE, random start ↓", "minutes ↓"]
    assert [line[:2] for line in lines] == [["method", "alpha"], ["control", "beta"]]
    shown = [[*(cell.text for cell in cells), minutes.text] for _, cells, minutes in (*front.methods, *front.controls)]
    assert [line[3:] for line in lines] == shown
    assert lines[0][3] == "0.600 ± 0.100"


@pytest.mark.parametrize(("difference", "shown"), [(BETTER, "**0.250 ± 0.000**"), (WORSE, "0.250 ± 0.000†")])
def test_better_and_worse_are_marked(results_tree, difference, shown):
    data = results_tree.gathered(difference, MSE)[0]
    made = files(data, front_of(data, results_tree.study))
    assert f"method,beta,,{shown},–," in made["tables/squares-headline.csv"]


def test_a_remark_stands_beside_the_name(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
    assert "method,alpha,our reconstruction," in found(results_tree)["tables/squares-headline.csv"]


def test_curves_are_means_over_seeds_empty_where_nothing_was_measured(results_tree):
    for seed, loss in ((0, 1.0), (1, 3.0)):
        curves(results_tree.folder("alpha", "train", seed)).write_text(CURVE.format(loss))
    assert found(results_tree)["curves/squares/alpha.csv"] == "step,loss,valid_loss\n10,2.0,\n20,0.5,0.25\n"
    assert "curves/squares/beta.csv" not in found(results_tree)


def test_a_data_set_without_results_has_none(results_tree):
    shutil.rmtree(results_tree.root / "results")
    assert found(results_tree) == {}
