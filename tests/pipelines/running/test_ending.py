"""How stages end: told to, killed where they do not, and what is said of it."""

import multiprocessing
import os
import signal
import threading
import time
from types import SimpleNamespace

import pytest

from diffrep.pipelines.running import ending
from diffrep.pipelines.running.process import RECORDED


@pytest.fixture(autouse=True)
def same_signals():
    before = {number: signal.getsignal(number) for number in ending.ENDINGS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "stage.log"


def stubborn(ready) -> None:
    """A process that does not end when it is told to."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready.set()
    time.sleep(600)


@pytest.fixture
def started():
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    process = context.Process(target=stubborn, args=(ready,))
    process.start()
    ready.wait()
    return process


def test_what_does_not_end_is_killed_after_a_while(started, monkeypatch):
    monkeypatch.setattr(ending, "GRACE", 0.2)
    ending.stop([started])
    assert started.exitcode == -signal.SIGKILL


def test_what_does_not_end_is_killed_at_a_second_interrupt(started):
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    begin = time.monotonic()
    ending.stop([started])
    assert started.exitcode == -signal.SIGKILL
    assert time.monotonic() - begin < ending.GRACE


def test_nothing_to_stop_changes_no_signal():
    before = signal.getsignal(signal.SIGTERM)
    ending.stop([])
    assert signal.getsignal(signal.SIGTERM) is before


TRACEBACK = 'Traceback (most recent call last):\n  File "mine.py", line 3, in loss\n    x\n'
FAILED = "ERROR: failed to reproduce 'train': failed to run: diffrep train, exited with 1\n"
BEGIN = "Running stage 'train':\n> diffrep train\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{BEGIN}diffrep: error: no images\n{FAILED}", "no images"),
        (f"{BEGIN}{TRACEBACK}RuntimeError: no layer\n{FAILED}", "RuntimeError: no layer"),
        (f"{BEGIN}{TRACEBACK}KeyError: 1\n\nDuring it:\n{TRACEBACK}mine.Odd: two\n{FAILED}", "mine.Odd: two"),
        (f"{BEGIN}{TRACEBACK}AssertionError\n{FAILED}", "AssertionError"),
        (f"{BEGIN}what a shell said last\n{FAILED}", "what a shell said last"),
        (f"{BEGIN}ERROR: unexpected error - disk quota exceeded\n", "ERROR: unexpected error - disk quota exceeded"),
        (f"{BEGIN}{FAILED}", FAILED.strip()),
        (BEGIN, ""),
    ],
)
def test_why_a_stage_failed_is_a_line_of_its_log(log, text, told):
    log.write_text(text)
    assert ending.failure(log) == told


def test_a_stage_has_ended_well_when_dvc_has_recorded_it(log):
    log.write_text("")
    assert ending.wrong_end(0, log).startswith("its process ended before its work was done")
    assert ending.wrong_end(64, log) == f"its process ended with exit code 64 ({log})"
    assert ending.wrong_end(255, log) == f"its process ended with exit code 255 ({log})"
    assert ending.wrong_end(-15, log) == f"killed by signal 15 (SIGTERM), see {log}"
    assert ending.wrong_end(-40, log) == f"killed by signal 40, see {log}"
    log.write_text(f"{BEGIN}\n{RECORDED}\n")
    assert ending.wrong_end(0, log) == ""


def test_nobody_is_signalled_twice_in_place_of_a_process_that_is_gone(monkeypatch):
    monkeypatch.setattr(os, "kill", None)
    ending.send([SimpleNamespace(exitcode=0, pid=2**22 + 1)], signal.SIGKILL)


def test_nobody_is_signalled_for_a_process_that_has_not_begun(monkeypatch):
    monkeypatch.setattr(os, "kill", None)
    monkeypatch.setattr(os, "killpg", None)
    ending.send([SimpleNamespace(exitcode=None, pid=None)], signal.SIGTERM)


def test_warnings_of_a_stage_that_ended_well_are_found(log):
    log.write_text("diffrep: warning: no server\nother words\n")
    assert ending.warnings_in(log) == ["no server"]
