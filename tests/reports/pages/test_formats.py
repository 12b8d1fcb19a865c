"""Tables in files: full precision as CSV, the readable form as Markdown and LaTeX."""

import csv
import io

import pytest

from diffrep.reports.pages.formats import to_csv, to_latex, to_markdown
from diffrep.reports.pages.readable import readable


def lines(tree):
    return {line["method"]: line for line in csv.DictReader(io.StringIO(to_csv(tree.rows)))}


def markdown(tree):
    return to_markdown("squares", readable(tree.rows, []))


def test_csv_gives_mean_and_spread_in_full(results_tree):
    alpha = lines(results_tree)["alpha"]
    assert float(alpha["average_precision_mean"]) == 0.6
    assert float(alpha["average_precision_sd"]) == pytest.approx(0.1)


def test_csv_counts_seeds(results_tree):
    counts = {name: line["n_seeds"] for name, line in lines(results_tree).items()}
    assert counts == {"alpha": "3", "beta": "3", "noise": "1"}


def test_absent_values_are_blank_in_csv(results_tree):
    assert lines(results_tree)["noise"]["average_precision_sd"] == ""
    assert lines(results_tree)["beta"]["mse_random_start_mean"] == ""


def test_unknown_metrics_reach_the_csv(results_tree):
    results_tree.put("alpha", "encode", 0, sharpness=2.0)
    assert lines(results_tree)["alpha"]["sharpness_mean"] == "2.0"


def test_cost_and_sample_sizes_are_no_metrics(results_tree):
    assert not [name for name in lines(results_tree)["alpha"] if name.startswith(("n_test", "wall_seconds"))]


def test_markdown_has_fixed_digits_and_anchors_in_italics(results_tree):
    assert "| alpha | 3 | 0.600 ± 0.100 |" in markdown(results_tree)
    assert "| *noise* | 1 | 0.125<sup>a</sup> |" in markdown(results_tree)


def test_footnotes_stand_below_the_table(results_tree):
    text = markdown(results_tree)
    assert "| beta | 3 | 0.250 ± 0.000 | –<sup>a</sup> |" in text
    assert "<sup>a</sup> not applicable: beta decodes nothing" in text


def test_what_nobody_measured_stands_last(results_tree):
    text = to_markdown("squares", [], ["skipped (FID)"])
    assert text.endswith("Without a value in any row: skipped (FID).\n")


def test_latex_escapes_and_balances(results_tree):
    results_tree.put("alpha", "reconstruct", 0, mse_random_start=None, reasons={"mse_random_start": "50 % & a_b"})
    tex = to_latex("squares", readable(results_tree.rows, []))
    assert r"50 \% \& a\_b" in tex
    assert tex.count(r"\begin{tabular}") == tex.count(r"\end{tabular}") > 0


def test_a_note_stands_behind_the_name_in_every_table(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
    tables = readable(results_tree.rows, [])
    text, tex = to_markdown("squares", tables), to_latex("squares", tables)
    assert text.count("| alpha (our reconstruction) |") == tex.count("alpha (our reconstruction) &") == len(tables)
    assert lines(results_tree)["alpha"]["note"] == "our reconstruction"
