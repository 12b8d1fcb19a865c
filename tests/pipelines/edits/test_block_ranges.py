"""DiTi's ranges of blocks, for any number of blocks, and what is drawn of them."""

import json

import numpy as np
import painted
import pytest
from matplotlib.image import imread

from diffrep.methods.shared.part import Part
from diffrep.methods.shared.partition import Partition
from diffrep.pipelines.core.pictures import GAP
from diffrep.pipelines.edits.block_ranges import BLOCK_RANGES, block_ranges_picture, blocks_of


@pytest.mark.parametrize("ends", BLOCK_RANGES)
def test_of_64_blocks_the_ranges_are_the_published_ones(ends):
    parts = Partition(512, 64, "balanced").parts()
    assert blocks_of(parts, *ends) == parts[slice(*ends)]


def test_of_eight_blocks_they_cover_the_same_times():
    parts = Partition(16, 8, "balanced").parts()
    assert [[parts.index(part) for part in blocks_of(parts, *ends)] for ends in BLOCK_RANGES] == [
        [0],
        [2],
        [3],
        [4, 5, 6, 7],
    ]


def test_the_first_row_of_a_range_begins_at_the_source_and_the_second_ends_at_the_donor(tmp_path):
    network = painted.Painter()
    network.parts = [Part(f"block {i}", (i,), (i * 333, (i + 1) * 333)) for i in range(painted.BANDS)]
    session = painted.session(network)
    block_ranges_picture(tmp_path / "ranges.png", session, 3)
    names = json.loads((tmp_path / "ranges.rows.json").read_text())
    pixels = np.rint(imread(tmp_path / "ranges.png")[..., :3] * 255)
    side = painted.SIDE
    tile = lambda row, column: pixels[row * (side + GAP) :, column * (side + GAP) :][:side, :side]  # noqa: E731
    assert len(names["rows"]) % 2 == 0
    for row in range(0, len(names["rows"]), 2):
        np.testing.assert_allclose(tile(row, 0), session.images(session.a[3:4])[0], atol=1)
        np.testing.assert_allclose(tile(row + 1, 4), session.images(session.b[3:4])[0], atol=1)


def test_nothing_is_drawn_of_a_method_without_blocks_in_time(tmp_path):
    block_ranges_picture(tmp_path / "ranges.png", painted.session(), 3)
    assert list(tmp_path.iterdir()) == []
