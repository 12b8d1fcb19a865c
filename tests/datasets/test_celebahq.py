"""CelebA-HQ: pictures, attributes and CelebA's splits meet by number."""

import pickle

import numpy as np
import pytest
from face_files import attributes_text, flags, folder_of, numbered, painted, put

from diffrep.datasets.celebahq import CelebAHQ
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

COUNT = 12  # from 10 on, names sorted as words have another order
PICTURES = painted(COUNT, (16, 16))
FLAGS = flags(COUNT)
ORIGINALS = [119613, 99094, 200121, 81059, 202040, 603, 162771, 182637, 182638, 1, 162770, 70000]
PARTS = ["train", "train", "test", "train", "test", "train", "valid", "valid", "test", "train", "train", "train"]


@pytest.fixture
def put_in(tmp_path):
    folder_of(tmp_path / "CelebA-HQ-img", {f"{n}.jpg": image for n, image in enumerate(PICTURES)})
    put(tmp_path / "anno.txt", attributes_text([f"{n}.jpg" for n in range(COUNT)], FLAGS))
    rows = [f"{n:<12}{original - 1:<12}{original:06d}.jpg" for n, original in enumerate(ORIGINALS)]
    put(tmp_path / "mapping.txt", "\n".join(["idx         orig_idx    orig_file", *rows[::-1]]) + "\n")
    codes = {"train": 0, "valid": 1, "test": 2}
    parts = [f"{original:06d}.jpg {codes[part]}" for original, part in zip(ORIGINALS, PARTS, strict=True)]
    put(tmp_path / "partition.txt", "\n".join(["000002.jpg 1", *parts]) + "\n")
    return {
        "pictures": str(tmp_path / "CelebA-HQ-img"),
        "attributes": str(tmp_path / "anno.txt"),
        "mapping": str(tmp_path / "mapping.txt"),
        "partition": str(tmp_path / "partition.txt"),
        "size": 16,
        "resampling": "lanczos",
        "splits": "official",
        "train": 0,
        "valid": 0,
        "test": 0,
        "seed": 0,
    }


def found(faces: CelebAHQ) -> dict[int, str]:
    """{number: split} by the content of rows; their attributes are those of the number."""
    rows = np.arange(len(faces))
    images, known = faces.images(rows), faces.attributes(rows)
    numbers = {}
    for split, of_split in faces.splits().items():
        for row in of_split:
            (number,) = [n for n, image in enumerate(PICTURES) if np.array_equal(image, images[row])]
            np.testing.assert_array_equal(known[row], FLAGS[number])
            numbers[number] = split
    return numbers


def test_splits_are_those_of_the_originals(put_in):
    assert found(CelebAHQ(**put_in)) == dict(enumerate(PARTS))


def test_the_lmdb_holds_the_same(put_in, tmp_path):
    database = numbered(tmp_path / "celebahq256.lmdb", PICTURES, "256", 5)
    faces = CelebAHQ(**put_in | {"pictures": str(database)})
    assert found(faces) == dict(enumerate(PARTS))
    assert faces.source == "CelebA-HQ, 12 of the 30,000 pictures, stored at 16x16, official splits"


def test_drawn_splits_need_no_table_of_originals(put_in):
    drawn = put_in | {"splits": "drawn", "mapping": "", "partition": "", "train": 6, "valid": 2, "test": 4}
    numbers = found(CelebAHQ(**drawn))
    assert sorted(numbers.values()) == ["test"] * 4 + ["train"] * 6 + ["valid"] * 2
    with pytest.raises(ValueError, match="mapping and partition name two files"):
        CelebAHQ(**drawn | {"splits": "official"})


def test_pickled_and_written_as_any_data_set(put_in, tmp_path):
    faces = CelebAHQ(**put_in | {"size": 8})
    write(pickle.loads(pickle.dumps(faces)), tmp_path / "celebahq")
    kept = Prepared(tmp_path / "celebahq")
    np.testing.assert_array_equal(kept.images, faces.images(np.arange(COUNT)))
    assert kept.card["counts"] == {"train": 7, "valid": 2, "test": 3}


def test_copies_that_count_from_one_are_told(put_in, tmp_path):
    other = folder_of(tmp_path / "data256x256", {f"{n + 1:05d}.jpg": image for n, image in enumerate(PICTURES)})
    with pytest.raises(ValueError, match=r"lacks pictures .* number 0") as raised:
        CelebAHQ(**put_in | {"pictures": str(other)})
    assert any("names that count from 1" in fault for fault in raised.value.faults)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("mapping", lambda text: text.replace("orig_file", "file"), "has no column orig_file: its first line is"),
        ("mapping", lambda text: text.replace("\n0 ", "\nx "), "line 13 is 'x  .*', not a number and a name"),
        ("mapping", lambda text: text.replace("\n0 ", "\n1 "), "line 13 is a second row of picture 1"),
        (
            "mapping",
            lambda text: text.rsplit("\n", 2)[0],
            r"has pictures of which .*mapping.txt has no rows: 1 of them, number 0",
        ),
        (
            "partition",
            lambda text: text.replace("119613", "119614"),
            "has no rows of originals in CelebA: 1 of them, number 119613",
        ),
        ("partition", lambda text: text + "000001.jpg 0\n", "has 2 rows of picture 1: one would do"),
    ],
)
def test_wrong_tables_are_told(put_in, tmp_path, name, change, told):
    path = tmp_path / f"{name}.txt"
    put(path, change(path.read_text()))
    with pytest.raises(ValueError, match=told):
        CelebAHQ(**put_in)


def test_all_faults_of_pictures_and_tables_are_told_at_once(put_in, tmp_path):
    next(iter(sorted((tmp_path / "CelebA-HQ-img").iterdir()))).unlink()
    put(tmp_path / "partition.txt", "<!DOCTYPE html>")
    with pytest.raises(ValueError, match=r"partition\.txt is a web page") as raised:
        CelebAHQ(**put_in)
    assert any("lacks pictures of which" in fault for fault in raised.value.faults)
