"""LSUN: both forms of LMDB, the order of keys, and categories known by their number of pictures."""

import pickle

import numpy as np
import pytest
from face_files import hashed, numbered, painted

from diffrep.datasets.lsun import COUNTS, LSUN
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

PICTURES = painted(10, (16, 24))
SETTINGS = {
    "category": "other",
    "size": 16,
    "resampling": "lanczos",
    "train": 6,
    "valid": 1,
    "test": 3,
    "seed": 0,
}
ROWS = np.arange(10)


def places_of(scenes: LSUN) -> list[int]:
    """Which picture each row is: the square in the middle of it."""
    images = scenes.images(ROWS)
    return [next(n for n, image in enumerate(PICTURES) if np.array_equal(image[:, 4:20], shown)) for shown in images]


def test_every_picture_once_and_the_same_again(tmp_path):
    path, _ = hashed(tmp_path, PICTURES)
    scenes = LSUN(pictures=str(path), **SETTINGS)
    assert sorted(places_of(scenes)) == ROWS.tolist()
    assert places_of(LSUN(pictures=str(path), **SETTINGS)) == places_of(scenes)
    assert places_of(LSUN(pictures=str(path), **SETTINGS | {"seed": 1})) != places_of(scenes)
    assert {name: len(rows) for name, rows in scenes.splits().items()} == {"train": 6, "valid": 1, "test": 3}


def test_the_order_is_that_of_sorted_keys(tmp_path):
    path, keys = hashed(tmp_path / "own", PICTURES)
    order = sorted(range(10), key=keys.__getitem__)
    again = numbered(tmp_path / "diffae", [PICTURES[n] for n in order], "256", 7)
    own, script = (LSUN(pictures=str(folder), **SETTINGS) for folder in (path, again))
    np.testing.assert_array_equal(own.images(ROWS), script.images(ROWS))
    assert "LSUN's own hashes for keys" in own.source
    assert "numbers for keys, as Diff-AE's script makes it" in script.source


def test_rows_asked_in_any_order_and_after_pickling(tmp_path):
    scenes = LSUN(pictures=str(hashed(tmp_path, PICTURES)[0]), **SETTINGS)
    again = pickle.loads(pickle.dumps(scenes))
    np.testing.assert_array_equal(again.images(ROWS[::-1]), scenes.images(ROWS)[::-1])


def test_written_by_two_processes(tmp_path, monkeypatch):
    monkeypatch.setattr("diffrep.datasets.writing.PIECE", 3 * 16 * 16 * 3)  # bytes of three images
    scenes = LSUN(pictures=str(hashed(tmp_path / "lmdb", PICTURES)[0]), **SETTINGS)
    write(scenes, tmp_path / "lsun", processes=2)
    np.testing.assert_array_equal(Prepared(tmp_path / "lsun").images, scenes.images(ROWS))


def test_a_category_is_known_by_its_number(tmp_path, monkeypatch):
    path, _ = hashed(tmp_path, PICTURES)
    with pytest.raises(ValueError, match="has 10 pictures, LSUN's bedroom 3,033,042: copy it again"):
        LSUN(pictures=str(path), **SETTINGS | {"category": "bedroom"})
    monkeypatch.setitem(COUNTS, "horse", 10)
    assert LSUN(pictures=str(path), **SETTINGS | {"category": "horse"}).source.startswith("LSUN horse, an LMDB of 10")


def test_published_numbers_of_pictures():
    assert COUNTS == {"bedroom": 3_033_042, "horse": 2_000_340}


def test_too_many_and_none_are_refused(tmp_path):
    path, _ = hashed(tmp_path, PICTURES)
    for count in (0, 7):
        with pytest.raises(ValueError, match="together at most the 10 of LSUN's pictures"):
            LSUN(pictures=str(path), **SETTINGS | {"train": count})


def test_a_folder_that_is_no_lmdb_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"data.mdb is missing"):
        LSUN(pictures=str(tmp_path), **SETTINGS)
