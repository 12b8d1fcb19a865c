"""What is wrong with a person's files of CelebA is told in a line, all at once."""

import numpy as np
import pytest
from celeba_files import BY_NAME, FILES, FLAGS, PICTURES
from face_files import (
    attributes_text,
    encoded,
    flags,
    folder_of,
    painted,
    put,
    zip_of,
)

from diffrep.datasets.celeba import CelebA

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


@pytest.mark.parametrize(("wrong", "whole"), [("attributes", "partition"), ("partition", "attributes")])
def test_missing_pictures_are_told_beside_a_wrong_table(put_in, tmp_path, wrong, whole):
    (tmp_path / "img_align_celeba/000004.jpg").unlink()
    put(tmp_path / "wrong.txt", "<!DOCTYPE html>")
    with pytest.raises(ValueError, match=r"wrong\.txt is a web page") as raised:
        CelebA(**put_in | {wrong: str(tmp_path / "wrong.txt")})
    assert len(raised.value.faults) == 2
    assert f"lacks pictures of which {put_in[whole]} has rows: 1 of them, number 4" in raised.value.faults[1]


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
