"""The ranks: the best on top, whiskers where there are seeds enough, names and ticks that fit."""

import pytest
from matplotlib.figure import Figure

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.reports.drawing import ranks
from diffrep.reports.drawing.style import ANCHOR_COLOUR, colour_of
from diffrep.reports.rows.scores import OverSeeds, TableRow

AP, MSE = CATALOGUE["average_precision"], CATALOGUE["mse_random_start"]
LONG = "a_method_whose_name_is_far_longer_than_a_panel"


def row(name, kind="method", **scores):
    found = {column.name: OverSeeds() for column in (AP, MSE)}
    return TableRow(name, kind, 3, found | {name: OverSeeds(values) for name, values in scores.items()})


@pytest.fixture
def panels(monkeypatch):
    """A function that draws and gives the axes."""
    drawn: list[Figure] = []
    monkeypatch.setattr(ranks, "to_png", drawn.append)

    def draw(rows, columns=(AP, MSE), controls=("control",)):
        ranks.ranks(rows, columns, controls)
        return drawn[-1].axes

    return draw


def names(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_the_best_is_on_top_whichever_way_is_better(panels):
    rows = [row("low", average_precision=(0.1,), mse_random_start=(0.1,)), row("high", average_precision=(0.9,))]
    rows.append(row("noise", "anchor", average_precision=(1.0,)))
    precision, error = panels([*rows, row("middle", average_precision=(0.5,), mse_random_start=(0.5,))])
    assert names(precision) == ["high", "middle", "low"]
    assert names(error) == ["low", "middle"]


def test_three_seeds_have_a_whisker_and_two_have_none(panels):
    (axes,) = panels([row("three", average_precision=(0.1, 0.2, 0.3)), row("two", average_precision=(0.1, 0.1))])
    assert [len(line.get_xdata()) for line in axes.lines] == [2, 1, 1]


def test_controls_have_their_colour_of_every_figure_and_a_name_in_italics(panels):
    rows = [row("control", average_precision=(0.1,)), row("other", average_precision=(0.2,))]
    (axes,) = panels(rows)
    assert [label.get_fontstyle() for label in axes.get_yticklabels()] == ["normal", "italic"]
    assert [line.get_color() for line in axes.lines] == [colour_of(rows[1], rows), colour_of(rows[0], rows)]
    assert ANCHOR_COLOUR not in {line.get_color() for line in axes.lines}


@pytest.mark.parametrize("values", [(0.15, 0.93), (0.5, 0.5), (-1e-5, 3e4)])
def test_long_names_are_cut_and_at_most_two_ticks_stand_below(panels, values):
    (axes,) = panels([row(f"{LONG}_{i}", average_precision=(value,)) for i, value in enumerate(values)])
    assert len({*names(axes)}) == 2
    assert all(len(name) == ranks.WORDS for name in names(axes))
    assert 1 <= len(axes.get_xticks()) <= 2


def test_without_a_number_nothing_is_drawn():
    assert ranks.ranks([row("none")], [AP, MSE], []) is None
