"""Training curves: a panel per method, whatever the sign of its loss."""

import re

import pytest
from matplotlib.figure import Figure

from diffrep.pipelines.core.paths import curves as curves_file
from diffrep.reports.drawing import curves
from diffrep.reports.drawing.curves import training_curves

CURVE = "step,loss,valid_loss,learning_rate\n10,1.0,,0.001\n20,0.5,0.6,0.001\n"


def put_curve(tree, method, seed=0, text=CURVE):
    path = curves_file(tree.put(method, "train", seed, steps=40).parent)
    path.write_text(text)
    tree.seal()
    return path


def test_curves_fill_their_panels_whatever_their_sign(results_tree, monkeypatch):
    figures: list[Figure] = []
    monkeypatch.setattr(curves, "to_png", figures.append)
    results_tree.methods = ["alpha", "beta", "gamma", "delta", "epsilon"]
    for name in results_tree.methods:
        put_curve(results_tree, name, text=CURVE.replace("0.5", "-0.5") if name == "beta" else CURVE)
    training_curves(results_tree.results, results_tree.rows)
    assert [axes.get_title(loc="left") for axes in figures[0].axes] == results_tree.methods
    assert [axes.get_yscale() for axes in figures[0].axes] == ["log", "linear", "log", "log", "log"]


def test_two_lines_for_each_seed_named_once(results_tree, monkeypatch):
    figures: list[Figure] = []
    monkeypatch.setattr(curves, "to_png", figures.append)
    for seed in (0, 1, 2):
        put_curve(results_tree, "alpha", seed)
    training_curves(results_tree.results, results_tree.rows)
    (axes,) = figures[0].axes
    assert [list(line.get_xdata()) for line in axes.lines] == [[10, 20], [20]] * 3
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train", "validation"]


def test_without_any_there_is_no_figure(results_tree):
    assert training_curves(results_tree.results, results_tree.rows) is None


@pytest.mark.parametrize(("text", "message"), [("step,loss\n1,2\n", "no column 'valid_loss'"), ("", "no readable CSV")])
def test_a_bad_curve_is_named(results_tree, text, message):
    path = put_curve(results_tree, "alpha", text=text)
    with pytest.raises(ValueError, match=re.escape(str(path)) + ".*" + message):
        training_curves(results_tree.results, results_tree.rows)
