"""Sections become keyword arguments: their types, their defaults, nested sections as objects."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError


@dataclass(frozen=True)
class Conv:
    """An encoder."""

    kind: Literal["conv"]
    channels: tuple[int, ...]
    attention: int | None = None


@dataclass(frozen=True)
class Half:
    """Another one."""

    kind: Literal["half"]
    width: int


class Method:
    """A method of the suite's kind."""

    def __init__(
        self,
        image_shape,
        base=None,
        *,
        code_dim: int,
        encoder: Conv,
        choice: Conv | Half,
        dropout: float = 0.5,
        anything: Any = None,
    ):
        """Nothing."""


CONV = {"kind": "conv", "channels": [8, 16]}
GOOD = {"code_dim": 3, "encoder": CONV, "choice": {"kind": "half", "width": 4}}
MISTAKES = {
    "unknown key": ({"code_dims": 3}, r"methods\.mine: unknown key 'code_dims': did you mean 'code_dim'\?"),
    "text for a number": ({"code_dim": "3"}, r"params\.yaml: methods\.mine\.code_dim is '3', which is not a int"),
    "unknown nested key": (
        {"encoder": CONV | {"chanels": 3}},
        r"methods\.mine\.encoder: unknown key 'chanels': did you mean 'channels'\?",
    ),
    "missing nested key": (
        {"encoder": {"kind": "conv"}},
        r"params\.yaml: methods\.mine\.encoder lacks the key 'channels'",
    ),
    "mistyped nested value": (
        {"encoder": CONV | {"channels": [8, "16"]}},
        r"params\.yaml: methods\.mine\.encoder\.channels\[1\] is '16', which is not a int",
    ),
    "number for a section": ({"encoder": 3}, r"params\.yaml: methods\.mine\.encoder must hold the keys kind, .*"),
    "unknown kind": (
        {"choice": {"kind": "halves"}},
        r"params\.yaml: methods\.mine\.choice\.kind is 'halves': did you mean 'half'\?",
    ),
    "key of another kind": (
        {"choice": CONV | {"width": 3}},
        r"methods\.mine\.choice: unknown key 'width': there are attention, channels, kind",
    ),
    "taken by position": (
        {"base": 3},
        r"methods\.mine: Method takes 'base' by position: put \* before the settings .*",
    ),
}


def test_values_come_typed_with_sections_as_objects_and_defaults_filled_in():
    assert arguments(Method, "methods.mine", GOOD) == {
        "code_dim": 3,
        "encoder": Conv("conv", (8, 16)),
        "choice": Half("half", 4),
        "dropout": 0.5,
        "anything": None,
    }


@pytest.mark.parametrize(("choice", "expected"), [(CONV, Conv("conv", (8, 16))), ({"kind": "half", "width": 1}, Half)])
def test_of_alternative_sections_the_kind_that_is_named_is_taken(choice, expected):
    found = arguments(Method, "methods.mine", GOOD | {"choice": choice})["choice"]
    assert found == expected or type(found) is expected


@dataclass(frozen=True)
class Plain:
    """Alternatives to it say their kind; it has none."""

    width: int


class Either:
    """A method of one of two sections."""

    def __init__(self, image_shape, *, network: Plain | Conv):
        """Nothing."""


@pytest.mark.parametrize(("network", "expected"), [({"width": 3}, Plain(3)), (CONV, Conv("conv", (8, 16)))])
def test_a_section_of_no_kind_is_the_first_of_the_alternatives(network, expected):
    assert arguments(Either, "methods.mine", {"network": network}) == {"network": expected}


def test_a_mistake_in_a_section_of_no_kind_is_told_of_that_one():
    with pytest.raises(UserError, match=r"^methods\.mine\.network: unknown key 'wide': did you mean 'width'\?$"):
        arguments(Either, "methods.mine", {"network": {"wide": 3}})


def test_a_key_that_must_be_there_is_told():
    with pytest.raises(UserError, match=r"^params\.yaml: methods\.mine lacks the key 'code_dim'$"):
        arguments(Method, "methods.mine", {key: value for key, value in GOOD.items() if key != "code_dim"})


@pytest.mark.parametrize(("changed", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_its_key(changed, line):
    with pytest.raises(UserError, match=f"^{line}$"):
        arguments(Method, "methods.mine", GOOD | changed)


def test_a_whole_number_will_do_for_a_float_and_not_the_other_way():
    assert arguments(Method, "methods.mine", GOOD | {"dropout": 0})["dropout"] == 0
    with pytest.raises(UserError, match="which is not a int"):
        arguments(Method, "methods.mine", GOOD | {"code_dim": 3.0})
