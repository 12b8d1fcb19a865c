"""The page of findings: sentences of made-up results, what they rest on, and nothing where there is none."""

import re

import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.findings.finding import Finding
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.findings_page import MAKERS, evidence_of, findings_of, render, section


def put(tree):
    """alpha becomes the trained row beside PCA."""
    tree.methods = ["alpha", "pca"]
    for seed in (0, 1, 2):
        tree.put("pca", "train", seed, steps=0)
        tree.put("pca", "probe", seed, average_precision=0.25, average_precision_colour=0.5)
    return tree


@pytest.fixture(scope="module")
def texts(kept_tree):
    """Those of the report, made once."""
    return put(kept_tree).texts()


@pytest.fixture(scope="module")
def page(texts):
    return re.sub(r"\s+", " ", texts["questions/findings.html"])


def test_a_sentence_stands_with_how_sure_it_is_and_where_its_numbers_stand(page):
    assert "Beside PCA&#39;s average precision of 0.250, 1 of 1 trained methods have a higher one" in page
    assert "How sure: 3 training seeds, one-sample t-test" in page
    assert "Methods under test were trained for 40 steps." in page
    assert 'href="../questions/told.html#squares.average_precision"' in page
    assert "from seeds 0, 1, 2." in page


def test_its_links_lead_to_what_is_there(page, texts):
    for address, place in re.findall(r'href="\.\./questions/([^"#]+)#([^"]+)"', page):
        assert f'id="{place}"' in texts[f"questions/{address}"]


def test_without_rows_to_compare_nothing_is_claimed(results_tree):
    text = results_tree.texts()["questions/findings.html"]
    assert "No sentence has all its rows and numbers yet." in text


def test_every_figure_and_number_that_a_finding_may_name_is_known(results_tree):
    data = put(results_tree).gathered()[0]
    for finding in findings_of(data, results_tree.study):
        assert set(finding.evidence) <= set(CATALOGUE)
        assert set(finding.figures) <= set(FIGURES)
        assert evidence_of(data, finding)
    assert len(set(MAKERS)) == len(MAKERS)


@pytest.mark.parametrize(
    ("number", "page"),
    [("mse_random_start", "reconstructs"), ("average_precision", "told"), ("exact_gain", "told")],
)
def test_a_figure_of_several_pages_is_linked_once_where_the_findings_numbers_are(results_tree, number, page):
    finding = Finding("made", "", "", (number,), claim="", paper="", figures=("budget",))
    links = [each.address for each in evidence_of(put(results_tree).gathered()[0], finding) if "figure" in each.title]
    assert links == [f"questions/{page}.html#squares"]


def test_the_page_names_every_data_set(results_tree):
    data = put(results_tree).gathered()[0]
    circles = {"name": "circles", "scale": "", "findings": []}
    text = render([section(data, results_tree.study, ""), circles], results_tree.study)
    assert '<a href="#circles">circles</a>' in text
