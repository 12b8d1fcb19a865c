"""The first page answers: who leads in what, what stands against the reference, what a seed costs."""

import dataclasses
import re

import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.metrics.edits.strengths import STRENGTHS
from diffrep.reports.pages.front_page import front_of, led
from diffrep.reports.rows.differences import compare
from diffrep.reports.rows.flags import OVERSHOT
from diffrep.reports.rows.leads import Lead


def page(tree, *differences):
    return tree.files(*differences)["index.html"]


def test_each_question_has_its_numbers_at_most_eight_columns(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "disentangle", seed, dci_disentanglement=0.5, factor_vae=0.25, mig=0.125)
        scores = {"exact_gain": 0.5, "exact_gain_direction": 0.25, "faithfulness": 0.1}
        results_tree.put("alpha", "counterfactual", seed, **scores)
    front = front_of(results_tree.gathered()[0], results_tree.study)
    assert [column.name for column in front.columns] == [
        *("average_precision", "dci_disentanglement", "factor_vae"),
        *("mse_random_start", "exact_gain", "exact_gain_direction"),
    ]
    assert len(re.findall("<th scope=.col.", page(results_tree))) == 8


def test_without_true_counterfactuals_the_oracle_answers_how_it_edits(results_tree):
    results_tree.put("alpha", "counterfactual", 0, faithfulness=0.25)
    front = front_of(results_tree.gathered()[0], results_tree.study)
    assert [column.name for column in front.columns][-1] == "faithfulness"


def test_who_leads_is_said_of_methods_under_test(results_tree):
    front = front_of(results_tree.gathered()[0], results_tree.study)
    assert front.sentences == ["Of the methods under test, alpha leads in AP (0.600; next beta, 0.250: told apart)."]
    results_tree.controls = ["beta"]
    assert not any("leads" in text for text in front_of(results_tree.gathered()[0], results_tree.study).sentences)


def test_the_smaller_error_leads(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("beta", "reconstruct", seed, mse_random_start=0.005)
    front = front_of(results_tree.gathered()[0], results_tree.study)
    assert "beta leads in MSE, random start (0.0050; next alpha, 0.0100: not tested)" in " ".join(front.sentences)


@pytest.mark.parametrize(
    ("p_value", "needed", "words"),
    [
        (0.049, None, "told apart"),
        (0.05, None, "not told apart"),
        (0.5, 1234, "not told apart, 1,234 seeds would"),
        (None, None, "not tested"),
    ],
)
def test_a_lead_says_how_sure_it_is(p_value, needed, words):
    found = Lead(CATALOGUE["average_precision"], ("a", "b"), (0.604, 0.566), p_value, needed)
    assert led(found) == f"a leads in AP (0.604; next b, 0.566: {words})"


def test_what_stands_against_the_reference_is_counted_both_ways(results_tree):
    for seed, (worse, better) in enumerate(((0.1, 0.001), (0.2, 0.0012), (0.3, 0.0009))):
        results_tree.put("beta", "probe", seed, average_precision=worse)
        results_tree.put("beta", "reconstruct", seed, mse_random_start=better)
        results_tree.put("alpha", "probe", seed, average_precision=(0.9, 0.95, 0.99)[seed])
        results_tree.put("alpha", "reconstruct", seed, mse_random_start=(0.01, 0.0101, 0.0102)[seed])
    study = results_tree.study
    compared = compare("squares", results_tree.rows, study)
    found = front_of(results_tree.gathered(*compared)[0], study)
    assert found.sentences[-1] == (
        "Against alpha, the row chosen beforehand to compare with, 2 of 2 differences stand, corrected within "
        "each metric (over all 2: 2): 1 for the other rows, 1 for alpha."
    )


def test_a_seed_costs_the_minutes_of_all_its_stages(results_tree):
    data = results_tree.gathered()[0]
    ten = dataclasses.replace(
        data.costs[0], name="alpha", kind="method", n_seeds=2, minutes={"train": 15.0, "probe": 5}
    )
    front = front_of(dataclasses.replace(data, costs=[ten]), results_tree.study)
    assert [(row.name, cost.number) for row, _, cost in front.methods] == [("alpha", 10.0), ("beta", None)]


def test_an_empty_grid_still_makes_a_page(results_tree):
    results_tree.datasets = ["unborn"]
    assert "No results yet" in page(results_tree)


def test_stale_results_are_not_mentioned(results_tree):
    results_tree.put("gone", "probe", 0, average_precision=0.99)
    assert "gone" not in page(results_tree)


def test_what_is_worse_than_the_reference_has_its_dagger_and_no_other_mark(results_tree):
    for seed, value in enumerate((0.9, 0.95, 0.99)):
        results_tree.put("alpha", "probe", seed, average_precision=value)
    compared = compare("squares", results_tree.rows, results_tree.study)
    text = page(results_tree, *compared)
    assert "0.250 ± 0.000</a><sup>†</sup>" in text
    assert "bold: better than alpha, †: worse" in text
    assert "<sup>a</sup>" not in text


def test_of_one_seed_nothing_is_said_to_be_better(results_tree):
    results_tree.seeds = [0]
    text = page(results_tree, *compare("squares", results_tree.rows, results_tree.study))
    assert "Of one seed" in text
    assert "bold" not in text.split("<body>")[1].split("<script>")[0]


@pytest.mark.parametrize("note", ["our reconstruction", ""])
def test_an_asterisk_is_explained_where_a_row_has_one(results_tree, note):
    results_tree.put("alpha", "train", 0, note=note)
    text = page(results_tree)
    assert ("alpha*" in text) == ("*: see its page" in text) == bool(note)


def test_steps_that_may_overshoot_are_marked_where_they_are_read_first(results_tree):
    own = {"exact_gain": 0.1, "exact_gain_direction": -0.2, "strength_direction": STRENGTHS[-1]}
    for seed in (0, 1, 2):
        results_tree.put("alpha", "counterfactual", seed, **own, flipped_direction=0.4)
        results_tree.put("beta", "counterfactual", seed, **own, flipped_direction=0.5)
    front = front_of(results_tree.gathered()[0], results_tree.study)
    marks = {
        row.name: {c.name: cell.marks for c, cell in zip(front.columns, cells, strict=True)}
        for row, cells, _ in front.methods
    }
    assert marks["alpha"]["exact_gain_direction"] == ("¶",)
    assert marks["alpha"]["exact_gain"] == marks["beta"]["exact_gain_direction"] == ()
    assert f"¶: {OVERSHOT}" in page(results_tree)
