"""What a kill, another run or an edit leaves in DVC's own files: no obstacle to a finished pipeline, or one line."""

import json
import os
import subprocess

import pytest
from smoke_runs import PATIENCE, diffrep, started

pytestmark = pytest.mark.long


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


def test_a_living_process_in_that_list_is_named_and_waited_for(copy):
    with subprocess.Popen(["sleep", "1000"]) as other:
        busy = {"write": {str(copy / "results"): {"pid": other.pid, "cmd": "dvc commit"}}, "read": {}}
        (copy / ".dvc" / "tmp" / "rwlock").write_text(json.dumps(busy))
        again = started(copy)
        told = next(line for line in again.stdout if "waiting" in line)
        other.kill()
    said, _ = again.communicate(timeout=PATIENCE)
    assert f"(PID {other.pid}): dvc commit" in told
    assert again.returncode == 0
    assert "Everything is up to date" in said


def test_a_damaged_lock_of_dvc_is_one_line(copy):
    (copy / "dvc.lock").write_text("stages: [")
    again = diffrep(copy, "repro")
    assert again.returncode == 1
    assert again.stderr.startswith("diffrep: error: ")
    assert "dvc.lock" in again.stderr
    assert again.stderr.count("\n") == 1
