"""Two small trees: what differs between them, and which differences the seeds of the first explain."""

from pathlib import Path

import pytest

from diffrep.pipelines.agreement.differences import Mismatch, agreement, difference
from diffrep.pipelines.agreement.tree import ResultTree
from diffrep.pipelines.core.provenance import MADE_BY

FIRST, SECOND, ALONE = (Path(str(seed), "result.json") for seed in range(3))


def tree(values, **made_by):
    """A tree of files that are all repeats of one another."""
    known = {key: {"None"} for key in MADE_BY} | {key: set(value) for key, value in made_by.items()}
    return ResultTree(values, {file: list(values) for file in values}, known)


OURS = tree({FIRST: {"ap": 1.0, "mig": 0.5, "view": "mean"}, SECOND: {"ap": 3.0, "mig": 0.5}, ALONE: {"ap": 5.0}})


@pytest.mark.parametrize(
    ("first", "second", "spread", "change", "verdict"),
    [
        (1.0, 1.5, 0.5, 0.5, "within"),
        (1.0, 0.5, 0.5, -0.5, "within"),
        (1.0, 1.75, 0.5, 0.75, "beyond"),
        (1.0, 0.25, 0.5, -0.75, "beyond"),
        (1.0, 1.0001, 0.0, pytest.approx(0.0001), "beyond"),
        (1.0, 2.0, None, 1.0, "unknown"),
        (1.0, None, 0.5, None, "not a number"),
        ("mean", "last", None, None, "not a number"),
    ],
)
def test_a_change_is_held_against_the_spread(first, second, spread, change, verdict):
    found = Mismatch(FIRST, "ap", first, second, spread)
    assert (found.change, found.verdict) == (change, verdict)


def test_equal_values_are_no_difference():
    assert difference(OURS, OURS, FIRST, "ap") is None
    assert difference(OURS, OURS, FIRST, "not there") is None


def test_values_files_and_makers_are_all_compared():
    theirs = tree({FIRST: {"ap": 2.0, "mig": 0.5, "new": 1.0}, SECOND: {"ap": 3.0, "mig": 0.75}}, torch={"2", "1"})
    found = agreement(OURS, theirs)
    assert found.compared == 4 + 2
    assert found.only == ([ALONE], [])
    assert found.differences == [
        Mismatch(FIRST, "ap", 1.0, 2.0, 2.0),
        Mismatch(FIRST, "view", "mean", None, None),
        Mismatch(FIRST, "new", None, 1.0, None),
        Mismatch(SECOND, "mig", 0.5, 0.75, 0.0),
    ]
    assert found.made_by == {"torch": ("None", "1/2")}
    assert [found.count(verdict) for verdict in ("within", "beyond", "unknown", "not a number")] == [1, 1, 0, 2]
    assert not found.complete


def test_other_makers_alone_leave_it_complete():
    assert agreement(OURS, tree(OURS.values, device={"gpu"})).complete
    assert not agreement(tree({FIRST: OURS.values[FIRST]}), OURS).complete
