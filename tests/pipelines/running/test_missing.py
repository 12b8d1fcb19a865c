"""In a clone, which lacks data and weights, a changed cell runs with what it stands on, and no other does."""

import json
import shutil
import signal
from pathlib import Path

import in_process
import pytest
import yaml
from dvc.repo import Repo
from tiny_cells import small_values

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import params_hash, parsed
from diffrep.pipelines.core.paths import Whole
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running import plan
from diffrep.pipelines.running import process as processes
from diffrep.pipelines.running.missing import MADE_AGAIN
from diffrep.pipelines.running.repro import repro

IN_GIT = {"cache": False, "persist": True}


def stage_of(makes: str, reads: list[str], name: str) -> dict:
    """A stage that leaves runs/NAME, out of git, and results/NAME/result.json, in git."""
    return {
        "cmd": f"mkdir -p runs results/{name} && {makes} > runs/{name} && cp {name}.json results/{name}/result.json",
        "deps": [*reads, f"{name}.json"],
        "outs": [f"runs/{name}", {f"results/{name}": IN_GIT}],
    }


STAGES = {
    "prepare": stage_of("echo images", [], "prepare"),
    "base": stage_of("cat base.json machine.txt runs/prepare", ["runs/prepare"], "base"),
    **{name: stage_of(f"cat {name}.json runs/base", ["runs/base"], name) for name in ("one", "other")},
    "largest": {
        "cmd": "cat runs/one runs/other > runs/largest",
        "deps": ["runs/one", "runs/other"],
        "outs": ["runs/largest"],
    },
    "report": {"cmd": "cat results/*/result.json > table.txt", "deps": ["results"], "outs": ["table.txt"]},
}


def run(params, place):
    """Nothing: stages are declared here, their commands stand in dvc.yaml."""


def declaration(name: str) -> Stage:
    results = () if name == "largest" else (Path("results", name),)
    return Stage(run, Whole, writes=lambda whole: (Path("runs", name),), results=lambda whole: results)


DECLARED = {name: (declaration(name), Whole()) for name in STAGES if name != "report"}


@pytest.fixture(scope="module")
def params():
    """Params that no stage here depends on."""
    values = small_values()
    values["grid"]["method"] = ["random"]
    return parsed(values)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, params):
    """A folder in which two cells and what they stand on have run; what git does not keep is gone."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(plan, "declared", lambda params: DECLARED)
        patch.setattr(processes, "start", in_process.start)
        for name, (stage, place) in DECLARED.items():
            write_json(Path(f"{name}.json"), {"params_hash": params_hash(stage, place, params), "value": 1})
        Path("machine.txt").write_text("this one")
        Path("dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}))
        Repo.init(no_scm=True).close()
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        repro(params, 1)
        for gone in ("runs", ".dvc/cache", ".dvc/tmp"):
            shutil.rmtree(gone)
        Path("table.txt").unlink()
    yield folder
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def clone(finished, params, tmp_path, monkeypatch):
    """The params, in a copy of that folder."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan, "declared", lambda params: DECLARED)
    monkeypatch.setattr(processes, "start", in_process.start)
    return params


def change(name: str) -> None:
    """Change what a stage makes."""
    content = json.loads(Path(f"{name}.json").read_text())
    write_json(Path(f"{name}.json"), content | {"value": content["value"] + 1})


@pytest.fixture
def started(clone, capsys):
    """A function: the stages that a run starts, in order."""

    def ran(allow_missing: bool = True) -> list[str]:
        capsys.readouterr()
        repro(clone, 1, allow_missing=allow_missing)
        return [line.split()[2].rstrip(":") for line in capsys.readouterr().out.splitlines() if " started " in line]

    return ran


def test_where_nothing_has_changed_the_report_alone_is_made(started):
    assert started() == ["report"]
    assert started() == []


def test_a_changed_cell_runs_with_what_it_stands_on_and_no_other_does(started):
    change("one")
    assert started() == ["prepare", "base", "one", "report"]
    assert not Path("runs", "other").exists()
    assert started() == []


def test_what_is_here_again_is_not_made_twice(started):
    change("one")
    started()
    change("other")
    assert started() == ["other", "report"]


def test_what_both_stand_on_makes_both_run_where_it_changes(started):
    change("base")
    assert sorted(started()) == ["base", "one", "other", "prepare", "report"]


def test_without_leave_all_that_is_missing_is_made(started):
    assert sorted(started(allow_missing=False)) == sorted(STAGES)


def test_a_result_that_is_missing_is_made(started):
    shutil.rmtree(Path("results", "other"))
    assert started() == ["prepare", "base", "other", "report"]


def test_other_bytes_of_what_is_made_again_outdate_no_cell_and_are_told(started, clone, capsys):
    Path("machine.txt").write_text("another one")
    change("one")
    repro(clone, 1, allow_missing=True)
    told = " ".join(capsys.readouterr().out.split())
    assert "note base: other bytes here than dvc.lock names" in told
    assert "note prepare" not in told
    assert list(json.loads(MADE_AGAIN.read_text())) == ["runs/base"]
    assert started() == []
    change("one")
    assert started() == ["one", "report"]


def test_they_do_where_they_change_once_more(started, clone):
    Path("machine.txt").write_text("another one")
    change("one")
    repro(clone, 1, allow_missing=True)
    Path("machine.txt").write_text("a third one")
    change("base")
    assert sorted(started()) == ["base", "one", "other", "report"]


def test_what_fails_is_not_read(clone):
    change("one")
    Path("machine.txt").unlink()
    with pytest.raises(UserError, match=r"1 of 6 stages failed, the rest is kept\. base: "):
        repro(clone, 1, allow_missing=True)
    assert not Path("runs", "one").exists()
