"""The table of the README holds the committed numbers, digit for digit."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = "| method | seeds |"


def cells(line: str) -> list[str]:
    return [re.sub(r"<sup>.*?</sup>", "", cell).strip() for cell in line.strip("|").split("|")]


def table(text: str) -> dict[str, dict[str, str]]:
    """{row: {column: cell}} of the first table of methods, remarks on cells left out."""
    lines = text[text.index(HEAD) :].splitlines()
    columns, body = cells(lines[0]), lines[2:]
    rows = [dict(zip(columns, cells(line), strict=True)) for line in body[: body.index("")]]
    return {row["method"].strip("*"): row for row in rows}


SHOWN = table((ROOT / "README.md").read_text())
COMMITTED = table((ROOT / "reports" / "tables" / "shapes3d_rendered.md").read_text())


@pytest.mark.parametrize("row", SHOWN)
def test_every_cell_is_that_of_the_committed_table(row):
    assert {column: COMMITTED[row][column] for column in SHOWN[row]} == SHOWN[row]
