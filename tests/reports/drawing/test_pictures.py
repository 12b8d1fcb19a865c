"""Picture grids are found with the names beside them, cut where they have gaps, and refused when damaged."""

import re

import numpy as np
import pytest

from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.pictures import save_rows
from diffrep.reports.drawing.pictures import Picture, copies_of, pictures_of

ROWS = ["original", "from the code"]


def found(tree):
    return {(p.stage, p.kind): p for p in pictures_of(tree.root, tree.root / "copies", "squares", "alpha", (0, 1, 2))}


def test_the_picture_of_the_first_seed_that_has_one_is_shown(results_tree):
    for seed, kind in ((1, "main"), (2, "main"), (2, "exact"), (0, "direction")):
        results_tree.draw("alpha", "counterfactual", seed, ROWS, kind)
    assert {kind: picture.seed for (_, kind), picture in found(results_tree).items()} == {
        "main": 1,
        "exact": 2,
        "direction": 0,
    }


def test_what_a_clone_lacks_is_shown_from_the_copies(results_tree):
    results_tree.draw("alpha", "reconstruct", 1, ROWS)
    drawn = pictures_of(results_tree.root, results_tree.root / "copies", "squares", "alpha", (0, 1))
    kept = copies_of(Cell("squares", "alpha", 1).pictures("reconstruct"), *drawn)
    for name, content in kept.items():
        path = results_tree.root / "copies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shown = pictures_of(results_tree.root / "clone", results_tree.root / "copies", "squares", "alpha", (0, 1))
    assert [(p.seed, p.rows, p.png) for p in shown] == [(p.seed, p.rows, p.png) for p in drawn]
    assert copies_of(Cell("squares", "alpha", 1).pictures("reconstruct"), *shown) == kept


def test_a_copy_of_an_earlier_seed_stays_when_a_later_one_is_drawn(results_tree):
    results_tree.draw("alpha", "reconstruct", 1, ROWS)
    (results_tree.root / "copies").mkdir()
    (results_tree.root / "results").rename(results_tree.root / "copies" / "results")
    results_tree.draw("alpha", "reconstruct", 2, ROWS)
    assert found(results_tree)["reconstruct", "main"].seed == 1
    results_tree.draw("alpha", "reconstruct", 0, ROWS)
    assert found(results_tree)["reconstruct", "main"].seed == 0


def test_names_and_sizes_are_told(results_tree):
    results_tree.draw("alpha", "reconstruct", 0, ROWS, columns=["a", "b", "c"], caption="Words.")
    picture = found(results_tree)["reconstruct", "main"]
    assert (picture.rows, picture.columns, picture.caption) == (tuple(ROWS), ("a", "b", "c"), "Words.")
    assert (picture.size, picture.tile, picture.across) == ((16, 10), 4, 3)


def test_rows_and_columns_are_cut_where_the_stages_leave_gaps(tmp_path):
    """Row i and column j of what core/pictures.py writes hold the number 10 i + j."""
    shades = (10 * np.arange(8)[:, None] + np.arange(6)).astype(np.uint8)
    images = np.broadcast_to(shades[..., None, None, None], (8, 6, 32, 32, 1))
    save_rows(tmp_path / "0.png", dict(zip(map(str, range(8)), images, strict=True)))
    cut = Picture("counterfactual", 0, tmp_path / "0.png", tuple(map(str, range(8)))).pixels([1, 4, 7], [0, 3, 1, 5])
    tiles = np.round(cut * 255).reshape(3, len(cut) // 3, 4, -1, 3)
    pictures, gaps = tiles[:, :32, :, :32], (tiles[:, 32:], tiles[..., 32:, :])
    assert np.array_equal(pictures.min((1, 3, 4)), shades[np.ix_([1, 4, 7], [0, 3, 1, 5])])
    assert np.array_equal(pictures.max((1, 3, 4)), shades[np.ix_([1, 4, 7], [0, 3, 1, 5])])
    assert all((gap == 255).all() for gap in gaps)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("main.png", "<html>", "is no PNG", id="HTML saved as a picture"),
        pytest.param("main.rows.json", "{}", "no list 'rows'", id="rows without names"),
        pytest.param("main.rows.json", '{"rows": ["a", "b"], "columns": ["c"]}', "1 columns of 3", id="few columns"),
    ],
)
def test_a_bad_file_is_named(results_tree, name, content, message):
    path = results_tree.draw("alpha", "reconstruct", 1, ROWS).with_name(name)
    path.write_text(content)
    with pytest.raises(ValueError, match=re.escape(str(path)) + ".*" + message):
        found(results_tree)


def test_a_picture_cut_short_is_named(results_tree):
    path = results_tree.draw("alpha", "reconstruct", 0, ROWS)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=re.escape(str(path)) + " is no PNG or was cut short"):
        found(results_tree)


def test_a_picture_without_names_is_refused(results_tree):
    names = results_tree.draw("alpha", "reconstruct", 1, ROWS).with_name("main.rows.json")
    names.unlink()
    with pytest.raises(ValueError, match=re.escape(str(names)) + " is missing"):
        found(results_tree)
