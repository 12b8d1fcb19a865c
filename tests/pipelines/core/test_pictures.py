"""Rows of images as one picture: every image in its row and column, names beside it."""

import json

import numpy as np
from PIL import Image

from diffrep.pipelines.core.pictures import GAP, save_rows, tiled

FIRST = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
SECOND = FIRST + 100


def test_every_image_has_its_tile_on_white():
    picture = tiled([FIRST, SECOND])
    assert picture.shape == (3 + GAP + 3, 4 + GAP + 4, 3)
    np.testing.assert_array_equal(picture[:3, 4 + GAP :], FIRST[1])
    np.testing.assert_array_equal(picture[3 + GAP :, :4], SECOND[0])
    assert (picture[3 : 3 + GAP] == 255).all()
    assert (picture[:, 4 : 4 + GAP] == 255).all()


def test_grey_images_become_grey_pictures():
    picture = tiled([FIRST[..., :1]])
    np.testing.assert_array_equal(picture[:3, :4], FIRST[0, ..., :1].repeat(3, axis=2))


def test_names_stand_beside_the_picture(tmp_path):
    save_rows(tmp_path / "main.png", {"one": FIRST, "two": SECOND}, columns=("a", "b"), caption="Words.")
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "main.png")), tiled([FIRST, SECOND]))
    assert json.loads((tmp_path / "main.rows.json").read_text()) == {
        "rows": ["one", "two"],
        "columns": ["a", "b"],
        "caption": "Words.",
    }
    save_rows(tmp_path / "bare.png", {"one": FIRST})
    assert json.loads((tmp_path / "bare.rows.json").read_text()) == {"rows": ["one"]}
