"""The page on how sure the numbers are: what it says of made-up results, offline and in words."""

import posixpath
import re

import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.reading.machines import Pair
from diffrep.reports.rows.questions import page_of


def fill(tree):
    """alpha and gamma are trained, beta has the same numbers for every seed, and gamma is far above it."""
    tree.methods.append("gamma")
    tree.reference = "beta"
    for seed in (0, 1, 2):
        tree.put("gamma", "train", seed, steps=40)
        tree.put("gamma", "probe", seed, average_precision=0.9 + 0.01 * seed)
        tree.put("alpha", "probe", seed, noise={"average_precision": {"rows": 0.2}})
        tree.put("alpha", "probe", seed, average_precision=(0.2, 0.3, 0.4)[seed])
    return tree


@pytest.fixture
def tree(results_tree):
    """One to change."""
    return fill(results_tree)


@pytest.fixture(scope="module")
def files(kept_tree):
    """The texts of the report on an unchanged tree, made once."""
    return fill(kept_tree).texts()


@pytest.fixture(scope="module")
def text(files):
    """Its page."""
    return in_a_line(files["questions/sure.html"])


def page(tree):
    return in_a_line(tree.texts()["questions/sure.html"])


def in_a_line(text):
    return re.sub(r"\s+", " ", text)


def cells(text, heading):
    """The first row of the table below a heading, as texts."""
    row = text.split(f"{heading}</h3>")[1].split("<tbody>")[1].split("</tr>")[0]
    return [re.sub("<[^>]*>", "", cell).replace("&nbsp;", " ") for cell in re.findall("<t[hd].*?</t[hd]>", row)]


def test_it_opens_with_what_stands_in_both_directions(text):
    assert "Compared with beta, 1 of 2 differences stand, corrected within each metric (over all 2: 1): " in text
    assert "1 for the better, 0 for the worse." in text


def test_it_says_what_the_seeds_of_each_row_change(text):
    assert "<dt>trained: alpha, gamma</dt>" in text
    assert "<dt>constant: beta</dt>" in text


def test_comparisons_are_counted_with_their_test(text):
    assert cells(text, "Compared with beta") == ["AP ↑", "one-sample", "2", "1", "0", "1"]


def test_power_is_told_of_both_designs(text):
    found = cells(text, "The smallest difference that 3 seeds find four times in five")
    assert (found[0], found[2], found[-1]) == ("AP ↑", "Welch", "2")
    one, among = float(found[3]), float(found[4])
    assert 0 < one < among


def test_the_best_two_are_named(text):
    found = cells(text, "How many seeds would tell the best two methods apart")
    assert found[:4] == ["AP ↑", "gamma", "alpha", "0.610"]


def test_noise_stands_beside_the_spread(text):
    found = cells(text, "Noise beside the spread over seeds")
    assert found == ["AP ↑", "the test rows", "0.200", "0.100", "1 of 1: alpha"]


def test_every_number_leads_to_a_column_or_a_row_that_is_there(text, files):
    numbers = re.findall(r"<td[^>]* data-value[^>]*>(.*?)</td>", text)
    assert len(numbers) > 10
    assert [number for number in numbers if "<a href=" not in number and not re.match(r"0 of", number)] == []
    for address, place in re.findall(r'href="([^"#]+)#([^"]+)"', text):
        assert f'id="{place}"' in files[posixpath.normpath(f"questions/{address}")], (address, place)
    assert 'href="told.html#squares.average_precision.difference"' in text


def test_the_numbers_of_the_summary_have_a_page_each():
    for column in CATALOGUE.values():
        assert not column.summary or page_of(column)


def test_metrics_that_are_paired_are_named(text):
    assert "paired by seed for FactorVAE, Welch's for all others" in text


def test_it_loads_nothing_and_leads_back(text):
    assert "../index.html" in re.findall(r'href="([^"#]+)"', text)
    assert not re.findall(r"src=|@import|<link", text)


def test_with_one_seed_it_says_that_nothing_can_be_said(tree):
    tree.seeds = [0]
    text = page(tree)
    assert "1 seed a row" in text
    assert "nothing can be said of power" in text


def test_what_has_no_noise_says_why(tree):
    for seed in (0, 1, 2):
        noise = {"factor_vae": {"estimator": 0.01}}
        tree.put("alpha", "disentangle", seed, dci_disentanglement=0.1, factor_vae=0.5, noise=noise)
        tree.put("alpha", "reconstruct", seed, mse_random_start=0.1)
    text = page(tree)
    assert "Noise of DCI D: no line, since blocks of test rows would say too little of a score that grows" in text
    assert "of MSE, random start: no line, since no stage measures it" in text
    assert "of FactorVAE: of what the estimator draws alone, none of the test rows." in text


def test_another_machine_stands_beside_the_spread_over_seeds(tree, monkeypatch):
    known = [Pair("alpha", 0, "average_precision", 0.2, 0.23), Pair("gamma", 0, "average_precision", 0.9, 0.9)]
    monkeypatch.setattr("diffrep.reports.pages.sure_page.pairs_of", lambda results, dataset: known)
    monkeypatch.setattr("diffrep.reports.pages.sure_page.instruction_sets", lambda dataset: ["AVX512", "AVX2"])
    text = page(tree)
    found = cells(text, "Another machine beside the spread over seeds")
    assert found == ["AP ↑", "another instruction set", "0.015", "0.071", "0 of 2"]
    assert "on a machine with AVX512 and on one with AVX2" in text


def test_without_a_second_machine_nothing_is_said_of_one(text):
    assert "Another machine" not in text
