"""A stage at a place: its axes, keys, dependencies and name."""

from pathlib import Path

from diffrep.pipelines.core.paths import CODE, Cell, Repeat, Shared, Whole, code
from diffrep.pipelines.core.stage import Stage, nothing


def score(params, cell) -> None:
    """A stage."""


SCORE = Stage(
    score,
    Cell,
    params=("budgets.{dataset}.method", "methods.{method}", "evaluate.seed"),
    reads=lambda cell: (cell.codes,),
    results=lambda cell: (cell.results("score"), cell.results("more")),
)
CELL = Cell("rooms", "pdae", 3)


def test_axes_are_the_fields_of_its_place():
    axes = {place: Stage(score, place).axes for place in (Whole, Shared, Repeat, Cell)}
    assert axes == {
        Whole: (),
        Shared: ("dataset",),
        Repeat: ("dataset", "seed"),
        Cell: ("dataset", "method", "seed"),
    }


def test_keys_are_those_of_the_place():
    assert SCORE.keys(CELL) == ["budgets.rooms.method", "methods.pdae", "evaluate.seed"]


def test_it_depends_on_what_it_reads_and_on_its_code():
    assert SCORE.deps(CELL) == [CELL.codes, code("score")]


def test_the_stage_that_takes_the_hashes_of_code_does_not_wait_for_its_own():
    taking = Stage(score, Whole, reads=lambda whole: (Path("methods"),), writes=lambda whole: (CODE,))
    assert taking.deps(Whole()) == [Path("methods")]


def test_its_name_is_that_of_dvc():
    assert (SCORE.name, SCORE.addressing(CELL)) == ("score", "score@rooms-pdae-3")
    assert Stage(score, Whole).addressing(Whole()) == "score"


def test_its_result_files_are_those_that_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert SCORE.result_files(CELL) == []
    files = [Path("results/rooms/pdae/3", *below, "result.json") for below in (("more", "row"), ("score",))]
    for file in (*files, files[0].with_name("cost.json")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert SCORE.result_files(CELL) == files
    assert nothing(CELL) == ()
