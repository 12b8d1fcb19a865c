"""DVC's list of what runs is usable after a kill, and untouched while something does run."""

import json
import os
import subprocess
import sys

import pytest
from dvc import rwlock
from dvc.exceptions import DvcException

from diffrep.pipelines.running.interrupted import LIST, edited_list, is_running, mend_list, read_list

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


OTHERS = [
    "[]",
    "null",
    "3",
    '{"read": null}',
    '{"read": {"/code": [{}]}}',
    '{"write": {"/data": {"pid": "7"}}}',
    "[" * 99999,
]
NO_PIDS = [
    '{"write": {"/data": {"pid": -1, "cmd": "x"}}}',
    f'{{"write": {{"/data": {{"pid": {10**30}, "cmd": "x"}}}}}}',
]


@pytest.mark.parametrize("text", ["", '{"write": {"/da', "{}", "\0", *OTHERS, *NO_PIDS])
def test_half_a_list_or_an_empty_one_is_removed(listed, text):
    listed(text)
    assert not LIST.exists()


def test_no_list_is_no_trouble(listed):
    mend_list()
    assert not LIST.exists()


def test_a_zombie_does_not_run(zombie):
    assert not is_running(zombie)
    assert is_running(os.getpid())


def test_a_list_is_whole_where_its_writer_is_interrupted(listed, monkeypatch):
    text = json.dumps({"write": {"/data": MINE}, "read": {}})
    listed(text)

    def interrupted(value):
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "dumps", interrupted)
    with pytest.raises(KeyboardInterrupt), edited_list(str(LIST.parent), None, hardlink=False) as known:
        known["write"]["/more"] = MINE
    assert LIST.read_text() == text


def test_dvc_edits_its_list_as_ever(listed, monkeypatch):
    monkeypatch.setattr(rwlock, "_edit_rwlock", edited_list)
    with rwlock.rwlock(str(LIST.parent), None, "dvc repro", ["/code"], ["/data"], False):
        held = json.loads(LIST.read_text())
        assert held["write"] == {"/data": MINE}
        assert held["read"] == {"/code": [MINE]}
    assert json.loads(LIST.read_text()) == {}


@pytest.mark.parametrize("text", ["{", '{"other": 3}'])
def test_what_is_no_list_is_dvcs_own_error(listed, text):
    LIST.write_text(text)
    with pytest.raises(DvcException, match="rwlock"):
        read_list(LIST)
