"""The overview shows the rows that tell something, found by their names."""

import numpy as np
import pytest

from diffrep.pipelines.pictures import save_rows
from diffrep.reports.overview import overview, telling_rows
from diffrep.reports.pictures import Picture, pictures_of

RECONSTRUCT = ["original", "reconstruction, random start", "reconstruction, inferred start", "shuffled codes"]
COUNTERFACTUAL = [
    "source image",
    "donor image",
    "source, decoded",
    "donor's code from the source's start",
    *(f"source with dimension {i} of the donor" for i in (3, 1, 7)),
]


@pytest.fixture
def drawn(results_tree):
    """Draws a picture of the stage with rows of these names, and reads it back."""

    def draw(stage, names):
        path = results_tree.draw("alpha", stage, 0, names)
        (picture,) = pictures_of(path.parents[5], "squares", "alpha", (0,))
        return picture

    return draw


def test_the_swaps_are_shown_with_what_they_start_from(drawn):
    rows = telling_rows(drawn("counterfactual", COUNTERFACTUAL))
    assert [COUNTERFACTUAL[i] for i in rows] == [
        "donor image",
        "source, decoded",
        "source with dimension 3 of the donor",
        "source with dimension 1 of the donor",
    ]


def test_a_single_swap_is_shown_alone(drawn):
    assert telling_rows(drawn("counterfactual", COUNTERFACTUAL[:5])) == [1, 2, 4]


def test_reconstructions_are_shown_beside_their_originals(drawn):
    assert telling_rows(drawn("reconstruct", RECONSTRUCT)) == [0, 1]


def test_rows_are_cut_where_the_stages_leave_gaps(tmp_path):
    """Row i and column j of what pipelines/pictures.py writes hold the number 10 i + j."""
    shades = (10 * np.arange(8)[:, None] + np.arange(6)).astype(np.uint8)
    images = np.broadcast_to(shades[..., None, None, None], (8, 6, 32, 32, 1))
    save_rows(tmp_path / "0.png", dict(zip(map(str, range(8)), images, strict=True)))
    cut = Picture("counterfactual", 0, tmp_path / "0.png", tuple(map(str, range(8)))).pixels([1, 4, 7], 5)
    tiles = np.round(cut * 255).reshape(3, len(cut) // 3, 5, -1, 3)
    pictures, gaps = tiles[:, :64, :, :64], (tiles[:, 64:], tiles[..., 64:, :])
    assert np.array_equal(pictures.min((1, 3, 4)), shades[[1, 4, 7], :5])
    assert np.array_equal(pictures.max((1, 3, 4)), shades[[1, 4, 7], :5])
    assert all((gap == 255).all() for gap in gaps)


def test_nothing_to_tell_is_no_figure(drawn):
    assert overview({("squares", "alpha"): [drawn("counterfactual", ["a", "b"])]}) is None
