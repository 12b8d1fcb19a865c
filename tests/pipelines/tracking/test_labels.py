"""Pictures with the names of their rows and columns around them."""

import numpy as np
import pytest
from PIL import Image
from tracked_tree import draw

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.labels import draw_labelled


@pytest.fixture
def source(tmp_path):
    draw(
        tmp_path / "main.png", "What is to be seen, in a sentence that takes more than one line of so small a picture."
    )
    return tmp_path / "main.png"


def drawn(source, title="squares pdae/0: reconstruct-main"):
    draw_labelled(source, title, source.with_name("labelled.png"))
    with Image.open(source.with_name("labelled.png")) as picture:
        return np.asarray(picture.convert("L"))


def black_box(pixels):
    """Top, bottom, left, right of the fully black rows and columns' extent: the picture itself."""
    return [edge for axis in (1, 0) for edge in np.flatnonzero((pixels == 0).sum(axis) > 20)[[0, -1]]]


def test_the_picture_is_whole_and_words_stand_on_all_its_sides(source):
    pixels = drawn(source)
    top, bottom, left, right = black_box(pixels)
    assert (bottom - top + 1, right - left + 1) == (6 * 18, 6 * 28)  # two rows and three columns of 8, 2 apart, 6 times
    for side in (pixels[:top], pixels[bottom + 1 :], pixels[top:bottom, :left]):
        assert (side < 128).any()


def test_nothing_is_cut_off_at_the_edge(source):
    pixels = drawn(source, "a title that is much wider than the picture, which is then as wide as that title needs")
    assert all((edge == 255).all() for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))


def test_one_without_names_keeps_its_title(source):
    source.with_name("main.rows.json").unlink()
    assert (drawn(source)[:20] < 128).any()


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_one_cut_short_is_named(source, content):
    source.write_bytes(content)
    with pytest.raises(UserError, match=r"main\.png is no PNG or was cut short"):
        drawn(source)


def test_so_is_one_that_ends_too_early(source):
    source.write_bytes(source.read_bytes()[:-30])
    with pytest.raises(UserError, match=r"main\.png"):
        drawn(source)
