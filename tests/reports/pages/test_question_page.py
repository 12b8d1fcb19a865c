"""What the pages of the questions say, and where their numbers lead."""

import re

import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.pages.question_page import no_twins, oracle_accuracy
from diffrep.reports.rows.columns import TABLE_GROUPS
from diffrep.reports.rows.questions import QUESTIONS, VIEWS


def page(tree, question):
    return tree.files()[f"questions/{question}.html"]


@pytest.fixture(scope="module")
def texts(kept_tree):
    """Those of the report on an unchanged tree, made once."""
    return kept_tree.texts()


def test_every_table_answers_one_question():
    groups = [group for question in QUESTIONS for group in question.groups]
    assert sorted(groups) == sorted({*TABLE_GROUPS, VIEWS} - {"summary"})


def test_headline_numbers_stand_in_the_summary():
    assert all(CATALOGUE[name].better for question in QUESTIONS for name in question.headline)
    shown = [name for question in QUESTIONS for name in question.headline[: question.shown]]
    assert all(CATALOGUE[name].summary for name in shown)


def test_a_page_has_its_tables_and_what_their_numbers_are(texts):
    text = texts["questions/told.html"]
    titles = ["Attribute probe", "Average precision by attribute group", "Differences from alpha"]
    assert re.findall(r"<h3>(.*?)</h3>", text) == titles
    assert "<h2>What these numbers are</h2>" in text
    assert CATALOGUE["average_precision"].meaning in text
    assert "MSE, random start" not in text


def test_a_number_leads_to_its_line_and_that_of_an_anchor_to_its_file(texts):
    text = texts["questions/told.html"]
    assert '<a href="../methods/alpha.html#squares.average_precision">0.600 ± 0.100</a>' in text
    assert re.search(r'<a href="../../results/squares/drawn_anchors/0/noise/probe/result.json">0.125</a>', text)


def test_controls_are_set_apart(results_tree):
    results_tree.controls = ["beta"]
    methods, controls = page(results_tree, "told").split('<tbody class="control">')[:2]
    assert "alpha.html" in methods
    assert "beta.html#" not in methods
    assert "beta.html#" in controls


def test_it_says_what_was_left_out_and_how_well_the_oracle_reads(results_tree):
    results_tree.share("oracle", accuracy=0.95, accuracy_side=0.9104, steps=9)
    results_tree.put("alpha", "counterfactual", 0, notes={"left_out": {"side": 0.9104}})
    assert oracle_accuracy(results_tree.results) == [("accuracy", "0.95"), ("accuracy_side", "0.9104")]
    text = page(results_tree, "edits")
    assert "<summary>1 warning to read before comparing</summary>" in text
    assert "<b>Not judged, since the oracle misreads real images:</b> side (0.910)" in text


def test_it_says_why_there_is_no_loss_of_factors(results_tree):
    reason = "not applicable: these are photographs"
    results_tree.share("attribute_loss", attribute_loss=None, reasons={"attribute_loss": reason})
    assert no_twins(results_tree.results) == reason
    assert f"No figure of when noise takes each factor: {reason}." in page(results_tree, "disentangled")


@pytest.mark.parametrize(("shuffled", "flagged"), [(0.01049, True), (0.0106, False)])
def test_a_method_that_ignores_its_code_is_flagged(results_tree, shuffled, flagged):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=shuffled)
    text = page(results_tree, "reconstructs")
    assert ("<b>alpha ignores its code:</b> decoding with another image" in text) is flagged


def test_a_note_stands_in_the_tables_and_with_the_costs(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
    named = '<th scope="row"><a href="../methods/alpha.html">alpha (our reconstruction)</a></th>'
    files = results_tree.files()
    assert named in files["questions/told.html"]
    assert named in files["questions/costs.html"]


def test_text_from_results_is_escaped(results_tree):
    results_tree.put("beta", "reconstruct", 0, mse_random_start=None, reasons={"mse_random_start": "<script>x"})
    assert "<script>x" not in page(results_tree, "reconstructs")


def test_what_was_not_measured_is_said(texts):
    assert "Nothing of this was measured here." in texts["questions/edits.html"]


def test_the_number_of_a_view_leads_to_its_file(results_tree):
    results_tree.put("alpha", "encode", 0, notes={"views": ["times_mean"]})
    results_tree.put("alpha", "probe", 0, view="times_mean", average_precision=0.5)
    results_tree.seal()
    text = page(results_tree, "told")
    for name in ("times_mean", "result"):
        assert re.search(f'href="../../results/squares/alpha/0/probe/[^"]*{name}[^"]*json">', text), name


def test_minutes_lead_to_what_the_first_seed_cost(texts):
    text = texts["questions/costs.html"]
    assert '<a href="../../results/squares/alpha/0/train/cost.json">1.5</a>' in text
