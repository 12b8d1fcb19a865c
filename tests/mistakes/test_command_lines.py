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
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
