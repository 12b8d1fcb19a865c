"""DVC's list of what runs is usable after a kill, and untouched while something does run."""

import json
import os
import subprocess
import sys

import pytest

from diffrep.pipelines.running.interrupted import LIST, is_running, mend_list

MINE = {"pid": os.getpid(), "cmd": "dvc repro"}


@pytest.fixture
def listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    LIST.parent.mkdir(parents=True)

    def write(text: str) -> None:
        LIST.write_text(text)
        mend_list()

    return write


@pytest.fixture
def zombie():
    """A process that has ended and that nobody has waited for."""
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    yield process.pid
    process.wait()


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_list_of_what_runs_is_kept(listed, kind):
    text = json.dumps({kind: {"/data": [MINE] if kind == "read" else MINE}})
    listed(text)
    assert LIST.read_text() == text


def test_a_list_of_the_dead_is_removed(listed, zombie):
    listed(json.dumps({"write": {"/data": MINE | {"pid": zombie}}, "read": {"/code": [MINE | {"pid": 2**22 + 1}]}}))
    assert not LIST.exists()


@pytest.mark.parametrize("text", ["", '{"write": {"/da', "{}"])
def test_half_a_list_or_an_empty_one_is_removed(listed, text):
    listed(text)
    assert not LIST.exists()


def test_no_list_is_no_trouble(listed):
    mend_list()
    assert not LIST.exists()


def test_a_zombie_does_not_run(zombie):
    assert not is_running(zombie)
    assert is_running(os.getpid())
