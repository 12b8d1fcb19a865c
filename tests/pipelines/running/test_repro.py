"""`diffrep repro` runs what DVC finds out of date, brings to its notice what it cannot see, and says what it did."""

import shutil
import signal
from pathlib import Path

import in_process
import pytest
import yaml
from dvc.cli import main as dvc
from dvc.repo import Repo

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import params_hash, parsed
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running import plan
from diffrep.pipelines.running import process as processes
from diffrep.pipelines.running.repro import repro

FOLDER = Path("results", "squares", "pca", "0", "probe")
STAGES = {
    "code": {"cmd": "mkdir -p runs; cp outside.py runs/code.txt", "deps": ["inside.py"], "outs": ["runs/code.txt"]},
    "probe": {
        "cmd": f"mkdir -p {FOLDER}; cp made.json {FOLDER}/result.json",
        "deps": ["runs/code.txt"],
        "outs": [{str(FOLDER): {"cache": False, "persist": True}}],
    },
    "report": {"cmd": f"cp {FOLDER}/result.json table.json", "deps": [str(FOLDER)], "outs": ["table.json"]},
}


def run(params, place):
    """Nothing: the stage is declared here, its command stands in dvc.yaml."""


PROBE, CELL = Stage(run, Cell, params=("evaluate.probe",), results=lambda cell: (FOLDER,)), Cell("squares", "pca", 0)


@pytest.fixture
def project(tmp_path, monkeypatch, small_values):
    """Params, in a folder with three stages, one behind the other, of which the first reads a file unknown to DVC."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan, "declared", lambda params: {"probe": (PROBE, CELL)})
    monkeypatch.setattr(processes, "start", in_process.start)
    small_values["grid"]["method"] = ["random"]
    params = parsed(small_values)
    Path("inside.py").write_text("what DVC watches")
    Path("outside.py").write_text("one")
    write_json(Path("made.json"), {"params_hash": params_hash(PROBE, CELL, params)})
    write_pipeline(STAGES)
    Repo.init(no_scm=True).close()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield params
    for number, handler in before.items():
        signal.signal(number, handler)


def write_pipeline(stages: dict) -> None:
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))


def started(told: str) -> list[str]:
    """The stages that a run has started, in order."""
    return [line.split()[2].rstrip(":") for line in told.splitlines() if " started " in line]


def test_a_second_run_finds_nothing_to_do(project, capsys):
    repro(project, 1)
    assert started(capsys.readouterr().out) == ["code", "probe", "report"]
    repro(project, 1)
    assert "Everything is up to date: 3 stages checked in" in capsys.readouterr().out


def test_the_cells_of_other_seeds_are_left_as_they_are(project, capsys):
    repro(project, 1)
    Path("inside.py").write_text("an edit")
    Path("outside.py").write_text("another one")
    capsys.readouterr()
    repro(project, 1, seeds=(1,))
    assert started(capsys.readouterr().out) == ["code"]
    repro(project, 1, seeds=(0,))
    assert started(capsys.readouterr().out) == ["probe"]


def test_an_edit_outside_the_repository_reruns_what_reads_it_each_time(project, small_values, capsys):
    small_values["methods"]["random"]["adapter"] = "outside:Own"
    params = parsed(small_values)
    seen = []
    for text in ("one", "two", "one", "one"):
        Path("outside.py").write_text(text)
        repro(params, 1)
        assert Path("runs/code.txt").read_text() == text
        seen.append(started(capsys.readouterr().out))
    assert seen == [["code", "probe", "report"], ["code", "probe"], ["code", "probe"], ["code"]]


def test_a_result_of_other_settings_is_made_anew_and_it_is_said_why(project, capsys):
    repro(project, 1)
    right = Path("made.json").read_text()
    (FOLDER / "result.json").write_text('{"params_hash": "of others"}')
    assert dvc(["commit", "--force", "probe"]) == 0
    capsys.readouterr()
    repro(project, 1)
    told = " ".join(capsys.readouterr().out.split())
    assert f"started probe: {FOLDER}/result.json was made with other settings than params.yaml has (of others" in told
    assert Path("table.json").read_text() == right


def test_a_result_that_no_stage_writes_any_more_is_told_once_its_stage_has_run(project):
    write_json(FOLDER / "old" / "result.json", {"params_hash": "of others"})
    with pytest.raises(UserError, match=r"probe: .*/old/result\.json was made .*, and is no longer written: delete it"):
        repro(project, 1)
    shutil.rmtree(FOLDER / "old")
    repro(project, 1)
    assert Path("table.json").exists()


def test_a_failure_is_told_and_what_does_not_need_it_runs_on(project):
    broken = STAGES["probe"] | {"cmd": "echo diffrep: error: no images; exit 3"}
    other = {"cmd": "cp inside.py copy.py", "deps": ["inside.py"], "outs": ["copy.py"]}
    write_pipeline(STAGES | {"probe": broken, "other": other})
    with pytest.raises(UserError, match=r"1 of 4 stages failed, the rest is kept\. probe: no images \(runs/logs/probe"):
        repro(project, 1)
    assert Path("copy.py").exists()
    assert not Path("table.json").exists()


def test_a_mistake_in_the_pipeline_is_one_line(project):
    write_pipeline(STAGES | {"twice": STAGES["report"]})
    with pytest.raises(UserError, match=r"table\.json"):
        repro(project, 1)


def test_dropped_entries_of_the_lock_are_named(project, capsys):
    repro(project, 1)
    write_pipeline({name: stage for name, stage in STAGES.items() if name != "report"})
    repro(project, 1)
    told = capsys.readouterr().out
    assert "dropped from dvc.lock, in no stage any more: report" in told
    assert "Everything is up to date" in told
