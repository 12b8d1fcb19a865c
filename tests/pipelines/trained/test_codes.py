"""Codes come back split by split, view by view, with what is kept beside them."""

import os

import numpy as np
import pytest
from tiny_cells import ROOMS, cell

from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_arrays, write_json
from diffrep.pipelines.trained.codes import SPLITS, layout_of, read_codes, read_parts, read_views

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
    write_json(CELL.parts, layout_of(PARTS, "own_z", ["times"], 3))


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
    with pytest.raises(UserError, match=f"^{CELL.codes} is cut off: {AGAIN}$"):
        read_codes(CELL)
