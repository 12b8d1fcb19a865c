"""Codes come back split by split, view by view, with what is kept beside them."""

import contextlib
import os

import numpy as np
import pytest
from tiny_cells import ROOMS, cell

from diffrep.datasets.contract import SPLITS
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.trained.codes import codes_of_images, layout_of, read_codes, read_parts, read_views

CELL = cell("mine", 3)
DRAWN = np.random.default_rng(0)
ARRAYS = {f"{view}_{split}": DRAWN.normal(size=(3, 2)) for view in ("own_z", "times") for split in SPLITS}
PARTS = [Part("slow", (0,), (0, 500)), Part("rest", (1, 2))]
AGAIN = f"run diffrep encode --dataset {ROOMS} --method mine --seed 3"


@pytest.fixture(autouse=True)
def written(tmp_path, monkeypatch):
    """Codes of two views, three rows of the test split."""
    monkeypatch.chdir(tmp_path)
    write_arrays(CELL.codes, ARRAYS)
    write_card(CELL.parts, layout_of(PARTS, "own_z", ["times"], 3))


@pytest.mark.parametrize(("asked", "view"), [("", "own_z"), ("own_z", "own_z"), ("times", "times")])
def test_every_split_of_a_view_comes_back(asked, view):
    codes = read_codes(CELL, asked)
    assert list(codes) == ["train", "valid", "test"]
    assert all(np.array_equal(codes[split], ARRAYS[f"{view}_{split}"]) for split in SPLITS)


def test_parts_and_views_come_back_as_they_were():
    assert read_parts(CELL) == PARTS
    assert read_views(CELL) == ["times"]


def test_missing_codes_say_which_command_makes_them():
    CELL.codes.unlink()
    with pytest.raises(UserError, match=f"^no codes in {CELL.codes}: {AGAIN}$"):
        read_codes(CELL)


def test_cut_off_codes_are_one_line():
    os.truncate(CELL.codes, 300)
    with pytest.raises(UserError, match=f"^{CELL.codes} is cut off or altered: {AGAIN}$"):
        read_codes(CELL)


def test_a_flipped_bit_is_told_or_changes_nothing():
    content = CELL.codes.read_bytes()
    for place in range(0, len(content), 7):
        CELL.codes.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with contextlib.suppress(UserError):
            codes = read_codes(CELL, "times")
            assert all(np.array_equal(codes[split], ARRAYS[f"times_{split}"]) for split in SPLITS)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\5\6" + bytes(18)])
def test_what_is_no_archive_of_codes_is_one_line(content):
    CELL.codes.write_bytes(content)
    with pytest.raises(UserError, match=f"^{CELL.codes} is cut off or altered: {AGAIN}$"):
        read_codes(CELL)


def test_codes_of_other_images_are_refused():
    splits = {"train": np.arange(3), "valid": np.arange(3), "test": np.arange(4)}
    with pytest.raises(UserError, match=f"^{CELL.codes} is of 3 test images, and the data set has 4: {AGAIN}$"):
        codes_of_images(CELL, splits)


@pytest.mark.parametrize("place", [20, 60, 200])
def test_a_layout_with_a_flipped_bit_is_one_line(place):
    content = bytearray(CELL.parts.read_bytes())
    content[place] ^= 1
    CELL.parts.write_bytes(content)
    with pytest.raises(UserError, match=f"^{CELL.parts} is (cut off or altered|not whole JSON)"):
        read_parts(CELL)
