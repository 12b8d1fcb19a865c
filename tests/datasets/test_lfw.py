"""LFW: scores and pictures meet by person and number, splits are lists of people."""

import pickle
import tarfile

import numpy as np
import pytest
from face_files import encoded, folder_of, painted, put

from diffrep.datasets.lfw import LFW
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

PEOPLE = {"Aaron_Eckhart": 1, "Aaron_Guiel": 2, "Zico": 3, "Abdel_Aziz_Al-Hakim": 2}
KEYS = [(person, n + 1) for person, count in PEOPLE.items() for n in range(count)]
PICTURES = dict(zip(KEYS, painted(len(KEYS), (16, 16)), strict=True))
SCORES = dict(zip(KEYS, np.random.default_rng(0).normal(size=(len(KEYS), 73)).round(6), strict=True))
WITHOUT = ("Zico", 2)
COLUMNS = ["Male", "Asian", *(f"No Eyewear {n}" for n in range(71))]


def scores_text(keys: list[tuple[str, int]]) -> str:
    rows = ["\t".join([person.replace("_", " "), str(n), *map(repr, SCORES[person, n].tolist())]) for person, n in keys]
    return "\n".join(["# LFW Attributes", "\t".join(["#", "person", "imagenum", *COLUMNS]), *rows]) + "\n"


@pytest.fixture
def put_in(tmp_path):
    folder_of(tmp_path / "lfw_funneled", {f"{p}/{p}_{n:04d}.jpg": image for (p, n), image in PICTURES.items()})
    put(tmp_path / "lfw_funneled/pairs_01.txt", "10")
    put(tmp_path / "lfw_attributes.txt", scores_text([key for key in reversed(KEYS) if key != WITHOUT]))
    put(tmp_path / "peopleDevTrain.txt", "2\nZico\t3\nAaron_Eckhart\t1\n")
    put(tmp_path / "peopleDevTest.txt", "2\nAaron_Guiel\t2\nAbdel_Aziz_Al-Hakim\t2\n")
    return {
        "pictures": str(tmp_path / "lfw_funneled"),
        "attributes": str(tmp_path / "lfw_attributes.txt"),
        "train_people": str(tmp_path / "peopleDevTrain.txt"),
        "test_people": str(tmp_path / "peopleDevTest.txt"),
        "size": 16,
        "resampling": "lanczos",
        "splits": "official",
        "train": 0,
        "valid": 1,
        "test": 0,
        "seed": 0,
    }


def found(faces: LFW) -> dict[tuple[str, int], str]:
    """{(person, number): split} by the content of rows; their targets are the scores of that picture."""
    rows = np.arange(len(faces))
    images, targets = faces.images(rows), faces.targets(rows)
    assert targets.dtype == np.float32
    parts = {}
    for split, of_split in faces.splits().items():
        for row in of_split:
            (key,) = [key for key, image in PICTURES.items() if np.array_equal(image, images[row])]
            np.testing.assert_array_equal(targets[row], SCORES[key].astype(np.float32))
            parts[key] = split
    return parts


def test_pictures_scores_and_people_meet_by_name(put_in):
    faces = LFW(**put_in)
    parts = found(faces)
    assert set(parts) == set(KEYS) - {WITHOUT}
    assert {person for (person, _), part in parts.items() if part == "test"} == {"Aaron_Guiel", "Abdel_Aziz_Al-Hakim"}
    assert sorted(parts.values()) == ["test"] * 4 + ["train"] * 2 + ["valid"]
    assert "8 pictures, stored at 16x16, of which 1 without scores are left out; official splits" in faces.source
    assert faces.target_names == tuple(COLUMNS)
    assert faces.attribute_names == ()


def test_drawn_splits_need_no_lists(put_in):
    drawn = put_in | {"splits": "drawn", "train_people": "", "test_people": "", "train": 4, "valid": 1, "test": 2}
    assert sorted(found(LFW(**drawn)).values()) == ["test"] * 2 + ["train"] * 4 + ["valid"]
    with pytest.raises(ValueError, match="train_people and test_people name two files"):
        LFW(**drawn | {"splits": "official"})


def test_pickled_it_gives_the_same(put_in):
    faces = LFW(**put_in)
    again = pickle.loads(pickle.dumps(faces))
    assert found(again) == found(faces) == found(LFW(**put_in))


def test_written_with_its_targets(put_in, tmp_path):
    faces = LFW(**put_in)
    write(faces, tmp_path / "lfw")
    kept = Prepared(tmp_path / "lfw")
    np.testing.assert_array_equal(kept.images, faces.images(np.arange(7)))
    np.testing.assert_array_equal(kept.targets, faces.targets(np.arange(7)))
    assert kept.card["target_names"] == COLUMNS


LINES = scores_text(KEYS).splitlines()
WRONG_SCORES = {
    "a score too few": ("\n".join(LINES).rsplit("\t", 1)[0], "line 10 has 72 scores, not 73"),
    "no number": ("\n".join(LINES).rsplit("\t", 1)[0] + "\tx", "line 10 has values that are no finite numbers"),
    "not finite": ("\n".join(LINES).rsplit("\t", 1)[0] + "\tnan", "line 10 has values that are no finite numbers"),
    "a row twice": ("\n".join([*LINES, LINES[-1]]), "line 11 is a second row of Abdel_Aziz_Al-Hakim_0002"),
    "no names": ("\n".join([LINES[0], *LINES[2:]]), "has no second line of '#', person, imagenum"),
    "no rows": ("\n".join(LINES[:2]), "has no rows of scores"),
    "a web page": ("<html>moved", "is a web page saved under that name"),
    "a picture more": (
        "\n".join([*LINES, LINES[-1].replace("\t2\t", "\t7\t", 1)]),
        r"lacks 1 pictures of which .*: Abdel_Aziz_Al-Hakim_0007",
    ),
}


@pytest.mark.parametrize("kind", WRONG_SCORES)
def test_wrong_scores_are_told(put_in, tmp_path, kind):
    content, told = WRONG_SCORES[kind]
    put(tmp_path / "lfw_attributes.txt", content)
    with pytest.raises(ValueError, match=told):
        LFW(**put_in)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("2\nZico\t3\n", "states '2' people and has 1: it is cut off, or no list of View 1"),
        ("1\nZico\t2\n", r"has 2 pictures of Zico, .*lfw_funneled 3"),
        ("1\nNobody\t1\n", r"has 1 pictures of Nobody, .*lfw_funneled 0"),
        ("1\nAaron_Guiel\t2\n", "both have Aaron_Guiel: nobody is in both"),
        ("2\nZico\t3\nZico\t3\n", "line 3 has Zico a second time"),
        ("1\nZico 3\n", "line 2 is 'Zico 3', not a name, a tab and a number"),
    ],
)
def test_wrong_lists_of_people_are_told(put_in, tmp_path, content, told):
    put(tmp_path / "peopleDevTrain.txt", content)
    with pytest.raises(ValueError, match=told):
        LFW(**put_in)


def test_the_archive_itself_is_to_be_unpacked(put_in, tmp_path):
    with tarfile.open(tmp_path / "lfw-funneled.tgz", "w:gz") as archive:
        archive.add(tmp_path / "lfw_funneled")
    with pytest.raises(ValueError, match=r"lfw-funneled.tgz is a packed archive .*: unpack it, and name the folder"):
        LFW(**put_in | {"pictures": str(tmp_path / "lfw-funneled.tgz")})


def test_two_alignments_and_odd_names_are_told(put_in, tmp_path):
    odd = put(tmp_path / "lfw_funneled/sample.jpg", encoded(PICTURES["Zico", 1]))
    with pytest.raises(ValueError, match=r"has sample.jpg, not named like Aaron_Eckhart_0001.jpg"):
        LFW(**put_in)
    put(odd.parent / "lfw/Zico/Zico_0001.jpg", odd.read_bytes())
    odd.unlink()
    with pytest.raises(ValueError, match="has two pictures of Zico_0001: keep one alignment"):
        LFW(**put_in)


def test_all_faults_of_pictures_and_tables_are_told_at_once(put_in, tmp_path):
    next(iter((tmp_path / "lfw_funneled").rglob("Aaron_Eckhart_0001.jpg"))).unlink()
    put(tmp_path / "peopleDevTest.txt", "<!DOCTYPE html>")
    with pytest.raises(ValueError, match="is a web page") as raised:
        LFW(**put_in)
    assert any("lacks 1 pictures of which" in fault for fault in raised.value.faults)
