"""What the front page says, beside its tables."""

import pytest

from diffrep.reports.pages.page import no_twins, oracle_accuracy


def page(tree):
    return tree.files()["index.html"]


def test_it_says_what_was_left_out_and_how_well_the_oracle_reads(results_tree):
    results_tree.share("oracle", accuracy=0.95, accuracy_side=0.9104, steps=9)
    results_tree.put("alpha", "counterfactual", 0, notes={"left_out": {"side": 0.9104}})
    assert oracle_accuracy(results_tree.results) == [("accuracy", "0.95"), ("accuracy_side", "0.9104")]
    assert "<b>Left out of the counterfactual scores</b>" in page(results_tree)
    assert "side (0.910)" in page(results_tree)


def test_it_says_why_there_is_no_loss_of_factors(results_tree):
    reason = "not applicable: these are photographs"
    results_tree.share("attribute_loss", attribute_loss=None, reasons={"attribute_loss": reason})
    assert no_twins(results_tree.results) == reason
    assert f"No figure of when noise takes each factor: {reason}." in page(results_tree)


@pytest.mark.parametrize(("shuffled", "flagged"), [(0.01049, True), (0.0106, False)])
def test_a_method_that_ignores_its_code_is_flagged(results_tree, shuffled, flagged):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=shuffled)
    assert ("<b>alpha ignores its code:</b> decoding with another image" in page(results_tree)) is flagged


def test_a_note_stands_in_the_tables_and_with_the_costs(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
    text = page(results_tree)
    assert '<th scope="row"><a href="methods/alpha.html">alpha (our reconstruction)</a></th>' in text
    assert '<tr><th scope="row">alpha (our reconstruction)</th>' in text.split("<h3>Cost</h3>")[1]


def test_settings_are_printed(results_tree):
    assert "<pre>train:\n  steps: 40</pre>" in page(results_tree)


def test_text_from_results_is_escaped(results_tree):
    results_tree.put("beta", "reconstruct", 0, mse_random_start=None, reasons={"mse_random_start": "<script>x"})
    assert "<script>x" not in page(results_tree)


def test_an_empty_grid_still_makes_a_page(results_tree):
    results_tree.datasets = ["unborn"]
    assert "No results yet" in page(results_tree)
