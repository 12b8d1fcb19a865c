"""Names of a table, and paths of one's own."""

import json

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint, lookup, path_of

TABLE = {"decode": "json:loads", "encode": "json:dumps"}


def test_a_name_and_a_path_of_ones_own_give_the_object():
    assert lookup(TABLE, "decode", "thing") is json.loads
    assert lookup(TABLE, "json:dump", "thing") is json.dump
    assert path_of(TABLE, "own.module:Class", "thing") == "own.module:Class"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("decoed", r"no thing 'decoed': did you mean 'decode'\?"),
        ("xyz", "no thing 'xyz': there are decode, encode"),
        ("tcod", "no thing 'tcod': there are decode, encode"),
        ("x" * 500, r"no thing 'x{47}\.\.\.x{48}': there are decode, encode"),
        (":Class", "thing ':Class' is no package.module:Class"),
        ("json:nothing", "cannot import thing 'json:nothing': AttributeError: .*"),
        ("nowhere:Class", "cannot import thing 'nowhere:Class': ModuleNotFoundError: .*"),
    ],
)
def test_a_name_of_nothing_is_one_line(name, line):
    with pytest.raises(UserError, match=f"^{line}$"):
        lookup(TABLE, name, "thing")


def test_where_nothing_is_known_nothing_is_near():
    assert hint("xyz", []) == "there are none"
