"""Entries as they are read: fixed digits, dashes with reasons, and only columns that say something."""

import pytest

from diffrep.reports.pages.formats import to_csv, to_markdown
from diffrep.reports.pages.readable import TableCell, letter, number_text, readable, unmeasured
from diffrep.reports.rows.scores import OverSeeds


def table(tree, title):
    return next(found for found in readable(tree.rows, []) if found.title == title)


def cell(tree, title, method, metric):
    """The cell, and what its footnotes say."""
    shown = table(tree, title)
    cells = next(cells for row, cells in shown.lines if row.name == method)
    found = dict(zip((column.name for column in shown.columns), cells, strict=True))[metric]
    return found, [shown.footnotes[mark] for mark in found.marks]


@pytest.mark.parametrize(
    ("values", "digits", "text"),
    [
        ((0.5, 0.6, 0.7), 3, "0.600 ± 0.100"),
        ((0.5,), 3, "0.500"),
        ((), 3, "–"),
        ((1000.0, 1000.0), 0, "1,000"),
        ((1000.0, 1002.0), 0, "1,001 ± 1"),
    ],
)
def test_a_number_as_text(values, digits, text):
    assert number_text(OverSeeds(values), digits) == text


def test_letters_go_on_after_z():
    assert [letter(i) for i in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]


def test_a_mark_stands_behind_a_cell_and_bold_around_it():
    found = TableCell("0.5", ("a", "b"), 0.5, bold=True)
    assert found.dressed(found.text, "**{}**", "<sup>{}</sup>") == "**0.5**<sup>a,b</sup>"


def test_the_summary_of_data_with_targets_alone_shows_how_they_are_told(results_tree):
    for seed in (0, 1, 2):
        for method in ("alpha", "beta"):
            results_tree.path(method, "probe", seed).unlink()
            why = {"average_precision": "not applicable: this data set has no binary attributes"}
            results_tree.put(method, "probe", seed, average_precision=None, target_r=0.75, reasons=why)
    assert "target_r" in [column.name for column in table(results_tree, "Summary").columns]
    assert cell(results_tree, "Summary", "beta", "target_r")[0].text == "0.750 ± 0.000"


def test_a_dash_leads_to_its_reason(results_tree):
    found, reasons = cell(results_tree, "Reconstruction", "beta", "mse_random_start")
    assert (found.text, reasons) == ("–", ["not applicable: beta decodes nothing"])


def test_a_cell_not_run_is_a_dash(results_tree):
    for seed in (0, 1, 2):
        results_tree.path("beta", "probe", seed).unlink()
    found, reasons = cell(results_tree, "Attribute probe", "beta", "average_precision")
    assert (found.text, reasons) == ("–", ["no result file yet"])


def test_a_seed_not_run_is_named_beside_the_mean(results_tree):
    results_tree.path("alpha", "probe", 2).unlink()
    found, reasons = cell(results_tree, "Attribute probe", "alpha", "average_precision")
    assert (found.text, reasons) == ("0.550 ± 0.071", ["mean over 2 of 3 seeds; the rest: no result file yet"])


def test_chance_of_attribute_groups_is_their_prevalence(results_tree):
    record = {"average_precision": 0.5, "average_precision_colour": 0.9, "prevalence_colour": 0.2}
    for seed in (0, 1, 2):
        results_tree.put("alpha", "probe", seed, **record)
    assert table(results_tree, "Average precision by attribute group").notes == (
        "Chance is the prevalence: colour 0.200.",
    )


def test_anchors_stand_only_where_they_have_something(results_tree):
    titles = {found.title: [row.name for row, _ in found.lines] for found in readable(results_tree.rows, [])}
    assert titles["Attribute probe"] == ["alpha", "beta", "noise"]
    assert titles["Reconstruction"] == ["alpha", "beta"]


def test_a_column_without_any_value_stands_in_the_csv_alone(results_tree):
    for name in ("alpha", "beta"):
        why = {"reasons": {"exact_gain": "photographs", "cf_fid": "skipped"}}
        results_tree.put(name, "counterfactual", 0, efficacy=0.5, exact_gain=None, cf_fid=None, **why)
    found = results_tree.rows
    assert "exact_gain_mean" in to_csv(found)
    assert "exact gain" not in to_markdown("squares", readable(found, []))
    assert unmeasured(found) == ["photographs (exact gain)", "skipped (FID)"]


def test_headline_columns_stand_beside_faithfulness(results_tree):
    exact = {"exact_gain": 0.5, "exact_mse_changed": 0.25, "exact_mse_stayed": 0.125}
    results_tree.put("alpha", "counterfactual", 0, **exact, faithfulness=0.5)
    names = [column.name for column in table(results_tree, "Summary").columns]
    assert names[names.index("faithfulness") + 1 :] == list(exact)


@pytest.mark.parametrize("ending", ["", "_top", "_direction", "_direction_top", "_direction_mask"])
def test_no_table_of_edits_is_wider_than_ten_columns(results_tree, ending):
    pd = "exact_pd_effnet_lite0"
    scores = ("efficacy", "preservation", "faithfulness", "strength", "flipped", "exact_gain", "exact_spill")
    places = (f"{error}{place}" for error in ("exact_mse", pd) for place in ("", "_changed", "_stayed"))
    names = [f"{name}{ending}" for name in (*scores, *places)]
    results_tree.put("alpha", "counterfactual", 0, **dict.fromkeys(names, 0.5))
    assert max(len(t.columns) for t in readable(results_tree.rows, [])) <= 10
