"""Drawn faces as a data set: rows, splits, attributes, joint distributions, true counterfactuals, refusals."""

import importlib.metadata
import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest
import python_avatars

from diffrep.datasets.faces_drawn import RULES, FacesDrawn, attributes_of
from diffrep.datasets.files.joint import Correlated, Independent, Pair
from diffrep.datasets.files.ridge import ridge
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.rendered import face_parts
from diffrep.datasets.rendered.face import factors_of, index_of, nuisance_of, render
from diffrep.datasets.rendered.face_values import COUNT, FACTOR_NAMES, WORDS
from diffrep.datasets.writing import write

ALIKE = Independent("independent")
SETTINGS = {"size": 32, "nuisance": True, "joint": ALIKE, "train": 60, "valid": 10, "test": 30, "seed": 0}
FACES = FacesDrawn(**SETTINGS)
ALL = np.arange(len(FACES))
MANY = factors_of(np.random.default_rng(0).integers(COUNT, size=20_000))
PREVALENCES = dict(zip(RULES, attributes_of(MANY).mean(0), strict=True))
SHARES = {  # of all combinations
    **{"balding": 1 / 10, "long_hair": 4 / 10, "curly_hair": 2 / 10, "straight_hair": 2 / 10, "hair_upwards": 3 / 10},
    **{f"{colour}_hair": 1 / 6 for colour in ("black", "brown", "blond", "grey")},
    **{"light_hair": 3 / 6, "pale_skin": 1 / 5, "dark_skin": 2 / 5},
    **{"angry_brows": 1 / 5, "raised_brows": 1 / 5, "heavy_brows": 2 / 5, "eyes_closed": 1 / 6, "white_of_eyes": 3 / 6},
    **{"smiling": 3 / 6, "mouth_open": 4 / 6, "tongue_out": 1 / 6},
    **{"glasses": 4 / 6, "sunglasses": 1 / 6, "eyepatch": 1 / 6},
    **{"beard": 2 / 4, "full_beard": 1 / 4, "moustache": 1 / 4, "no_facial_hair": 1 / 4},
    **{"hoodie": 1 / 5, "overall": 1 / 5, "black_clothes": 1 / 7, "red_clothes": 1 / 7, "light_clothes": 3 / 7},
    **{"blond_and_long": 4 / 60, "grey_beard": 2 / 24, "balding_with_glasses": 4 / 60, "light_hair_dark_skin": 6 / 30},
    **{"smiling_with_angry_brows": 3 / 30, "smiling_with_eyes_closed": 3 / 36},
}
COLUMNS = {name: column for column, name in enumerate(FACTOR_NAMES)}


def face(**words):
    """Factors [1, 10] of a face, the first value where nothing is said."""
    return np.array([[WORDS[name].index(words.get(name, WORDS[name][0])) for name in FACTOR_NAMES]])


def having(**words):
    return {name for name, has in zip(RULES, attributes_of(face(**words))[0], strict=True) if has}


def test_no_face_is_drawn_twice():
    assert len(np.unique(index_of(FACES.factors(ALL)))) == len(FACES) == 100


def test_splits_share_no_row_and_leave_none():
    splits = FACES.splits()
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 60, "valid": 10, "test": 30}
    np.testing.assert_array_equal(np.sort(np.concatenate(list(splits.values()))), ALL)


def test_same_seed_same_images_another_seed_other_faces():
    np.testing.assert_array_equal(FACES.images(ALL), FacesDrawn(**SETTINGS).images(ALL))
    assert len(np.intersect1d(FACES.index, FacesDrawn(**SETTINGS | {"seed": 1}).index)) < 5


def test_row_is_the_same_image_however_it_is_asked_for():
    np.testing.assert_array_equal(FACES.images(ALL)[[7, 3]], FACES.images(np.array([7, 3])))
    np.testing.assert_array_equal(FACES.images(ALL)[[7, 3]], pickle.loads(pickle.dumps(FACES)).images(np.array([7, 3])))


def test_redrawn_keeps_the_originals_nuisance():
    factors = FACES.factors(ALL)
    np.testing.assert_array_equal(FACES.redrawn(factors, factors), FACES.images(ALL))
    edited = factors.copy()
    edited[:, COLUMNS["mouth"]] = (edited[:, COLUMNS["mouth"]] + 1) % 6
    expected = render(edited, nuisance_of(FACES.index), size=32)
    np.testing.assert_array_equal(FACES.redrawn(edited, factors), expected)
    assert (FACES.images(ALL) != expected).any(-1).mean() < 0.15


def test_nuisance_off_draws_clean_faces():
    clean = FacesDrawn(**SETTINGS | {"nuisance": False})
    np.testing.assert_array_equal(clean.images(ALL), render(clean.factors(ALL), None, size=32))


@pytest.mark.parametrize("name", RULES)
def test_prevalence_is_what_the_words_of_the_rule_amount_to(name):
    assert 0.03 <= PREVALENCES[name] <= 0.97
    assert PREVALENCES[name] == pytest.approx(SHARES[name], abs=0.012)


def test_attributes_of_faces_described_in_words():
    assert {"balding", "black_hair", "pale_skin", "angry_brows", "no_facial_hair", "black_clothes"} == having()
    seen = having(
        hair_style="long", hair_colour="blond", mouth="smile", accessory="sunglasses", facial_hair="moustache"
    )
    assert {"long_hair", "straight_hair", "blond_and_long", "smiling", "mouth_open", "glasses", "sunglasses"} < seen
    assert {"light_hair", "smiling_with_angry_brows", "moustache", "blond_hair"} < seen
    assert not {"eyepatch", "beard", "no_facial_hair", "balding", "tongue_out"} & seen
    grey = having(hair_colour="grey", facial_hair="full_beard", skin="dark", eyes="closed", mouth="tongue")
    assert {"grey_beard", "beard", "full_beard", "light_hair_dark_skin", "smiling_with_eyes_closed"} < grey
    assert {"glasses", "balding_with_glasses"} < having(accessory="round_glasses")
    assert "glasses" not in having(accessory="eyepatch")


def test_correlated_training_images_and_independent_test_images():
    joint = Correlated("correlated", (Pair(("hair_colour", "skin"), 0.9),), ({"accessory": "sunglasses", "eyes": 1},))
    faces = FacesDrawn(**SETTINGS | {"joint": joint, "train": 9000, "valid": 1000, "test": 9000})
    for split, strength, tolerance in (("train", 0.9, 0.012), ("valid", 0.9, 0.035), ("test", 0.0, 0.012)):
        factors = faces.factors(faces.splits()[split])
        counts = np.zeros((6, 5))
        np.add.at(counts, (factors[:, COLUMNS["hair_colour"]], factors[:, COLUMNS["skin"]]), 1)
        np.testing.assert_allclose(counts / len(factors), ridge(6, 5, strength), atol=tolerance)
        shown = (factors[:, COLUMNS["accessory"]] == 4) & (factors[:, COLUMNS["eyes"]] == 1)
        assert shown.any() == (split == "test")
    assert WORDS["accessory"][4] == "sunglasses"
    assert len(np.unique(faces.index)) == 19_000


def test_prepared_folder_holds_what_was_drawn(tmp_path):
    write(FACES, tmp_path / "faces")
    stored = Prepared(tmp_path / "faces")
    np.testing.assert_array_equal(stored.images, FACES.images(ALL))
    np.testing.assert_array_equal(stored.factors, FACES.factors(ALL))
    np.testing.assert_array_equal(stored.attributes, FACES.attributes(ALL))
    assert "Pablo Stanley" in stored.card["licence"]
    assert "resvg-py" in stored.card["source"]


def test_licence_says_what_the_package_says():
    metadata = importlib.metadata.distribution("python-avatars").read_text("METADATA")
    assert "\nLicense: MIT\n" in metadata
    told = metadata.replace("[Pablo Stanley](https://twitter.com/pablostanley)", "Pablo Stanley")
    assert "Avatars designed by Pablo Stanley ([https://avataaars.com/](https://avataaars.com/))" in told
    assert "Additional avatar parts from blush.design, designed by Pablo Stanley" in told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"size": 31}, "size is at least 32 pixels"),
        ({"valid": 0}, "train, valid and test are 1 or more, together at most 45,360,000"),
        ({"train": COUNT}, "together at most 45,360,000"),
        ({"joint": Correlated("correlated", (), ({"skin": "green"},))}, "joint.held_out: skin: no 'green'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changed, told):
    with pytest.raises(ValueError, match=told):
        FacesDrawn(**SETTINGS | changed)


@pytest.mark.parametrize("missing", ["python_avatars", "resvg_py"])
def test_missing_package_is_one_line_with_what_to_install(monkeypatch, missing):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else found(name))
    with pytest.raises(ValueError, match=r"^drawn faces need the package \S+: pip install python-avatars\S+ resvg-py$"):
        FacesDrawn(**SETTINGS)


def test_other_drawings_are_refused(monkeypatch, tmp_path):
    parts = Path(python_avatars.__file__).parent / "avatar_parts"
    path = face_parts._path

    def altered(name):
        if name != "mouth/smile":
            return path(name)
        copy = tmp_path / "smile.svg"
        copy.write_bytes((parts / "mouth/smile.svg").read_bytes().replace(b"#FF4F6D", b"#FF4F6E"))
        return copy

    monkeypatch.setattr(face_parts, "_path", altered)
    with pytest.raises(ValueError, match=r"drawings of python-avatars are not those of 1\.4\.1"):
        FacesDrawn(**SETTINGS)
