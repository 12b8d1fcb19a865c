"""What is shown ends no command: pipes that close, terminals without letters, streams that are not there."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from diffrep.pipelines import command
from diffrep.pipelines.core import progress
from diffrep.pipelines.running.display import Board

DIFFREP = str(Path(sys.executable).with_name("diffrep"))


def unread(*words: str) -> subprocess.CompletedProcess:
    """A command whose reader has gone before it begins."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, check=False, text=True)
    os.close(write)
    return done


@pytest.mark.parametrize("words", ["--help", "dry-run drl-cifar10 --method drl"])
def test_a_reader_that_goes_is_no_error(words):
    done = unread(DIFFREP, *words.split())
    assert done.returncode in (1, command.BROKEN_PIPE)  # 1 is click's
    assert done.stderr == ""


def test_what_is_kept_back_until_the_end_meets_no_error_either():
    source = "from diffrep.pipelines.command import run; run(lambda: print('kept back'))"
    done = unread(sys.executable, "-c", source)
    assert (done.returncode, done.stderr) == (command.BROKEN_PIPE, "")


@pytest.mark.parametrize(
    "terminal",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_letters_that_a_terminal_lacks_are_shown_as_others(terminal):
    source = r"from diffrep.pipelines.command import run; run(lambda: print('FID \u2193 3 \u00b1 1, \u65e5'))"
    done = subprocess.run([sys.executable, "-c", source], env=os.environ | terminal, capture_output=True, check=False)
    assert (done.returncode, done.stdout[:4]) == (0, b"FID ")


def test_a_line_is_one_line_where_no_terminal_is(capsys):
    board = Board()
    board.console = Console(width=80)
    board.tell("x" * 300)
    assert capsys.readouterr().out.count("\n") == 1


def test_what_takes_its_time_is_said(monkeypatch, capsys):
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.01)
    with progress.told_if_slow("waiting for the other"):
        time.sleep(0.2)
    assert capsys.readouterr().err == "waiting for the other\n"


def test_what_is_quick_is_not_worth_a_word(capsys):
    with progress.told_if_slow("waiting for the other"):
        pass
    assert capsys.readouterr().err == ""
