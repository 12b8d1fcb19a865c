"""What is done in a child ends as it would without one, but for an end that comes too early."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
import yaml

from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.interrupts import ENDINGS

SOURCE = """
import os, sys, time
from diffrep.pipelines.command import run
from diffrep.pipelines.running.child import in_a_child
def work():
    {}
in_a_child(lambda: run(work))
"""
TOO_EARLY = "diffrep: error: its process ended before its work was done (os._exit in an adapter?)\n"
STOPPED = "diffrep: interrupted; finished work is kept\n"


def started(work: str, **how) -> subprocess.Popen:
    """A process that does the lines of `work` in a child, and hears signals though these tests may not."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    words = [sys.executable, "-c", SOURCE.format(work)]
    return subprocess.Popen(words, preexec_fn=hearing, start_new_session=True, **pipes, **how)


def hearing() -> None:
    """Hear what a shell has its background jobs ignore."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_DFL)


def ended(process: subprocess.Popen) -> tuple[int, str, str]:
    """Its exit code, and what it printed; killed with its children where it does not end."""
    try:
        said, told = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, said, told


@pytest.mark.parametrize(
    ("work", "code", "told"),
    [
        ("pass", 0, ""),
        ("sys.exit(0)", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("raise ValueError('no layer')", 1, "diffrep: error: no layer\n"),
        ("os._exit(0)", 1, TOO_EARLY),
        ("if os.fork() == 0: os.close(1), os.close(2), time.sleep(3)\n    os._exit(0)", 1, TOO_EARLY),
        ("os._exit(3)", 1, "diffrep: error: its process ended with exit code 3\n"),
        ("os.kill(os.getpid(), 9)", 1, "diffrep: error: killed by signal 9 (SIGKILL, out of memory?)\n"),
        ("os.kill(os.getpid(), 40)", 1, "diffrep: error: killed by signal 40\n"),
    ],
)
def test_it_ends_as_its_work_does(work, code, told):
    assert ended(started(f"print('said'); sys.stdout.flush()\n    {work}")) == (code, "said\n", told)


def test_a_bug_keeps_its_traceback():
    code, _, told = ended(started("1 / 0"))
    assert (code, told.splitlines()[-1]) == (1, "ZeroDivisionError: division by zero")


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("reach", [os.kill, os.killpg])
def test_who_is_told_to_end_says_so(number, reach):
    with started("print(1, flush=True); time.sleep(600)") as process:
        process.stdout.readline()
        reach(process.pid, number)
        assert ended(process) == (1, "", STOPPED)


def test_a_child_does_not_outlive_its_starter():
    with started("print(1, flush=True); time.sleep(600)") as process:
        process.stdout.readline()
        children = psutil.Process(process.pid).children()
        process.kill()
    assert psutil.wait_procs(children, timeout=20)[1] == []


PICTURES = """
import os
from own_data import Dots

class Mine(Dots):
    def images(self, rows):
        os._exit(0)
"""


@pytest.fixture
def mine(tmp_path, small_values, monkeypatch):
    """A folder whose only data set ends the process that asks it for images."""
    small_values["datasets"] = {"mine": {"adapter": "pictures:Mine", "seed": 0}}
    small_values["budgets"] = {"mine": {"base": 1, "oracle": 1, "method": 1, "autoencoder": 1}}
    small_values["grid"]["dataset"] = ["mine"]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small_values))
    (tmp_path / "pictures.py").write_text(PICTURES)
    for name in ("stages/prepare", "datasets/mine", "files/mine"):
        write_json(tmp_path / "runs" / "code" / f"{name}.json", {"code": {}})
    helpers = os.pathsep.join([str(tmp_path), *sys.path])
    monkeypatch.setenv("PYTHONPATH", helpers)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", [("prepare", "--dataset", "mine"), ("contract", "mine")])
def test_no_adapter_makes_a_success_of_an_early_end(mine, words):
    source = "import sys; from diffrep.pipelines.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", source, *words], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (1, TOO_EARLY)
    assert not (mine / "data" / "mine" / "card.json").exists()
