"""The page on DVC has the numbers of the committed run, digit for digit, and names what the pipeline has."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dvc.md").read_text()
COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SHOWN = re.search(r"\$ dvc metrics show (\S+)\n(.*?)```", PAGE, re.S)


def rows() -> list[list[str]]:
    """The block of `dvc metrics show`, cell by cell."""
    return [re.split(r"\s{2,}", line) for line in SHOWN[2].strip().splitlines()]


def test_it_shows_the_committed_metrics():
    head, *lines = rows()
    for path, *cells in lines:
        known = json.loads((ROOT / path).read_text())
        assert set(known) <= set(head[1:]), path
        expected = [str(round(known[name], 5)) if name in known else "-" for name in head[1:]]
        assert cells == expected, path


def test_it_says_how_many_lines_there_are():
    files = list((ROOT / SHOWN[1]).glob("*.json"))
    shown, there = COUNTS[len(rows()) - 1], COUNTS[len(files)]
    assert f"Of the committed run, {shown} of {there} lines" in PAGE


def test_it_names_only_data_sets_whose_metrics_are_there():
    named = set(re.findall(r"reports/metrics/(\w+)/", PAGE))
    assert named - {"DATASET"} <= {path.name for path in (ROOT / "reports" / "metrics").iterdir()}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^\S+ started  (\w+)", PAGE, re.M))))
def test_stages_that_it_shows_are_in_the_pipeline(name):
    assert name in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
