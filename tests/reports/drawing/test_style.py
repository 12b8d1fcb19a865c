"""Rows look alike in every figure, and no two methods look the same."""

import pytest
from matplotlib.figure import Figure

from diffrep.reports.drawing.style import (
    COLOURS,
    DPI,
    colour_of,
    legend_columns,
    marker_of,
    panel_title,
    short,
    size_of,
    to_png,
)
from diffrep.reports.rows.scores import TableRow

METHODS = [TableRow(str(i), "method", 1, {}) for i in range(3 * len(COLOURS))]
ANCHORS = [TableRow(name, "anchor", 1, {}) for name in ("noise", "real")]


def test_no_two_of_many_methods_look_the_same():
    looks = {(colour_of(row, METHODS), marker_of(row, METHODS)) for row in METHODS}
    assert len(looks) == len(METHODS)


def test_anchors_are_grey_and_count_for_no_colour():
    assert {colour_of(row, [*ANCHORS, *METHODS]) for row in ANCHORS} == {"#9a9a9a"}
    assert colour_of(METHODS[0], [*ANCHORS, *METHODS]) == COLOURS[0]


def test_long_titles_are_cut_into_lines():
    assert panel_title("word " * 20).count("\n") == 3


def test_equal_figures_are_equal_files():
    pngs = [to_png(Figure(figsize=(1, 1))) for _ in range(2)]
    assert pngs[0] == pngs[1]
    assert b"Software" not in pngs[0]


@pytest.mark.parametrize(("letters", "columns"), [(4, 7), (30, 3), (200, 1)])
def test_as_many_columns_of_a_legend_as_fit(letters, columns):
    assert legend_columns(["x" * letters] * 14, 9.0) == columns


def test_variants_of_a_long_name_stay_apart():
    names = [short(f"{start}_of_a_method_with_a_long_name_{end}", 12) for start in ("one", "two") for end in "ab"]
    assert len({*names}) == 4
    assert {*map(len, names)} == {12}


def test_the_size_of_a_figure_is_read_off_its_file():
    assert size_of(to_png(Figure(figsize=(2, 1)))) == (2 * DPI, DPI)
