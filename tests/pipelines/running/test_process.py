"""A stage's process, forked with the libraries loaded, is in everything else the process that a shell would start."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import yaml
from dvc.repo import Repo

from diffrep.pipelines.running import process as processes
from diffrep.pipelines.running.ending import ENDINGS, stop, wrong_end

STAGES = {
    "words": {"cmd": "echo to $PLACE > words; echo said", "outs": ["words"]},
    "sleep": {"cmd": "sleep 600 & sleep 600"},
    "code": {"cmd": "diffrep code", "outs": ["runs/code"]},
    "child": {"cmd": "diffrep code", "wdir": "below", "outs": ["runs/code"]},
}


@pytest.fixture
def project(tmp_path, monkeypatch, small_values):
    monkeypatch.chdir(tmp_path)
    Path("below").mkdir()
    for folder in (Path(), Path("below")):
        (folder / "params.yaml").write_text(yaml.safe_dump(small_values))
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}))
    Repo.init(no_scm=True).close()
    return tmp_path


def ended(*words: str) -> tuple[int | None, str]:
    """The exit code of `dvc words`, and what it printed."""
    log = Path("runs", "logs", "stage.log")
    process = processes.start(list(words), log, "cpu")
    process.join()
    return process.exitcode, log.read_text()


SERVER = """
import multiprocessing, os, resource, sys, threading, torch
assert "sklearn.ensemble" in sys.modules and "mlflow" in sys.modules and "lightning.pytorch" in sys.modules
assert [name for name in sys.modules if name.startswith("diffrep.")] == [], "code that may change meanwhile"
assert threading.active_count() == 1, "a thread that a fork would lose"
assert not torch.cuda.is_initialized() and not torch.cuda._is_in_bad_fork(), "no child could use the GPU"
assert float(torch.tensor(1e-40) * 1) > 0, "a library turned small numbers to zero"
"""


def server_holds() -> int:
    ended("--version")
    process = multiprocessing.get_context("forkserver").Process(target=exec, args=(SERVER, {}))
    process.start()
    process.join()
    return process.exitcode


def test_the_server_holds_all_libraries_and_no_code_of_ours(project):
    """The one that runs is asked first; another file may have started it without libraries."""
    if server_holds() != 0:
        processes.forkserver._forkserver._stop()  # those below go on with the next one
        assert server_holds() == 0


def test_a_stage_of_ours_is_called(project):
    code, words = ended("repro", "-s", "code")
    assert code == 0
    assert words.endswith("\nRecorded by DVC.\n")
    assert words.startswith("Running stage 'code':\n> diffrep code\n")
    assert (project / "runs" / "code" / "sources.json").exists()


def test_it_is_called_where_the_stage_works(project):
    assert ended("repro", "-s", "child")[1].endswith("\nRecorded by DVC.\n")
    assert (project / "below" / "runs" / "code").exists()


def test_another_command_goes_to_a_shell_with_the_environment_of_now(project, monkeypatch):
    monkeypatch.setenv("PLACE", "stay")
    code, words = ended("repro", "-s", "words")
    assert code == 0
    assert "said\n" in words
    assert (project / "words").read_text() == "to stay\n"


def test_a_mistake_is_one_line_and_dvcs_word_on_it(project):
    (project / "params.yaml").write_text("grid: 3")
    code, words = ended("repro", "-s", "code")
    assert code == 255
    assert words.splitlines()[2].startswith("diffrep: error: ")
    assert "\nERROR: failed to reproduce 'code': failed to run: diffrep code, exited with 1" in words


BUG = """
from torch import nn


class Broken(type):
    @property
    def __signature__(cls):
        raise RuntimeError("a bug")


class Own(nn.Module, metaclass=Broken):
    needs, cannot, encode = (), {}, None
"""


def test_a_bug_keeps_its_traceback(project, small_values, monkeypatch):
    (project / "broken.py").write_text(BUG)
    monkeypatch.syspath_prepend(project)
    small_values["methods"]["own"] = {"adapter": "broken:Own"}
    small_values["grid"]["method"] = ["own"]
    (project / "params.yaml").write_text(yaml.safe_dump(small_values))
    code, words = ended("repro", "-s", "code")
    assert code == 255
    assert "Traceback (most recent call last)" in words
    assert "RuntimeError: a bug\nERROR: failed to reproduce 'code'" in words


@pytest.fixture
def untouched_signals():
    """A run that is about to end ignores what would end it; this process goes on."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_what_is_stopped_takes_along_what_it_started(project, untouched_signals):
    process = processes.start(["repro", "-s", "sleep"], project / "stage.log", "cpu")
    family = psutil.Process(process.pid)
    while len(family.children(recursive=True)) < 2:
        time.sleep(0.01)
    sleepers = family.children(recursive=True)
    stop([process])
    assert process.exitcode == -signal.SIGTERM
    assert psutil.wait_procs(sleepers, timeout=10)[1] == []


@pytest.mark.parametrize(
    ("command", "called"),
    [
        ("diffrep train --dataset shapes3d_rendered --method diti-2 --seed 0", True),
        ("diffrep report", True),
        ("diffrep", False),
        ("diffrep score mine.npz", False),
        ("diffrep report > log", False),
        ("diffrep report; rm -r results", False),
        ("diffrep report\n", False),
        ("diffrep train --method $METHOD", False),
        ("diffrep train --method 'my method'", False),
        ("python -m diffrep report", False),
    ],
)
def test_only_a_stage_whose_words_no_shell_would_change_is_called(command, called):
    assert processes.is_stage(command) == called


def test_the_command_line_is_not_what_a_process_is_made_of():
    """A fresh interpreter that brings in all that a stage's process needs before its stage."""
    source = """
import sys, diffrep.pipelines.running.repro, diffrep.pipelines.command
assert not {"diffrep.pipelines.cli", "torch", "mlflow"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", source], check=True)


def test_the_server_is_started_without_libraries_for_a_gpu(project, monkeypatch):
    seen = []
    monkeypatch.setattr(processes.forkserver, "set_forkserver_preload", seen.append)
    process = processes.start(["--version"], project / "stage.log", "gpu")
    process.join()
    assert seen == [[]]


def test_nothing_runs_for_a_starter_that_is_gone(project, monkeypatch):
    """Killed while the server was still loading: its pipe to the child is closed."""
    gone = SimpleNamespace(is_alive=lambda: False)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: gone)
    monkeypatch.setattr(os, "setsid", lambda: None)
    processes.be_dvc(["repro"], project / "stage.log", {})
    assert not (project / "stage.log").exists()
    assert os.environ["PATH"]


STARTER = """
import sys, time
from pathlib import Path
from diffrep.pipelines.running import process
if __name__ == "__main__":
    process.start(["repro", "-s", "sleep"], Path("stage.log"), "gpu")
    time.sleep(600)
"""


def test_a_stage_and_all_that_it_has_started_end_with_a_starter_that_is_killed(project):
    with subprocess.Popen([sys.executable, "-c", STARTER], cwd=project) as starter:
        family = psutil.Process(starter.pid)
        while sum(child.name() == "sleep" for child in family.children(recursive=True)) < 2:
            time.sleep(0.01)
        children = family.children(recursive=True)
        starter.kill()
    assert psutil.wait_procs(children, timeout=20)[1] == []


ENDING = """
import os, sys
from torch import nn


class Ending(type):
    @property
    def __signature__(cls):
        {}


class Own(nn.Module, metaclass=Ending):
    needs, cannot, encode = (), {{}}, None
"""


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("os._exit(0)", "its process ended before its work was done"),
        ("os._exit(3)", "its process ended with exit code 3"),
        ("sys.exit()", r"something called sys.exit\(None\) before the stage had done its work"),
        ("os.kill(os.getpid(), 9)", r"killed by signal 9 \(SIGKILL, out of memory\?\)"),
    ],
)
def test_a_stage_that_ends_before_its_work_is_done_is_no_success(project, small_values, monkeypatch, how, told):
    (project / "ending.py").write_text(ENDING.format(how))
    monkeypatch.syspath_prepend(project)
    small_values["methods"]["own"] = {"adapter": "ending:Own"}
    small_values["grid"]["method"] = ["own"]
    (project / "params.yaml").write_text(yaml.safe_dump(small_values))
    code, _ = ended("repro", "-s", "code")
    assert re.search(told, wrong_end(code, Path("runs", "logs", "stage.log")))
    assert not Path("dvc.lock").exists()
