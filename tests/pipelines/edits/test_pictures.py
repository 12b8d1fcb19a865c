"""Pictures of edits: which are drawn, how their rows and columns are named, and what they show of a perfect method."""

import json

import numpy as np
import painted
import pytest
from matplotlib.image import imread

from diffrep.datasets.pixels import image_bytes
from diffrep.pipelines.core.pictures import GAP
from diffrep.pipelines.edits.part_pictures import part_name
from diffrep.pipelines.edits.swaps import decode_swaps

TILE = painted.SIDE + GAP
KINDS = ("main", "exact", "direction", "interpolation", "blocks")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Folders of pictures by what is known: everything, no truth, no factor that the oracle reads."""
    known = {
        "everything": (painted.oracle(), painted.SCENE),
        "no truth": (painted.oracle(), None),
        "no factor": (painted.blind_oracle(), painted.SCENE),
    }
    folders = {name: tmp_path_factory.mktemp("drawn") for name in known}
    for name, given in known.items():
        painted.evaluated(painted.session(pairs=40), given[0], folders[name], given[1])
    return folders


def names(folder, kind):
    return json.loads((folder / f"{kind}.rows.json").read_text())


@pytest.mark.parametrize(
    ("known", "kinds"),
    [
        ("everything", KINDS),
        ("no truth", ("main", "direction", "interpolation", "blocks")),
        ("no factor", ("main", "exact", "blocks")),
    ],
)
def test_what_can_be_shown_is_drawn(drawn, known, kinds):
    assert {path.stem for path in drawn[known].glob("*.png")} == set(kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_has_its_rows_and_columns_named(drawn, kind):
    about = names(drawn["everything"], kind)
    height, width = imread(drawn["everything"] / f"{kind}.png").shape[:2]
    assert height == len(about["rows"]) * TILE - GAP
    if kind != "main":
        assert width == len(about["columns"]) * TILE - GAP
        assert about["caption"].endswith(".")


def row(folder, kind, name):
    at = names(folder, kind)["rows"].index(name)
    return imread(folder / f"{kind}.png")[at * TILE :][: TILE - GAP, ..., :3]


def test_the_edit_that_is_right_shows_no_difference(drawn):
    shown = lambda name: row(drawn["everything"], "exact", name)[:, : TILE - GAP]  # noqa: E731
    assert not shown("difference to the truth").any()
    np.testing.assert_array_equal(shown("true counterfactual"), shown("edit, decoded"))
    assert shown("what had to change").any()


def test_columns_of_one_picture_are_cases_of_one_pair(drawn):
    about = names(drawn["everything"], "exact")
    assert set(about["columns"]) == {"upper", "middle", "lower"}
    assert names(drawn["no truth"], "direction")["rows"][-1] == "difference to the decoded source"


def test_edits_without_a_truth_stand_beside_the_decoded_source(drawn):
    folder = drawn["no truth"]
    same = row(folder, "direction", "source image") == row(folder, "direction", "source, decoded")
    assert same.all()
    assert row(folder, "direction", "difference to the decoded source")[:, : TILE - GAP].any()


def tile(folder, kind, name, column):
    """One picture of a row."""
    shown = row(folder, kind, name)[:, column * TILE :][:, : painted.SIDE]
    return np.rint(shown * 255).astype(np.uint8)


@pytest.mark.parametrize("column", [0, 3])
def test_columns_of_the_main_picture_are_pairs_and_their_swaps(drawn, column):
    session = painted.session(pairs=40)
    swaps = decode_swaps(session)
    images = [session.images(side[[column]])[0] for side in (session.a, session.b)]
    shown = lambda name: tile(drawn["everything"], "main", name, column)  # noqa: E731
    np.testing.assert_array_equal(shown("source image"), images[0])
    np.testing.assert_array_equal(shown("donor image"), images[1])
    np.testing.assert_array_equal(shown("source, decoded"), image_bytes(session.original[[column]])[0])
    for i, part in enumerate(session.parts):
        name = f"source with {part_name(session, part)} of the donor"
        np.testing.assert_array_equal(shown(name), image_bytes(swaps.edited[i, [column]])[0])


@pytest.mark.parametrize("kind", ["exact", "direction"])
def test_a_true_counterfactual_stands_below_its_own_donor(drawn, kind):
    """The donor's band is the one that the truth has and the source has not."""
    folder = drawn["everything"]
    for column, name in enumerate(names(folder, kind)["columns"][:4]):
        band = slice(*(painted.SIDE // 4 * (painted.data().card["factor_names"].index(name) + i) for i in (0, 1)))
        source, donor, truth = (
            tile(folder, kind, of, column)[band] for of in ("source image", "donor image", "true counterfactual")
        )
        np.testing.assert_array_equal(donor, truth)
        assert (source != truth).any()
