"""Rows and data sets under names that could not be folders, words of a command or keys."""

import pytest
from mistakes import Mistake, changed, expect_told

ROOMS = "shapes3d_rendered"


def row(name: str):
    """What gives the grid a method of that name, which is the random encoder under another."""

    def change(values):
        values["grid"]["method"] = ["random", name]
        values["methods"][name] = {"adapter": "random", **values["methods"]["random"]}

    return changed(change)


def data(name: str, others: tuple[str, ...] = ()):
    """What renames the data set, and adds others that are the same."""

    def change(values):
        values["grid"]["dataset"] = [name, *others]
        for other in (name, *others):
            values["budgets"][other] = values["budgets"][ROOMS]
            values["datasets"][other] = {"adapter": ROOMS, **values["datasets"][ROOMS]}

    return changed(change)


def dashed(folder):
    """Two data sets and two methods whose names joined by a dash are the same."""
    data("a", ("a-b",))(folder)

    def change(values):
        values["grid"]["method"] = ["b-c", "c"]
        values["methods"] |= {name: {"adapter": "random", **values["methods"]["random"]} for name in ("b-c", "c")}

    changed(change)(folder)


NAMES = [
    ("a row above the tree", row("../x"), r"grid\.method\[1\] is '../x', which must be of at most 64 letters"),
    ("a row with a command", row("a; touch x"), r"is 'a; touch x', which must be"),
    ("a row with a substitution", row("$(touch x)"), r"is '\$\(touch x\)', which must be"),
    ("a row like an option", row("--help"), "is '--help', which must be"),
    ("a row with a slash", row("a/b"), "is 'a/b', which must be"),
    ("a row with a space", row("my random"), "is 'my random', which must be"),
    ("a row with an at sign", row("a@b"), "is 'a@b', which must be"),
    ("a row with a dot", row("v1.5"), r"is 'v1\.5', which must be .*DVC would take a dot"),
    ("a hidden row", row(".x"), "is '.x', which must be"),
    ("a row of another alphabet", row("größe"), "is 'größe', which must be"),
    ("a row with an end of line", row("a\n"), r"is 'a\\n', which must be"),
    ("an empty row", row(""), "is '', which must be"),
    ("a row without end", row("a" * 65), "is 'a+', which must be of at most 64"),
    ("a row that is a brace", row("${x}"), r"is '\$\{x\}', which must be"),
    (
        "rows that differ in capitals",
        row("RANDOM"),
        r"grid\.method has 'random' and 'RANDOM', one folder",
    ),
    ("a row that is a folder of ours", row("Oracle"), "'Oracle' is a folder of the suite's own"),
    ("a data set above the tree", data("../x"), r"grid\.dataset\[0\] is '../x', which must be"),
    ("a data set with a command", data("a;b"), "is 'a;b', which must be"),
    ("a data set like an option", data("-x"), "is '-x', which must be"),
    ("cells of one name", dashed, "'a-b' and 'a' both make a-b-c: rename one"),
]
MISTAKES = [Mistake(f"names: {kind}", make, ("code",), told) for kind, make, told in NAMES]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
