"""Of every method's pictures the rows are shown that tell something, found by their names."""

import numpy as np
import pytest

from diffrep.reports.drawing.pictures import pictures_of
from diffrep.reports.drawing.side_by_side import (
    TILE,
    TRUTH,
    decoded,
    edited,
    picture_rows,
    strip_of,
    telling_columns,
    telling_rows,
)

RECONSTRUCT = ["original", "reconstruction, random start", "reconstruction, inferred start", "shuffled codes"]
COUNTERFACTUAL = [
    "source image",
    "donor image",
    "source, decoded",
    "donor's code from the source's start",
    *(f"source with dimension {i} of the donor" for i in (3, 1, 7)),
]


EXACT = ["source image", "donor image", TRUTH, "edit, decoded", "difference to the truth", "what had to change"]
FACTORS = ["floor_hue", "scale", "orientation"]


@pytest.fixture
def drawn(results_tree):
    """Draws a picture of the stage with rows of these names, and reads it back."""

    def draw(stage, names, kind="main", **named):
        results_tree.draw("alpha", stage, 0, names, kind, **named)
        found = pictures_of(results_tree.root, results_tree.root / "copies", "squares", "alpha", (0,))
        return next(picture for picture in found if (picture.stage, picture.kind) == (stage, kind))

    return draw


def test_of_swaps_the_first_is_shown_with_what_it_starts_from(drawn):
    rows = telling_rows(drawn("counterfactual", COUNTERFACTUAL))
    assert [COUNTERFACTUAL[i] for i in rows] == ["source, decoded", "source with dimension 3 of the donor"]


def test_without_a_swap_nothing_is_shown(drawn):
    assert telling_rows(drawn("counterfactual", COUNTERFACTUAL[:4])) == []


def test_of_reconstructions_that_from_noise_is_shown(drawn):
    assert telling_rows(drawn("reconstruct", RECONSTRUCT)) == [1]


def test_what_all_were_given_stands_once_above_what_each_draws(drawn):
    pictures = {name: drawn("counterfactual", COUNTERFACTUAL) for name in ("alpha", "beta")}
    assert [label for label, _ in picture_rows(pictures, [0, 1, 2])] == [
        "source image",
        "donor image",
        *("alpha", "with dimension 3"),
        *("beta", "with dimension 3"),
    ]


def test_edits_stand_below_the_truth_where_it_is_known(drawn):
    given = [drawn("counterfactual", COUNTERFACTUAL), drawn("counterfactual", EXACT, "exact", columns=FACTORS)]
    below = strip_of({"alpha": given, "beta": given}, "exact")
    assert [label for label, _ in below.rows] == ["source image", "donor image", TRUTH, "alpha", "beta"]
    assert below.columns == tuple(FACTORS)
    assert np.array_equal(below.rows[2][1], given[1].pixels([EXACT.index(TRUTH)], [*range(3)]))
    assert np.array_equal(below.rows[4][1], given[1].pixels([EXACT.index("edit, decoded")], [*range(3)]))


def test_of_a_factor_a_second_edit_is_shown_where_none_is_left_without_one(drawn):
    names = ["hue", "hue", *"abcdefgh", "a"]
    picture = drawn("counterfactual", EXACT, "exact", across=11, columns=names)
    assert telling_columns(picture) == [0, *range(2, 9)]
    below = strip_of({"alpha": [picture]}, "exact")
    assert below.columns == ("hue", *"abcdefg")
    assert np.array_equal(below.rows[0][1], picture.pixels([0], [0, *range(2, 9)]))


def test_few_factors_stand_once_each_before_any_stands_twice(drawn):
    picture = drawn("counterfactual", EXACT, "exact", across=5, columns=["b", "a", "b", "b", "a"])
    assert telling_columns(picture) == [0, 1, 2, 4, 3]


def test_pictures_without_names_of_columns_are_shown_as_they_stand(drawn):
    assert telling_columns(drawn("reconstruct", RECONSTRUCT, across=9)) == [*range(8)]


def test_edits_beside_no_truth_do_not_push_the_swaps_aside(drawn):
    directed = drawn("counterfactual", ["source image", "donor image", "edit, decoded"], "direction")
    below = strip_of({"alpha": [drawn("counterfactual", COUNTERFACTUAL), directed]}, "counterfactual")
    assert [label for label, _ in below.rows][-2:] == ["alpha", "with dimension 3"]


def height(png):
    return int.from_bytes(png[20:24], "big")


@pytest.mark.parametrize(
    ("figure", "stage", "names", "kind", "rows"),
    [
        pytest.param(decoded, "reconstruct", RECONSTRUCT, "main", 1, id="decodes"),
        pytest.param(edited, "counterfactual", COUNTERFACTUAL, "main", 2, id="swaps"),
        pytest.param(edited, "counterfactual", EXACT, "exact", 1, id="edits beside the truth"),
    ],
)
def test_height_grows_by_the_rows_of_a_method(drawn, figure, stage, names, kind, rows):
    given = [drawn(stage, names, kind)]
    one, two = (height(figure({str(i): given for i in range(count)})) for count in (1, 2))
    assert two - one == pytest.approx(144 * rows * TILE, abs=1)  # 144 dots per inch


def test_nothing_to_tell_is_no_figure(drawn):
    given = {"alpha": [drawn("counterfactual", ["a", "b"])]}
    assert edited(given) is None
    assert decoded(given) is None
