"""What a stage's numbers are made of must not change while it runs, and what is no part of them may."""

import shutil
import sys
from dataclasses import replace

import pytest
import yaml

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.guard import HASHED_FILES, expect_unchanged, ingredients
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Shared, Whole, code
from diffrep.pipelines.core.source_code import code_hashes, file_hashes, hash_and_imports, source_file
from diffrep.pipelines.core.stage import Stage

PLACE = Shared("shapes3d_rendered")
CODE = "def half(x):\n    return x / 2\n"


def prepared(params, shared) -> None:
    """A stage."""


STAGE = Stage(
    prepared, Shared, params=("base", "budgets.{dataset}.base", "machine.threads"), reads=lambda at: (at.data,)
)


@pytest.fixture
def project(tmp_path, monkeypatch, small_values):
    """A folder with params, data, and the hashes of a stage's code, which lies in walked_stage.py."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small_values))
    (tmp_path / "walked_stage.py").write_text(CODE)
    PLACE.data.mkdir(parents=True)
    (PLACE.data / "images.npy").write_text("images")
    source_file.cache_clear()
    hash_and_imports.cache_clear()
    write_json(code("prepared"), {"code": code_hashes("walked_stage")})
    write_json(HASHED_FILES, file_hashes(code_hashes("walked_stage")))
    yield tmp_path
    sys.modules.pop("walked_stage", None)


def ran(project, change) -> None:
    """Run the stage, which changes something meanwhile."""
    params = load()
    before = ingredients(STAGE, PLACE, params)
    change(project)
    expect_unchanged(before, STAGE, PLACE)


def put(*keys, value):
    def change(folder) -> None:
        values = yaml.safe_load((folder / "params.yaml").read_text())
        place = values
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value
        (folder / "params.yaml").write_text(yaml.safe_dump(values))

    return change


def write(path, text):
    return lambda folder: (folder / path).write_text(text)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param(put("base", "training", "learning_rate", value=0.5), "params.yaml: base", id="a setting"),
        pytest.param(put("budgets", PLACE.dataset, "base", value=9), "params.yaml: budgets", id="a budget"),
        pytest.param(write(PLACE.data / "images.npy", "others"), "data/", id="data"),
        pytest.param(write(PLACE.data / "more.npy", "more"), "data/", id="more data"),
        pytest.param(lambda folder: (folder / PLACE.data / "images.npy").unlink(), "data/", id="data that are gone"),
        pytest.param(write("walked_stage.py", CODE + "ONE = 1\n"), "the code of walked_stage", id="code"),
    ],
)
def test_what_changes_meanwhile_is_named(project, change, what):
    with pytest.raises(UserError, match=rf"^{what}.* changed while prepared@{PLACE.dataset} ran; run again$"):
        ran(project, change)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: None, id="nothing"),
        pytest.param(put("evaluate", "probe", "steps", value=9), id="another setting"),
        pytest.param(put("machine", "workers", value=9), id="workers"),
        pytest.param(write("walked_stage.py", CODE + "# a comment\n"), id="a comment"),
        pytest.param(write("other.txt", "text"), id="another file"),
    ],
)
def test_what_is_no_part_of_the_numbers_may_change(project, change):
    ran(project, change)


def test_code_that_is_newer_than_its_hashes_is_refused_at_once(project):
    (project / "walked_stage.py").write_text(CODE + "ONE = 1\n")
    with pytest.raises(UserError, match=r"^the code of walked_stage changed since its hashes were taken; run diffrep"):
        ingredients(STAGE, PLACE, load())


def test_a_stage_whose_code_has_no_hashes_says_what_to_run(project):
    with pytest.raises(UserError, match=r"runs/code/stages/other\.json is missing"):
        ingredients(replace(STAGE, run=other), PLACE, load())


def other(params, shared) -> None:
    """Another stage."""


def report(params, whole) -> None:
    """A stage of that name."""


def test_a_report_needs_no_hashes_where_none_were_taken_yet(project):
    stage = Stage(report, Whole)
    with pytest.raises(UserError, match=r"report\.json"):
        ingredients(stage, Whole(), load())
    shutil.rmtree(code("").parents[1])
    assert ingredients(stage, Whole(), load()).code == {}
    with pytest.raises(UserError, match=r"prepared\.json"):
        ingredients(STAGE, PLACE, load())
