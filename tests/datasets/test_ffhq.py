"""FFHQ: its two splits that are each other's reverse, its subfolders, and what is missing of it."""

import pickle

import numpy as np
import pytest
from face_files import encoded, folder_of, numbered, painted, put, zip_of

from diffrep.datasets.ffhq import FFHQ
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

COUNT, HELD_OUT = 14, 4
PICTURES = painted(COUNT, (16, 16))
NAMES = [f"{n // 5 * 5:05d}/{n:05d}.png" for n in range(COUNT)]  # in subfolders, as the thumbnails are
SETTINGS = {
    "size": 16,
    "resampling": "lanczos",
    "splits": "official",
    "train": 0,
    "valid": 3,
    "test": 0,
    "seed": 0,
}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr("diffrep.datasets.ffhq.COUNT", COUNT)
    monkeypatch.setattr("diffrep.datasets.ffhq.HELD_OUT", HELD_OUT)


@pytest.fixture
def thumbnails(tmp_path):
    folder = folder_of(tmp_path / "thumbnails128x128", dict(zip(NAMES, PICTURES, strict=True)))
    put(folder / "LICENSE.txt", "CC BY-NC-SA 4.0")
    return folder


def numbers_of(faces: FFHQ) -> dict[str, set[int]]:
    images = faces.images(np.arange(len(faces)))
    found = [next(n for n, image in enumerate(PICTURES) if np.array_equal(image, shown)) for shown in images]
    assert len(set(found)) == len(found)
    return {name: {found[row] for row in rows} for name, rows in faces.splits().items()}


def test_the_official_split_holds_out_the_last(thumbnails):
    parts = numbers_of(FFHQ(pictures=str(thumbnails), **SETTINGS))
    assert parts["test"] == {10, 11, 12, 13}
    assert len(parts["valid"]) == 3
    assert parts["train"] | parts["valid"] == set(range(10))


def test_diffaes_split_holds_out_the_first(thumbnails):
    parts = numbers_of(FFHQ(pictures=str(thumbnails), **SETTINGS | {"splits": "diffae"}))
    assert parts["test"] == {0, 1, 2, 3}
    assert parts["train"] | parts["valid"] == set(range(4, 14))


def test_the_zip_and_the_lmdb_hold_the_same(thumbnails, tmp_path):
    archive = zip_of(tmp_path / "ffhq.zip", dict(zip(NAMES, PICTURES, strict=True)))
    database = numbered(tmp_path / "ffhq256.lmdb", PICTURES, "256", 5)
    sets = [FFHQ(pictures=str(path), **SETTINGS) for path in (thumbnails, archive, database)]
    first, *others = [faces.images(np.arange(COUNT)) for faces in sets]
    for other in others:
        np.testing.assert_array_equal(other, first)


def test_a_jpeg_of_the_lmdb_is_decoded(tmp_path):
    database = numbered(tmp_path / "ffhq256.lmdb", PICTURES, "256", 5, "JPEG")
    faces = FFHQ(pictures=str(database), **SETTINGS)
    shown = faces.images(faces.splits()["test"][:1]).astype(int)
    assert min(np.abs(shown - PICTURES[n]).mean() for n in range(10, 14)) < 4


def test_nothing_is_known_of_the_faces(thumbnails):
    faces = pickle.loads(pickle.dumps(FFHQ(pictures=str(thumbnails), **SETTINGS)))
    assert faces.attribute_names == faces.factor_names == ()
    assert faces.attributes(np.arange(5)).shape == (5, 0)
    assert faces.factors(np.arange(5)) is None
    assert faces.source == "FFHQ, all 14 pictures, stored at 16x16, official splits"


def test_written_as_any_data_set(thumbnails, tmp_path):
    faces = FFHQ(pictures=str(thumbnails), **SETTINGS)
    write(faces, tmp_path / "ffhq")
    kept = Prepared(tmp_path / "ffhq")
    np.testing.assert_array_equal(kept.images, faces.images(np.arange(COUNT)))
    assert kept.card["counts"] == {"train": 7, "valid": 3, "test": 4}


def test_a_part_of_it_has_drawn_splits_alone(thumbnails):
    (thumbnails / NAMES[6]).unlink()
    with pytest.raises(ValueError, match="has 13 pictures, not number 6: splits: official is of all 14"):
        FFHQ(pictures=str(thumbnails), **SETTINGS)
    drawn = FFHQ(pictures=str(thumbnails), **SETTINGS | {"splits": "drawn", "train": 8, "test": 2})
    assert len(set.union(*numbers_of(drawn).values())) == 13
    assert drawn.source.startswith("FFHQ, 13 of the 14 pictures")


def test_numbers_beyond_the_last_are_told(thumbnails):
    put(thumbnails / "00014.png", encoded(PICTURES[0]))
    with pytest.raises(ValueError, match="has 15 pictures, up to number 14"):
        FFHQ(pictures=str(thumbnails), **SETTINGS)


def test_both_sizes_in_one_folder_are_told(thumbnails):
    folder_of(thumbnails.parent / "images1024x1024", {NAMES[0]: PICTURES[0]})
    with pytest.raises(ValueError, match=r"one number for two \(1 such pairs\): keep one of each"):
        FFHQ(pictures=str(thumbnails.parent), **SETTINGS)


@pytest.mark.parametrize("valid", [0, 10])
def test_validation_pictures_are_some_of_those_left(thumbnails, valid):
    with pytest.raises(ValueError, match="valid is drawn from the 10 training images of FFHQ"):
        FFHQ(pictures=str(thumbnails), **SETTINGS | {"valid": valid})


def test_larger_pictures_are_brought_to_size_by_the_filter_asked_for(tmp_path):
    large = folder_of(tmp_path / "large", dict(zip(NAMES, painted(COUNT, (64, 64)), strict=True)))
    shown = [
        FFHQ(pictures=str(large), **SETTINGS | {"resampling": way}).images(np.arange(1)) for way in ("box", "nearest")
    ]
    assert (shown[0] != shown[1]).any()
