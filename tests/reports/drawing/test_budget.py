"""The figure of budgets shows every share with its spread, in the colours of all figures, and stands on the pages."""

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from results_tree import unrendered

from diffrep.reports.drawing import budget as drawing
from diffrep.reports.drawing.style import COLOURS
from diffrep.reports.reading.partway import budget_curves
from diffrep.reports.rows.budget import budget_points

PNG = b"\x89PNG"
NOTHING = {"steps": None, "images_seen": None, "average_precision": None}


@pytest.fixture
def tree(results_tree):
    """alpha has been scored at a quarter, half and all of its steps; beta takes none."""
    for seed in results_tree.seeds:
        results_tree.put("alpha", "train", seed, steps=40, images_seen=320)
        for method in ("alpha", "beta"):
            results_tree.put(method, "partway", seed, notes={"shares": [0.25, 0.5]})
        for share, value in (("0.25", 0.4), ("0.5", 0.55)):
            known = {"images_seen": int(320 * float(share)), "average_precision": value, "mse_random_start": 0.02}
            results_tree.put("alpha", "partway", seed, share, **known)
            results_tree.put("beta", "partway", seed, share, **NOTHING, reasons=dict.fromkeys(NOTHING, "no steps"))
    return results_tree


def points(tree):
    return budget_points(budget_curves(tree.results), "squares", tree.study)


@pytest.fixture
def drawn(tree, monkeypatch):
    figures: list[Figure] = []
    monkeypatch.setattr(drawing, "to_png", figures.append)
    drawing.budget(points(tree), tree.rows)
    return figures[0]


def test_a_line_has_a_point_and_a_bar_for_every_share(drawn):
    axes = drawn.axes[0]
    (bars,) = axes.containers
    assert bars.lines[0].get_xdata() == pytest.approx([80, 160, 320], rel=0.01)
    assert bars.lines[0].get_ydata() == pytest.approx([0.4, 0.55, 0.6])
    low, high = bars.lines[2][0].get_segments()[-1][:, 1]
    assert (low, high) == pytest.approx((0.5, 0.7))
    assert axes.get_xscale() == "log"
    assert axes.get_xticks() == pytest.approx([80, 160, 320])


def test_what_takes_no_steps_lies_across_in_its_own_colour(drawn):
    across = [line for line in drawn.axes[0].lines if line.get_linestyle() == "--"]
    assert [to_hex(line.get_color()) for line in across] == [COLOURS[1]]
    assert across[0].get_ydata()[0] == 0.25


def test_a_panel_for_each_measure_that_is_there(drawn):
    assert [axes.get_title(loc="left") for axes in drawn.axes] == ["AP ↑", "MSE, random start ↓"]


def test_of_one_method_the_others_are_pale(tree, monkeypatch):
    figures: list[Figure] = []
    monkeypatch.setattr(drawing, "to_png", figures.append)
    drawing.budget(points(tree), tree.rows, "alpha")
    alphas = {line.get_label(): line.get_alpha() for line in figures[0].axes[0].lines if line.get_label()[0] != "_"}
    assert alphas == {"alpha": 1.0, "beta": drawing.PALE}


def test_alike_and_nothing_of_nothing(tree, results_tree):
    assert drawing.budget(points(tree), tree.rows) == drawing.budget(points(tree), tree.rows)
    assert drawing.budget(points(tree).iloc[:0], tree.rows) is None


def test_it_stands_on_the_pages_with_the_sentence(tree):
    with unrendered():
        folder = tree.build()
    assert (folder / "figures" / "squares-budget.png").read_bytes().startswith(PNG)
    for page in ("questions/told.html", "questions/disentangled.html", "questions/reconstructs.html"):
        assert '<figure class="budget">' in (folder / page).read_text()
    for page, method in (("questions/told.html", "none"), ("methods/alpha.html", "none")):
        text = (folder / page).read_text()
        assert f"interval of each seed&#39;s own gain: AP ↑ {method}; MSE, random start ↓ alpha." in text


def test_without_shares_no_page_has_it(results_tree):
    with unrendered():
        folder = results_tree.build()
    assert not (folder / "figures" / "squares-budget.png").exists()
    assert "by more than the seeds" not in (folder / "questions" / "told.html").read_text()
