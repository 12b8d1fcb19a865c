"""The keys of every data set are told: what they hold and mean, and a section to begin with that is one."""

from typing import Literal

import pytest

from diffrep.datasets import DATASETS
from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Seed
from diffrep.datasets.files.joint import Joint
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.sources.keys import Key, example, factors_of, keys_of, prose

CLASSES = {name: lookup(DATASETS, name, "data set") for name in DATASETS}


@pytest.mark.parametrize("name", DATASETS)
def test_every_key_has_a_meaning_and_every_data_set_a_card(name):
    assert [key.name for key in keys_of(CLASSES[name]) if not key.meaning or key.holds == "any"] == []
    about = CLASSES[name].about
    assert isinstance(about, About)
    assert all([about.title, about.citation, about.licence, about.size, about.place])


@pytest.mark.parametrize("name", DATASETS)
def test_a_section_to_begin_with_has_every_key_that_must_be_there(name):
    section = example(CLASSES[name])
    assert arguments(CLASSES[name], f"datasets.{name}", section).keys() >= section.keys()


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_said_of_keys_is_not_said_again(name):
    told = " ".join(prose(CLASSES[name]))
    assert told
    long = [key.meaning for key in keys_of(CLASSES[name]) if len(key.meaning) > 60]
    assert not [meaning for meaning in long if meaning in told]


class Mine:
    """My pictures.

    folder, table  where they lie,
                   and what is known of them
    size           pixels
    other          is no key

    Rows have their order.
    """

    def __init__(
        self,
        *,
        folder: str,
        table: str,
        size: int,
        form: Literal["a", "b"],
        joint: Joint,
        seed: Seed,
        flip: bool = True,
    ) -> None: ...


def test_keys_are_read_from_the_docstring():
    both = "where they lie, and what is known of them"
    assert keys_of(Mine) == [
        Key("folder", "text", both, False),
        Key("table", "text", both, False),
        Key("size", "whole number", "pixels", False),
        Key("form", "a or b", "", False),
        Key("joint", "keys, with kind: independent or correlated", keys_of(Mine)[4].meaning, False),
        Key("seed", "whole number", "which images are drawn", False),
        Key("flip", "true or false", "", True),
    ]
    assert prose(Mine) == ["My pictures.", "other is no key", "Rows have their order."]


def test_an_example_leaves_out_what_has_a_default():
    paths = {"folder": "/path/to/folder", "table": "/path/to/table"}
    assert example(Mine) == {**paths, "size": 64, "form": "a", "joint": {"kind": "independent"}, "seed": 0}


@pytest.mark.parametrize("name", ["image_folder", "arrays"])
def test_a_person_s_own_data_begin_without_official_splits(name):
    section = example(CLASSES[name])
    assert (section["splits"], section["train"], section["valid"], section["test"]) == ("drawn", 700, 150, 150)
    assert section.get("channels", 3) == 3


@pytest.mark.parametrize("name", ["image_folder", "arrays"])
def test_a_card_of_one_s_own_data_says_more_than_whose_they_are(name):
    about = CLASSES[name].about
    assert len({about.citation, about.licence, about.size}) == 3


def test_factors_are_told_with_the_words_that_a_section_may_use():
    assert factors_of(CLASSES["faces_drawn"])["skin"] == "pale, light, tan, brown, dark"
    assert factors_of(CLASSES["dsprites"]) | {"scale": "0 to 5"} == factors_of(CLASSES["dsprites"])
    assert factors_of(CLASSES["mpi3d"]) == factors_of(CLASSES["celeba"]) == factors_of(CLASSES["arrays"]) == {}
