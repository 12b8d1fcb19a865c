"""The card says what was asked of a joint distribution and what images show of it; of an even one it says nothing."""

import numpy as np
import pytest

from diffrep.datasets.faces_drawn import FacesDrawn
from diffrep.datasets.files.joint import Correlated, Independent, Pair
from diffrep.datasets.files.joint_card import joint_card
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.datasets.writing import write

JOINT = Correlated(
    "correlated", (Pair(("object_hue", "shape"), 0.8),), ({"object_hue": 0, "shape": 1}, {"orientation": 3})
)


def rooms(joint, train=2_000) -> Shapes3DRendered:
    return Shapes3DRendered(size=8, nuisance=False, joint=joint, train=train, valid=200, test=1_000, seed=0)


def card_of(source) -> dict:
    return joint_card(source, source.factors(np.arange(len(source))), source.splits())


def test_asked_and_shown_strengths_and_what_is_held_out_are_on_the_card(tmp_path):
    write(rooms(JOINT, train=100), tmp_path / "rooms")
    told = Prepared(tmp_path / "rooms").card["joint"]
    assert told == card_of(rooms(JOINT, train=100))["joint"]


def test_strengths_are_those_of_each_split_and_of_test_images_near_nothing():
    told = card_of(rooms(JOINT))["joint"]
    (pair,) = told["pairs"]
    assert (pair["factors"], pair["asked"]) == (["object_hue", "shape"], 0.8)
    assert pair["train"] == pytest.approx(0.8, abs=0.08)
    assert pair["valid"] == pytest.approx(0.8, abs=0.2)
    assert pair["test"] == pytest.approx(0, abs=0.12)


def test_images_that_show_what_is_held_out_are_counted():
    source = rooms(JOINT)
    told = card_of(source)["joint"]
    assert told["held_out"] == [{"object_hue": 0, "shape": 1}, {"orientation": 3}]
    *_, hue, _, shape, view = source.factors(source.splits()["test"]).T
    count = int(((hue == 0) & (shape == 1) | (view == 3)).sum())
    assert told["images_held_out"] == {"train": 0, "valid": 0, "test": count}
    assert count > 0


def test_an_even_distribution_leaves_no_word():
    assert card_of(rooms(Independent("independent"))) == {}


def test_words_stand_on_the_card_as_numbers():
    joint = Correlated("correlated", (), ({"hair_colour": "blond", "skin": 1},))
    faces = FacesDrawn(size=32, nuisance=False, joint=joint, train=20, valid=5, test=10, seed=0)
    assert card_of(faces)["joint"]["held_out"] == [{"hair_colour": 3, "skin": 1}]
