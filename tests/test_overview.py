"""The overview shows the rows that tell something, found by their names."""

import numpy as np
import pytest
from matplotlib.image import imread

from diffrep.reports.overview import overview, telling_rows
from diffrep.reports.pictures import pictures_of

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


def test_pixels_are_those_of_the_rows_asked_for(drawn):
    picture = drawn("counterfactual", COUNTERFACTUAL)
    whole = np.asarray(imread(picture.path), dtype=np.float32)[..., :3]
    assert np.array_equal(picture.pixels([1, 4], 2), np.concatenate([whole[4:8, :8], whole[16:20, :8]]))


def test_nothing_to_tell_is_no_figure(drawn):
    assert overview({("squares", "alpha"): [drawn("counterfactual", ["a", "b"])]}) is None
