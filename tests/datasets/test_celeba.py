"""CelebA: its forms, what meets by number, the crops, and every way its files can be wrong."""

import pickle

import numpy as np
import pandas as pd
import pytest
from face_files import (
    attributes_csv,
    attributes_text,
    encoded,
    flags,
    folder_of,
    numbered,
    painted,
    put,
    zip_of,
)
from PIL import Image

from diffrep.datasets.celeba import CelebA
from diffrep.datasets.celeba_attributes import GROUPS, NAMES
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

PICTURES = painted(9)
FLAGS = flags(9)
PARTS = [0, 0, 1, 0, 2, 1, 2, 0, 2]  # not in the order of the rows
FILES = [f"{n + 1:06d}.jpg" for n in range(9)]
BY_NAME = dict(zip(FILES, PICTURES, strict=True))


@pytest.fixture
def put_in(tmp_path):
    """The three files, with the tables' rows in another order than the pictures'; and the settings that read them."""
    turned = np.arange(9)[::-1]
    folder_of(tmp_path / "img_align_celeba", BY_NAME)
    put(tmp_path / "list_attr_celeba.txt", attributes_text([FILES[n] for n in turned], FLAGS[turned]))
    put(tmp_path / "list_eval_partition.txt", "".join(f"{FILES[n]} {PARTS[n]}\n" for n in np.roll(turned, 4)))
    return {
        "pictures": str(tmp_path / "img_align_celeba"),
        "attributes": str(tmp_path / "list_attr_celeba.txt"),
        "partition": str(tmp_path / "list_eval_partition.txt"),
        "crop": "d2c",
        "size": 128,
        "resampling": "bilinear",
        "splits": "official",
        "train": 0,
        "valid": 0,
        "test": 0,
        "seed": 0,
    }


def found(faces: CelebA) -> dict[int, str]:
    """Which picture each row is, by its content, and that its attributes are that picture's; {number: split}."""
    rows = np.arange(len(faces))
    images, known = faces.images(rows), faces.attributes(rows)
    numbers = {}
    for split, of_split in faces.splits().items():
        for row in of_split:
            (number,) = [n for n, image in enumerate(PICTURES) if np.array_equal(image[57:185, 25:153], images[row])]
            np.testing.assert_array_equal(known[row], FLAGS[number])
            numbers[number] = split
    return numbers


def expected() -> dict[int, str]:
    return {n: ("train", "valid", "test")[part] for n, part in enumerate(PARTS)}


def test_pictures_attributes_and_splits_meet_by_number(put_in):
    assert found(CelebA(**put_in)) == expected()


def test_the_zip_and_the_lmdb_hold_the_same(put_in, tmp_path):
    members = {f"img_align_celeba/{name}": image for name, image in reversed(BY_NAME.items())}
    members["__MACOSX/img_align_celeba/._000001.jpg"] = PICTURES[0]
    archive = zip_of(tmp_path / "pictures", members)
    database = numbered(tmp_path / "celeba.lmdb", PICTURES, "None", 7)
    for pictures in (archive, database):
        assert found(CelebA(**put_in | {"pictures": str(pictures)})) == expected()


def test_kaggles_folder_in_a_folder_and_its_tables(put_in, tmp_path):
    nested = folder_of(tmp_path / "kaggle/img_align_celeba/img_align_celeba", BY_NAME).parent
    table = put(tmp_path / "list_attr_celeba.csv", attributes_csv(FILES, FLAGS))
    rows = "".join(f"{name},{part}\r\n" for name, part in zip(FILES, PARTS, strict=True))
    parts = put(tmp_path / "list_eval_partition.csv", "image_id,partition\r\n" + rows)
    kaggle = put_in | {"pictures": str(nested), "attributes": str(table), "partition": str(parts)}
    assert found(CelebA(**kaggle)) == expected()


def test_the_table_reads_as_pandas_reads_it(put_in):
    known = pd.read_csv(put_in["attributes"], sep=r"\s+", skiprows=1)
    faces = CelebA(**put_in | {"splits": "drawn", "train": 7, "valid": 1, "test": 1})
    for row, name in enumerate(faces._names):
        assert ((known.loc[name.decode()] == 1) == faces.attributes(np.array([row]))[0]).all()
    assert list(known.columns) == list(NAMES)


def test_columns_are_found_by_name(put_in, tmp_path):
    turned = np.random.default_rng(0).permutation(40)
    text = attributes_text(FILES, FLAGS[:, turned], tuple(NAMES[n] for n in turned))
    assert found(CelebA(**put_in | {"attributes": str(put(tmp_path / "turned.txt", text))})) == expected()


def test_forty_names_in_the_order_of_the_published_file():
    assert len(NAMES) == 40
    assert (NAMES[0], NAMES[9], NAMES[20], NAMES[39]) == ("5_o_Clock_Shadow", "Blond_Hair", "Male", "Young")
    assert sum(map(len, GROUPS.values())) == len(CelebA.attribute_groups) == 40


def test_centre64_is_the_short_side_at_96_and_64_of_the_middle(put_in):
    faces = CelebA(**put_in | {"crop": "centre64", "size": 64})
    number = int(faces._names[0][:6]) - 1
    whole = np.asarray(Image.fromarray(PICTURES[number]).resize((96, 117), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(faces.images(np.array([0]))[0], whole[26:90, 16:80])


def test_no_crop_presses_the_whole_picture_into_the_square(put_in):
    faces = CelebA(**put_in | {"crop": "none", "size": 32})
    number = int(faces._names[0][:6]) - 1
    whole = np.asarray(Image.fromarray(PICTURES[number]).resize((32, 32), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(faces.images(np.array([0]))[0], whole)


def test_fewer_are_drawn_of_each_official_split(put_in):
    some = put_in | {"train": 2, "valid": 1, "test": 2}
    drawn = found(CelebA(**some))
    assert sorted(drawn.values()) == ["test", "test", "train", "train", "valid"]
    assert drawn.items() <= expected().items()
    assert found(CelebA(**some)) == drawn
    assert any(found(CelebA(**some | {"seed": seed})) != drawn for seed in range(1, 5))


def test_pickled_and_written_as_any_data_set(put_in, tmp_path):
    faces = CelebA(**put_in | {"size": 32, "pictures": str(zip_of(tmp_path / "faces.zip", BY_NAME))})
    faces.images(np.arange(2))
    again = pickle.loads(pickle.dumps(faces))
    np.testing.assert_array_equal(again.images(np.array([8, 0])), faces.images(np.array([8, 0])))
    write(faces, tmp_path / "celeba")
    kept = Prepared(tmp_path / "celeba")
    np.testing.assert_array_equal(kept.images, faces.images(np.arange(9)))
    assert kept.card["attribute_groups"][NAMES.index("Eyeglasses")] == "accessories"
    assert kept.card["source"] == "CelebA, 9 of the 202,599 aligned pictures, official splits, crop d2c"


def test_a_published_table_is_known_by_its_sum(put_in, monkeypatch):
    told = CelebA(**put_in).checksum
    assert told.count("unlike any published") == 2
    monkeypatch.setattr("diffrep.datasets.celeba.PUBLISHED", {told[4:36]: "list_attr_celeba.txt"})
    assert "list_attr_celeba.txt as published; " in CelebA(**put_in).checksum


ROW = attributes_text(FILES, FLAGS).splitlines()
WRONG_TABLES = {
    "a row cut off": ("\n".join(ROW)[:-40], r"line 11 has \d+ values, not 40"),
    "rows cut off": ("\n".join(ROW[:-2]), r"states '9' rows and has 7: it is cut off"),
    "a web page": ("<!DOCTYPE html><title>quota exceeded", "is a web page saved under that name"),
    "empty": ("", "is empty"),
    "a column too few": ("\n".join(ROW).replace(" Young", ""), "has no column Young"),
    "a column too many": ("\n".join(ROW).replace("Young", "Young Old"), "has a column Old"),
    "another value": ("\n".join(ROW)[:-2] + "2", "has the values -1, 1, 2: -1 and 1"),
    "no number": ("\n".join(ROW)[:-2] + "x", "line 11 has values that are no whole numbers"),
    "a row twice": ("\n".join([*ROW[:-1], ROW[-2]]), "has 2 rows of picture 8: one would do"),
    "no name": ("\n".join([*ROW[:-1], "Young " + ROW[-1][11:]]), "line 11 begins with 'Young'"),
    "one row missing": (
        attributes_text(FILES[:-1], FLAGS[:-1]),
        r"has pictures of which .* no rows: 1 of them, number 9",
    ),
    "one row more": (
        attributes_text([*FILES, "000077.jpg"], flags(10)),
        r"lacks pictures of which .*list_attr_celeba.txt has rows: 1 of them, number 77",
    ),
    "no text": ("PK\x03\x04\udcff", "is no text"),
}


@pytest.mark.parametrize("kind", WRONG_TABLES)
def test_wrong_tables_are_told_in_one_line(put_in, tmp_path, kind):
    content, told = WRONG_TABLES[kind]
    put(tmp_path / "list_attr_celeba.txt", content.encode(errors="surrogateescape"))
    with pytest.raises(ValueError, match=told) as raised:
        CelebA(**put_in)
    assert "\n" not in str(raised.value)


def test_many_wrong_lines_are_not_all_told(put_in, tmp_path):
    lines = [ROW[0], ROW[1], *(row[:-3] for row in ROW[2:])]
    put(tmp_path / "list_attr_celeba.txt", "\n".join(lines))
    with pytest.raises(ValueError, match="line 3 has 39 values") as raised:
        CelebA(**put_in)
    assert raised.value.faults[-1] == "and so have 6 more lines"


def test_faults_of_both_tables_are_told_at_once(put_in, tmp_path):
    (tmp_path / "img_align_celeba/000004.jpg").unlink()
    with pytest.raises(ValueError, match="number 4") as raised:
        CelebA(**put_in)
    assert len(raised.value.faults) == 2


@pytest.mark.parametrize("name", ["pictures", "attributes", "partition"])
def test_a_missing_file_is_named(put_in, name):
    with pytest.raises(FileNotFoundError, match="nowhere is missing"):
        CelebA(**put_in | {name: "nowhere"})


def test_splits_beyond_three_are_refused(put_in, tmp_path):
    put(tmp_path / "list_eval_partition.txt", "".join(f"{name} 3\n" for name in FILES))
    with pytest.raises(ValueError, match=r"has splits \[3\]: 0, 1 and 2 would do"):
        CelebA(**put_in)


def test_a_cut_off_zip_is_told(put_in, tmp_path):
    whole = zip_of(tmp_path / "whole.zip", BY_NAME).read_bytes()
    half = put(tmp_path / "half.zip", whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"half.zip is truncated"):
        CelebA(**put_in | {"pictures": str(half)})


def test_a_damaged_member_of_a_zip_is_told(put_in, tmp_path):
    archive = zip_of(tmp_path / "faces.zip", BY_NAME)
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 255
    archive.write_bytes(content)
    faces = CelebA(**put_in | {"pictures": str(archive)})
    with pytest.raises(ValueError, match=r"faces.zip is damaged at 00000\d.jpg"):
        faces.images(np.arange(9))


def test_all_undecodable_pictures_are_told_at_once(put_in, tmp_path):
    put(tmp_path / "img_align_celeba/000003.jpg", encoded(PICTURES[2])[:900])
    put(tmp_path / "img_align_celeba/000006.jpg", "no picture")
    faces = CelebA(**put_in | {"valid": 0})
    with pytest.raises(ValueError, match=r"000003\.jpg is a damaged picture") as raised:
        faces.images(np.arange(9))
    assert len(raised.value.faults) == 2
    assert "000006.jpg is no picture" in str(raised.value)


def test_pictures_that_are_not_aligned_are_refused_at_once(put_in, tmp_path):
    wild = folder_of(tmp_path / "wild", dict.fromkeys(FILES, painted(1, (300, 409))[0]))
    with pytest.raises(ValueError, match=r"has 409x300 pixels, CelebA's aligned pictures 178x218"):
        CelebA(**put_in | {"pictures": str(wild)})


def test_two_pictures_of_a_number_and_pictures_without_are_told(put_in, tmp_path):
    put(tmp_path / "img_align_celeba/more/000002.png", encoded(PICTURES[1]))
    with pytest.raises(ValueError, match=r"000002.jpg and more/000002.png, one number for two"):
        CelebA(**put_in)
    (tmp_path / "img_align_celeba/more/000002.png").rename(tmp_path / "img_align_celeba/sample.png")
    with pytest.raises(ValueError, match=r"has sample.png, which no number names"):
        CelebA(**put_in)


def test_an_empty_folder_and_too_many_asked_for(put_in, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty has no pictures"):
        CelebA(**put_in | {"pictures": str(tmp_path / "empty")})
    with pytest.raises(ValueError, match="train is from 0, for all, to the 4"):
        CelebA(**put_in | {"train": 5})
    with pytest.raises(ValueError, match="size is 8 pixels or more"):
        CelebA(**put_in | {"size": 4})
