"""The figure of gain against spill: drawn where a truth is known, a mark per seed that has both numbers."""

import pytest
from matplotlib.figure import Figure
from results_tree import unrendered

from diffrep.metrics.catalogue import OTHER_EDITS
from diffrep.reports.drawing import exact


@pytest.fixture
def known(results_tree):
    """alpha swaps and moves along directions, beta only swaps and has no spill in one seed, an anchor edits nothing."""
    for seed in (0, 1, 2):
        moved = {"exact_gain_direction": 0.5, "exact_spill_direction": 0.02}
        results_tree.put("alpha", "counterfactual", seed, exact_gain=0.1 * seed, exact_spill=0.01 * seed, **moved)
        results_tree.put("beta", "counterfactual", seed, exact_gain=-0.5, exact_spill=None if seed == 1 else 0.0)
    results_tree.anchor("unedited", "counterfactual", exact_gain=0.0, exact_spill=0.0)
    return results_tree


def figure(tree, monkeypatch) -> Figure:
    figures: list[Figure] = []
    monkeypatch.setattr(exact, "to_png", figures.append)
    exact.gain_against_spill(tree.rows, tree.results)
    return figures[0]


def marks(axes) -> dict[str, list[tuple[float, float]]]:
    lines = [line for line in axes.lines if not line.get_label().startswith("_")]
    return {line.get_label(): [tuple(xy) for xy in line.get_xydata()] for line in lines}


def test_a_panel_per_kind_of_edit_and_a_mark_per_seed(known, monkeypatch):
    swapped, moved = figure(known, monkeypatch).axes
    assert marks(swapped) == {
        "alpha": [(0.0, 0.0), (0.1, 0.01), (0.2, 0.02)],
        "beta": [(-0.5, 0.0), (-0.5, 0.0)],
        "unedited": [(0.0, 0.0)],
    }
    assert marks(moved) == {"alpha": [(0.5, 0.02)] * 3}


def test_a_code_of_one_part_has_no_swap_to_show(known, monkeypatch):
    for seed in (0, 1, 2):
        known.put("alpha", "counterfactual", seed, parts=1)
    swapped, moved = figure(known, monkeypatch).axes
    assert set(marks(swapped)) == {"beta", "unedited"}
    assert set(marks(moved)) == {"alpha"}


def test_every_row_is_named_once(known, monkeypatch):
    legend = figure(known, monkeypatch).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["alpha", "beta", "unedited"]


def test_it_reaches_the_report(known):
    with unrendered():
        folder = known.build()
    assert (folder / "figures" / "squares-exact.png").read_bytes().startswith(b"\x89PNG")
    assert "Edits against the true counterfactual" in (folder / "questions" / "edits.html").read_text()


def test_without_a_truth_there_is_no_figure(results_tree):
    results_tree.put("alpha", "counterfactual", 0, exact_gain=None, exact_spill=None, efficacy=0.5)
    assert exact.gain_against_spill(results_tree.rows, results_tree.results) is None


def test_every_kind_of_edit_has_a_title():
    assert {*exact.EDIT_TITLES} == {"", *OTHER_EDITS}
