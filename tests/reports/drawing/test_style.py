"""Rows look alike in every figure, and no two methods look the same."""

from matplotlib.figure import Figure

from diffrep.reports.drawing.style import COLOURS, colour_of, marker_of, panel_title, to_png
from diffrep.reports.rows.scores import TableRow

METHODS = [TableRow(str(i), "method", 1, {}) for i in range(3 * len(COLOURS))]
ANCHORS = [TableRow(name, "anchor", 1, {}) for name in ("noise", "real")]


def test_no_two_of_many_methods_look_the_same():
    looks = {(colour_of(row, METHODS), marker_of(row, METHODS)) for row in METHODS[: len(COLOURS)]}
    assert len(looks) == len(COLOURS)


def test_anchors_are_grey_and_count_for_no_colour():
    assert {colour_of(row, [*ANCHORS, *METHODS]) for row in ANCHORS} == {"#9a9a9a"}
    assert colour_of(METHODS[0], [*ANCHORS, *METHODS]) == COLOURS[0]


def test_long_titles_are_cut_into_lines():
    assert panel_title("word " * 20).count("\n") == 3


def test_equal_figures_are_equal_files():
    pngs = [to_png(Figure(figsize=(1, 1))) for _ in range(2)]
    assert pngs[0] == pngs[1]
    assert b"Software" not in pngs[0]
