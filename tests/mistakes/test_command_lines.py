"""Words that are no command, and values that no option takes."""

import pytest
from mistakes import Mistake, expect_told


def nothing(folder):
    """The words alone are wrong."""


MISTAKES = [
    Mistake("a misspelt command", nothing, ("prob",), "No such command 'prob'", code=2),
    Mistake("a stage without its place", nothing, ("train",), "Missing option '--dataset'", code=2),
    Mistake(
        "a method that is not in the grid",
        nothing,
        ("train", "--dataset", "shapes3d_rendered", "--method", "pdea", "--seed", "0"),
        "no method 'pdea' in grid.method of params.yaml: did you mean 'pdae'",
    ),
    Mistake(
        "a seed that is not in the grid",
        nothing,
        ("repro", "--seed", "0", "--seed", "7"),
        "no seed '7' in grid.seed of params.yaml: there are 0, 1$",
    ),
    Mistake(
        "a misspelt preset",
        nothing,
        ("workspace", "--preset", "pdae-celeba46", "--tiny", "new"),
        "no preset 'pdae-celeba46': did you mean 'pdae-celeba64'",
    ),
    Mistake(
        "a word that is like no preset",
        nothing,
        ("workspace", "--preset", "x", "new"),
        "no preset 'x': there are .*drl-cifar10.*",
    ),
    Mistake("a misspelt profile", nothing, ("workspace", "--profile", "smok", "new"), "did you mean 'smoke'"),
    Mistake(
        "a preset for a folder of something else",
        lambda folder: (folder / "photographs" / "one").mkdir(parents=True),
        ("workspace", "--preset", "pdae-celeba64", "--tiny", "photographs"),
        "photographs is not empty and no workspace of ours: name another folder",
    ),
    Mistake(
        "a difference of no metric",
        nothing,
        ("power", "--difference", "0.02"),
        "Give --metric NAME with --difference: a difference is in the units of a metric",
        code=2,
    ),
    Mistake("a difference of nothing", nothing, ("power", "--difference", "0"), "0.* is not in the range x>0", code=2),
    Mistake("one seed alone", nothing, ("power", "--seeds", "1"), "1 is not in the range 2<=x<=1000", code=2),
    Mistake(
        "more than all cases", nothing, ("power", "--power", "1.5"), "1.5 is not in the range 0.1<=x<=0.99", code=2
    ),
    Mistake("no results to ask of", nothing, ("power",), "no results of any method below results: run diffrep repro"),
    Mistake("a workspace of nothing", nothing, ("workspace", "new"), "Give --profile NAME or --preset NAME", code=2),
    Mistake(
        "a workspace of two things",
        nothing,
        ("workspace", "--profile", "smoke", "--preset", "drl-cifar10", "new"),
        "Give --profile NAME or --preset NAME: one of both",
        code=2,
    ),
    Mistake(
        "a profile at its smallest",
        nothing,
        ("workspace", "--profile", "smoke", "--tiny", "new"),
        "--tiny is for a preset",
        code=2,
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
