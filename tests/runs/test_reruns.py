"""A finished pipeline runs again what a change touches and nothing else; what stops it is one line."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import networkx
import pytest
import yaml
from dvc.repo import Repo
from smoke_runs import CELL_STAGES, ENVIRONMENT, ROOMS, command, diffrep

pytestmark = pytest.mark.xdist_group("pipeline")


def changed_params(folder: Path, change: Callable[[dict], None]) -> None:
    params = yaml.safe_load((folder / "params.yaml").read_text())
    change(params)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))


def outdated(folder: Path, monkeypatch) -> set[str]:
    """The stages that DVC would run, those behind changed ones too."""
    monkeypatch.chdir(folder)
    repo = Repo()
    graph = networkx.relabel_nodes(repo.index.graph, lambda stage: stage.addressing)
    now = set(repo.status())
    return now.union(*(networkx.ancestors(graph, name) for name in now))


def test_a_second_run_does_nothing_and_says_so(calm):
    again = diffrep(calm.folder, "repro", "--jobs", "2")
    assert again.returncode == 0
    assert "Everything is up to date: 21 stages checked" in again.stdout
    assert "started" not in again.stdout


def test_dvc_finds_nothing_to_do_either(calm, monkeypatch):
    assert outdated(calm.folder, monkeypatch) == set()


def test_one_methods_setting_reruns_that_methods_cells_and_the_report_only(copy, monkeypatch):
    changed_params(copy, lambda params: params["methods"]["pdae"].update(loss_weight="lambda"))
    assert diffrep(copy, "adapters").returncode == 0
    subprocess.run([command("dvc"), "commit", "--force", "adapters"], cwd=copy, env=ENVIRONMENT, check=True)
    trained = {f"train@{ROOMS}-pdae-{seed}" for seed in (0, 1)}
    judged = {f"{stage}@{ROOMS}-pdae" for stage in CELL_STAGES[1:]}
    assert outdated(copy, monkeypatch) == {*trained, *judged, "report"}


def test_a_method_out_of_the_grid_is_out_of_the_tables(copy):
    changed_params(copy, lambda params: params["grid"].update(method=["pdae"]))
    done = diffrep(copy, "repro", "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    ran = {line.split()[2] for line in done.stdout.splitlines() if " started " in line}
    assert ran <= {"adapters", f"anchors@{ROOMS}", "report"}
    table = (copy / "reports" / "tables" / f"{ROOMS}.csv").read_text()
    assert "pdae" in table
    assert "random," not in table


def test_half_of_dvcs_list_of_running_stages_is_no_obstacle(copy):
    (copy / ".dvc" / "tmp" / "rwlock").write_text("")
    again = diffrep(copy, "repro")
    assert "Everything is up to date" in again.stdout, again.stderr


def test_a_dead_process_in_that_list_is_no_obstacle(copy):
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        busy = {"write": {str(copy / "results"): {"pid": zombie.pid, "cmd": "dvc repro"}}, "read": {}}
        (copy / ".dvc" / "tmp" / "rwlock").write_text(json.dumps(busy))
        again = diffrep(copy, "repro")
    assert "Everything is up to date" in again.stdout, again.stderr


def test_a_living_process_in_that_list_is_one_line(copy):
    busy = {"write": {str(copy / "results"): {"pid": os.getpid(), "cmd": "dvc repro"}}, "read": {}}
    (copy / ".dvc" / "tmp" / "rwlock").write_text(json.dumps(busy))
    again = diffrep(copy, "repro")
    assert again.returncode == 1
    assert "is busy, it is being blocked by" in again.stderr
    assert again.stderr.count("\n") == 1


def test_a_damaged_lock_of_dvc_is_one_line(copy):
    (copy / "dvc.lock").write_text("stages: [")
    again = diffrep(copy, "repro")
    assert again.returncode == 1
    assert again.stderr.startswith("diffrep: error: ")
    assert "dvc.lock" in again.stderr
    assert again.stderr.count("\n") == 1


def test_a_failed_stage_is_one_line_that_names_it(copy):
    changed_params(copy, lambda params: params["methods"]["pdae"].update(loss_weight="heavy"))
    done = diffrep(copy, "repro", "--jobs", "2")
    assert done.returncode == 1
    assert done.stderr.startswith("diffrep: error: 2 of 21 stages failed, the rest is kept. train@")
    assert done.stderr.count("\n") == 1
