"""The first mistake of a section in one line: where it stands, what was given, what would do."""

from typing import Annotated, Literal

import pytest
from pydantic import ValidationError

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.validation import Section, dotted, limit, validated

Even = Annotated[int, limit("even", lambda n: n % 2 == 0)]


class Inner(Section):
    """A nested section."""

    size: int
    kinds: tuple[Literal["round", "square"], ...] = ()


class Outer(Section):
    """A section."""

    inner: Inner
    many: dict[str, Inner] = {}  # noqa: RUF012
    count: Even = 0
    rate: float = 0.0
    name: str = ""
    flag: bool = False
    maybe: int | None = None
    mode: Literal["fast", "slow"] | int = 0


INNER = {"size": 1}
MISTAKES = {
    "a section that lacks": ({}, r"params\.yaml has no section inner"),
    "a key that lacks": ({"inner": {}}, r"params\.yaml: inner lacks the key 'size'"),
    "a key of a key": ({"inner": INNER | {"sise": 1}}, r"inner: unknown key 'sise': did you mean 'size'\?"),
    "a key at the top": ({"inner": INNER, "inter": {}}, r"params\.yaml: unknown key 'inter': did you mean 'inner'\?"),
    "one of many": ({"inner": INNER, "many": {"a": {"siz": 1}}}, r"many\.a: unknown key 'siz': did you mean 'size'\?"),
    "a misspelt key before a wrong value": (
        {"inner": {"size": "1", "kind": []}},
        r"inner: unknown key 'kind': did you mean 'kinds'\?",
    ),
    "text for a number": ({"inner": {"size": "1"}}, r"params\.yaml: inner\.size is '1', which is not a int"),
    "true for a number": ({"inner": {"size": True}}, r"params\.yaml: inner\.size is True, which is not a int"),
    "number for text": ({"inner": INNER, "name": 3}, r"params\.yaml: name is 3, which is not a str"),
    "text for a float": ({"inner": INNER, "rate": "x"}, r"params\.yaml: rate is 'x', which is not a float"),
    "number for a truth": ({"inner": INNER, "flag": 1}, r"params\.yaml: flag is 1, which is not a bool"),
    "text for a number or nothing": ({"inner": INNER, "maybe": "x"}, r"params\.yaml: maybe is 'x', which is not a int"),
    "a word that is no choice": (
        {"inner": INNER | {"kinds": ["round", "sqare"]}},
        r"params\.yaml: inner\.kinds\[1\] is 'sqare': did you mean 'square'\?",
    ),
    "neither choice nor number": ({"inner": INNER, "mode": "fats"}, r"params\.yaml: mode is 'fats': did you mean .*"),
    "beyond its limit": ({"inner": INNER, "count": 3}, r"params\.yaml: count is 3, which must be even"),
    "a list for a section": ({"inner": [1]}, r"params\.yaml: inner must hold the keys size, kinds"),
}


@pytest.mark.parametrize(("values", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(values, line):
    with pytest.raises(UserError, match=f"^{line}$"):
        validated(Outer, values)


def test_good_values_become_an_object_that_nobody_changes():
    found = validated(Outer, {"inner": {"size": 2, "kinds": ["round"]}, "count": 4, "maybe": None, "mode": "slow"})
    assert (found.inner.kinds, found.count, found.mode, found.rate) == (("round",), 4, "slow", 0.0)
    with pytest.raises(ValidationError):
        found.count = 6


def test_the_place_in_the_file_is_told():
    with pytest.raises(UserError, match=r"^params\.yaml: methods\.mine\.size is 'x', which is not a int$"):
        validated(Inner, {"size": "x"}, "methods.mine")


@pytest.mark.parametrize(
    ("path", "keys", "told"),
    [("", ["a", "b"], "a.b"), ("a", ["b", 1], "a.b[1]"), ("", ["a", 0, "b"], "a[0].b"), ("a", [], "a")],
)
def test_keys_are_told_with_dots_and_numbers_in_brackets(path, keys, told):
    assert dotted(path, keys) == told
