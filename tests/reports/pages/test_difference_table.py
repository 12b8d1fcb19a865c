"""What the report makes of differences that it is given: bold where one is better, a table, a file."""

import csv
import io
import re
from dataclasses import replace

import pytest

from diffrep.reports.rows.differences import Difference, compare

AP = Difference(
    *("squares", "average_precision", "beta", "alpha", 3, "Welch", 0.1, 0.05, 0.15, 3.456, 0.01, 0.03, "better")
)
WORSE = replace(AP, difference=-0.1, low=-0.15, high=-0.05, verdict="worse")
MSE = Difference("squares", "mse_random_start", "beta", "alpha", reason="beta <decodes> nothing")


@pytest.fixture(scope="module")
def found(kept_tree):
    """The texts where beta is better in one metric and cannot be tested in the other, made once."""
    return kept_tree.files(AP, MSE)


def summary(text):
    return text.split("## Summary")[1].split("##")[0]


def test_better_is_bold_and_the_caption_says_so(found):
    assert "| beta | 3 | **0.250 ± 0.000** | –<sup>a</sup> |" in summary(found["tables/squares.md"])
    assert "Bold: better than alpha: p < 0.05 after Holm's correction" in found["tables/squares.md"]
    assert "t-tests over 3 seeds, Welch's." in found["tables/squares.md"]
    assert r"\textbf{0.250 $\pm$ 0.000}" in found["tables/squares.tex"]
    assert "<b>0.250 ± 0.000</b>" in found["questions/told.html"]


@pytest.mark.parametrize(
    "difference",
    [
        pytest.param(replace(AP, p_holm=0.06, verdict="untold"), id="by chance, once corrected"),
        pytest.param(WORSE, id="worse"),
    ],
)
def test_nothing_else_is_bold(results_tree, difference):
    found = results_tree.files(difference, MSE)
    assert "**" not in found["tables/squares.md"]
    assert "<b>0.250" not in found["questions/told.html"]
    assert "Nothing is bold: no method is better than alpha" in found["tables/squares.md"]


def test_where_nothing_is_tested_no_tests_are_told(results_tree):
    results_tree.seeds = [0]
    found = compare("squares", results_tree.rows, results_tree.study)
    text = results_tree.files(*found)["tables/squares.md"]
    assert f"Nothing is bold: nothing is tested against alpha: {found[0].reason}." in text
    assert "t-tests" not in text


def test_worse_is_marked_alike_in_every_format(results_tree, found):
    worse = results_tree.files(WORSE, MSE)
    assert "| beta | 3 | 0.250 ± 0.000<sup>†</sup> |" in summary(worse["tables/squares.md"])
    assert "<sup>†</sup> worse than alpha, by the rule for bold" in summary(worse["tables/squares.md"])
    assert r"0.250 $\pm$ 0.000\textsuperscript{†}" in worse["tables/squares.tex"]
    assert "0.250 ± 0.000</a><sup>†</sup>" in worse["questions/told.html"]
    page = worse["questions/told.html"].split("Differences from alpha</h3>")[1]
    assert "−0.100</a><sup>†</sup><br><small>−0.150 to −0.050</small><br><small>p = .030, df 3.46</small>" in page
    assert "†" not in summary(found["tables/squares.md"])


def test_the_rule_names_the_test_of_each_metric_where_there_are_several(results_tree):
    other = replace(AP, metric="mse_random_start", test="one-sample")
    text = results_tree.files(AP, other)["tables/squares.md"]
    assert "Welch's (AP); of one sample, since one of the two has the same value for every seed (MSE, random" in text


def test_nothing_is_bold_without_differences(results_tree):
    found = results_tree.files()
    assert "**" not in found["tables/squares.md"]
    assert "Bold" not in found["questions/told.html"]
    assert "tables/squares-differences.csv" not in found


def test_page_shows_difference_interval_and_p(found):
    cell = r"<b>\+0.100</b></a><br><small>\+0.050 to \+0.150</small><br><small>p = .030, df 3.46</small>"
    assert re.search(cell, found["questions/told.html"])


def test_a_dash_leads_to_its_reason(found):
    page = found["questions/reconstructs.html"].split("Differences from alpha</h3>")[1]
    assert "<td>–<sup>a</sup></td>" in page
    assert "<sup>a</sup> beta &lt;decodes&gt; nothing" in page


def test_csv_gives_all_in_full(results_tree):
    text = results_tree.files(AP, MSE, replace(AP, dataset="circles"))["tables/squares-differences.csv"]
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["method"], first["tested"], float(first["p_holm"]), first["reason"]) == ("beta", "3", 0.03, "")
    assert (first["test"], float(first["df"]), first["verdict"]) == ("Welch", 3.456, "better")
    assert (second["difference"], second["verdict"], second["reason"]) == ("", "", "beta <decodes> nothing")
