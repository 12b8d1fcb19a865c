"""What a row's seeds change, from its results alone."""

from pathlib import Path

import pytest

from diffrep.reports.rows.roles import MEANINGS, SPREAD, by_role, role_of

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def tree(results_tree):
    """alpha is trained; beta is not, and has the same numbers for every seed."""
    for seed in (0, 1, 2):
        results_tree.put("beta", "train", seed, steps=None, reasons={"steps": "not applicable"})
    return results_tree


def roles(tree):
    return {row.name: role_of(row) for row in tree.rows if row.kind == "method"}


def test_a_row_with_steps_is_trained_and_one_without_spread_is_constant(tree):
    assert roles(tree) == {"alpha": "trained", "beta": "constant"}


def test_a_row_without_steps_that_moves_is_frozen(tree):
    tree.put("beta", "probe", 1, average_precision=0.26)
    assert roles(tree)["beta"] == "frozen"


def test_a_row_that_stands_on_another_model_with_every_seed_is_trained(tree):
    for seed, checksum in enumerate(("ab", "cd", "ef")):
        tree.put("beta", "train", seed, notes={"stands_on": {"base": checksum}})
    assert roles(tree)["beta"] == "trained"


def test_a_row_whose_seeds_share_the_model_that_they_stand_on_is_not(tree):
    for seed in (0, 1, 2):
        tree.put("beta", "train", seed, notes={"stands_on": {"base": "ab"}})
        tree.put("beta", "probe", seed, average_precision=0.25 + seed / 100)
    assert roles(tree)["beta"] == "frozen"


def test_what_a_spread_holds_is_said_in_one_sentence_wherever_it_is_said(tree):
    tree.put("beta", "probe", 1, average_precision=0.26)
    texts = tree.texts()
    places = [texts["questions/sure.html"], texts["questions/told.html"], (DOCS / "uncertainty.md").read_text()]
    assert all(SPREAD in " ".join(text.split()) for text in places)
    assert "evaluation" not in MEANINGS["frozen"]  # whose draws are the same for every seed


def test_rounding_does_not_move_a_row(tree):
    tree.put("beta", "probe", 1, average_precision=0.25 + 1e-15)
    assert roles(tree)["beta"] == "constant"


def test_a_trained_row_stays_one_whatever_its_numbers(tree):
    for seed in (0, 1, 2):
        tree.put("beta", "train", seed, steps=10)
    assert roles(tree)["beta"] == "trained"


def test_rows_not_run_and_anchors_have_no_role(tree):
    tree.methods.append("gamma")
    assert by_role(tree.rows) == {"trained": ["alpha"], "constant": ["beta"]}
