"""What stands below tables: noise that exceeds the spread, what seeds could find, and whose seeds train nothing."""

import re

import pytest

from diffrep.metrics.power import paired_power, smallest_difference, welch_power
from diffrep.reports.pages.dataset import gathered
from diffrep.reports.pages.question_page import narrowed


@pytest.fixture
def tree(results_tree):
    """alpha and gamma are trained, beta has the same numbers for every seed."""
    results_tree.methods.append("gamma")
    for seed in (0, 1, 2):
        results_tree.put("gamma", "train", seed, steps=40)
        results_tree.put("gamma", "probe", seed, average_precision=0.4 + 0.1 * seed)
    return results_tree


def noisy(tree, method, sd):
    for seed in (0, 1, 2):
        tree.put(method, "probe", seed, noise={"average_precision": {"rows": sd}})


def summary(tree):
    return tree.texts()["tables/squares.md"].split("## Summary")[1].split("##")[0]


def test_noise_above_the_spread_is_marked_with_its_size_and_source(tree):
    noisy(tree, "alpha", 0.125)
    text = summary(tree)
    assert "| alpha | 3 | 0.600 ± 0.100<sup>‡</sup> |" in text
    assert (
        "<sup>‡</sup> the number's own noise is larger than its spread over seeds: AP ± 0.125 (from the test rows)"
        in text
    )


def test_noise_below_the_spread_is_not(tree):
    noisy(tree, "alpha", 0.09)
    assert "‡" not in summary(tree)


def test_a_constant_has_noise_all_the_same(tree):
    noisy(tree, "beta", 0.01)
    assert re.search(r"\| beta \| 3 \| 0\.250 ± 0\.000<sup>(†,)?‡</sup> \|", summary(tree))


def test_of_one_seed_the_noise_stands_below_the_table_without_a_mark_at_every_number(tree):
    noisy(tree, "alpha", 0.125)
    tree.seeds = [0]
    text = summary(tree)
    assert "| alpha | 1 | 0.500 |" in text
    assert "One seed has no spread. The numbers' own noise: AP ± 0.125 (from the test rows)." in text


def test_the_mark_reaches_the_page_and_latex(tree):
    noisy(tree, "alpha", 0.125)
    texts = tree.texts()
    assert r"0.600 $\pm$ 0.100\textsuperscript{‡}" in texts["tables/squares.tex"]
    assert re.search(r"0\.600 ± 0\.100(</a>)?<sup>‡</sup>", texts["questions/told.html"])


def test_a_line_says_what_the_seeds_could_have_found(tree):
    one, among = (smallest_difference(welch_power, 0.1, 3, level=level) for level in (0.05, 0.025))
    line = re.search(r"3 seeds find a true difference between two methods four times in five .*", summary(tree))[0]
    assert line.endswith(f"AP {one:.3f} ({among:.3f}).") or line.endswith(f"AP {one:.3f} ({among:.3f}).<br>")
    assert "as one of up to 2 that are tested together" in line


def test_it_stands_under_every_table_of_methods(tree):
    text = tree.texts()["tables/squares.md"]
    assert "3 seeds find" in text.split("## Attribute probe")[1].split("##")[0]


def test_below_the_differences_it_is_of_the_reference_where_that_is_constant(tree):
    tree.reference = "beta"
    one, among = (smallest_difference(paired_power, 0.1, 3, level=level) for level in (0.05, 0.025))
    page = tree.texts()["questions/told.html"].split("Differences from beta</h3>")[1]
    assert "from beta four times in five where it is at least this large (in brackets: as one of up to 2" in page
    assert f"AP {one:.3f} ({among:.3f})." in page


def test_what_seeds_find_is_added_where_differences_are_shown_and_nowhere_before(tree):
    tree.reference = "beta"
    data = gathered(tree.root, tree.root / "reports", tree.study)[0]
    assert data.comparison.notes == ()
    assert len(narrowed(data, data.comparison.columns, tree.study).notes) == 1


def test_rows_whose_seeds_train_nothing_are_named(tree):
    assert "beta: every seed gives the same numbers" in summary(tree)
    tree.put("beta", "probe", 0, average_precision=0.26)
    text = summary(tree)
    assert "beta: nothing is trained: its spread is that of what each seed draws" in text
    assert "alpha: nothing" not in text
