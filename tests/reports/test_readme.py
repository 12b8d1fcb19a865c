"""The table of the README holds the committed numbers, digit for digit, and its sentences do not contradict them."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from diffrep.metrics.catalogue import number

ROOT = Path(__file__).parents[2]
HEAD = "| method | seeds |"
NUMBERS = ("one", "two", "three", "four", "five")


def cells(line: str) -> list[str]:
    return [re.sub(r"<sup>.*?</sup>", "", cell).strip() for cell in line.strip("|").split("|")]


def table(text: str) -> dict[str, dict[str, str]]:
    """{row: {column: cell}} of the first table of methods, remarks on cells left out."""
    lines = text[text.index(HEAD) :].splitlines()
    columns, body = cells(lines[0]), lines[2:]
    rows = [dict(zip(columns, cells(line), strict=True)) for line in body[: body.index("")]]
    return {row["method"].strip("*"): row for row in rows}


README = (ROOT / "README.md").read_text()
SHOWN = table(README)
COMMITTED = table((ROOT / "reports" / "tables" / "shapes3d_rendered.md").read_text())


@pytest.mark.parametrize("row", SHOWN)
def test_every_cell_is_that_of_the_committed_table(row):
    assert {column: COMMITTED[row][column] for column in SHOWN[row]} == SHOWN[row]


def told_apart(dataset: str) -> tuple[int, int, int]:
    """How many differences from PCA were tested, how many are told apart, and how many of these in PCA's favour."""
    rows = pd.read_csv(ROOT / "reports" / "tables" / f"{dataset}-differences.csv").dropna(subset="p_holm")
    apart = rows[rows.p_holm < 0.05]
    ups = [number(name).better == "up" for name in apart.metric]
    return len(rows), len(apart), sum((apart.difference < 0) == ups)


def test_what_is_told_apart_from_pca_is_counted():
    rooms, photographs = told_apart("shapes3d_rendered"), told_apart("fashion_mnist")
    text = " ".join(README.split())
    assert f"{rooms[1]} of {rooms[0]} differences from PCA" in text
    assert f"{rooms[2]} of them in PCA's favour" in text
    assert f"On the photographs {photographs[1]} of {photographs[0]} are, all in PCA's favour" in text
    assert photographs[1] == photographs[2]


def test_the_probe_seeds_are_those_of_the_params():
    seeds = yaml.safe_load((ROOT / "params.yaml").read_text())["evaluate"]["probe"]["seeds"]
    assert f"the mean of {NUMBERS[seeds - 1]} probe seeds" in README
