"""What a run is beside the committed reference run: in a line, and both runs' headline numbers."""

import csv
import re
from pathlib import Path

import pytest

from diffrep.reports.pages.beside_reference import run_sentence
from diffrep.reports.pages.front_page import front_of
from diffrep.reports.reading import reference
from diffrep.reports.reading.reference import reference_run, reference_tables_there


@pytest.fixture
def tree(results_tree, monkeypatch):
    monkeypatch.setitem(reference.PARTS, "squares", "rooms")
    return results_tree


def write_reference(root: Path, seeds: int = 5, **values: str) -> None:
    """The tables of a reference run whose methods have these numbers in AP."""
    folder = root / "reports" / "reference" / "rooms" / "reports" / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "squares-headline.csv": [
            ["kind", "method", "remarks", "AP ↑"],
            *(["method", n, "", v] for n, v in values.items()),
        ],
        "squares.csv": [["method", "n_seeds", "steps_mean"], *([n, seeds, 5000.0] for n in values), ["pca", seeds, ""]],
    }
    for name, lines in tables.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(lines)


def test_without_a_reference_nothing_stands_beside(tree):
    assert run_sentence(tree.gathered()[0]) == ""
    assert front_of(tree.gathered()[0], tree.study).beside == []


@pytest.mark.parametrize(("seeds", "words"), [(5, "5 seeds"), (1, "1 seed")])
def test_with_one_it_says_what_that_has(tree, seeds, words):
    write_reference(tree.root, seeds, alpha="**0.700 ± 0.010**")
    assert run_sentence(tree.gathered()[0]) == (
        f"The reference run's protocol at another budget: that has 5,000 steps and {words}."
    )


def test_the_numbers_of_rows_that_both_have_stand_side_by_side(tree):
    write_reference(tree.root, alpha="**0.700 ± 0.010**", gone="0.1")
    text = re.sub(r"\s+", " ", tree.files()["index.html"])
    assert "<h2>Beside the reference run</h2>" in text
    assert '<th scope="row">alpha</th><td>0.600 ± 0.100</td><td>0.700 ± 0.010</td>' in text
    assert "gone" not in text


OWN, SHARED = "Each seed has its own base model.", "The seeds share a base model."


@pytest.mark.parametrize(("models", "words"), [("abc", OWN), ("aaa", SHARED)])
def test_whether_seeds_share_a_base_model_is_said(tree, models, words):
    for seed, model in enumerate(models):
        tree.put("alpha", "train", seed, notes={"stands_on": {"base": model}})
    assert run_sentence(tree.gathered()[0]) == words


def test_a_data_set_that_no_reference_has_has_none(tmp_path):
    assert reference_run(tmp_path, "circles") is None
    assert reference_run(tmp_path, "shapes3d_rendered") is None


def test_of_its_tables_those_that_are_there_are_listed(tree):
    assert reference_tables_there(tree.root) == []
    write_reference(tree.root, alpha="0.700")
    tables = [path.name for path in reference_tables_there(tree.root)]
    assert tables == ["squares-headline.csv", "squares.csv"]
