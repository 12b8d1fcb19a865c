"""One source in noise, part by part of its code."""

import json

import numpy as np
import painted
import pytest
from matplotlib.image import imread

from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.pictures import GAP
from diffrep.pipelines.edits.part_pictures import TIMES_SHOWN, blocks_picture, difference, part_label, part_name


def test_a_part_shows_only_what_it_tells(tmp_path):
    session = painted.session()
    blocks_picture(tmp_path / "blocks.png", session)
    about = json.loads((tmp_path / "blocks.rows.json").read_text())
    assert len(about["columns"]) == TIMES_SHOWN
    tile = painted.SIDE + GAP
    pixels = imread(tmp_path / "blocks.png")[..., :3]
    for band in range(painted.BANDS):
        at = about["rows"].index(f"band {band}: difference")
        shown = pixels[at * tile :, : painted.SIDE][: painted.SIDE]
        changed = shown.reshape(4, -1).any(1)
        assert not np.delete(changed, band).any()


@pytest.mark.parametrize("without", [{"parts": []}, {"cannot": {"denoise": "says so"}}], ids=["parts", "denoising"])
def test_nothing_is_drawn_without(tmp_path, without):
    network = painted.Painter()
    for name, value in without.items():
        setattr(network, name, value)
    blocks_picture(tmp_path / "blocks.png", painted.session(network))
    assert not list(tmp_path.iterdir())


def test_a_difference_is_absolute_and_twice_as_bright_as_far_as_bytes_go():
    first, second = (np.array([[[[value]]]], np.uint8) for value in (10, 40))
    assert difference(first, second).item() == difference(second, first).item() == 60
    assert difference(first, np.full_like(first, 250)).item() == 255


def test_parts_are_called_what_the_method_calls_them():
    session = painted.session()
    assert part_name(session, (1,)) == "band 1"
    assert part_name(session, (7,)) == "dimension 7"
    assert part_label(Part("block 1", (0,))) == "block 1"
    assert part_label(Part("block 1", (0,), (100, 250))) == "block 1, t 100 to 250"
