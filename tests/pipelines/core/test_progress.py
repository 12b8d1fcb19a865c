"""Progress without a terminal: a line now and then, whose guess of the time left follows from what is done."""

import pytest

from diffrep.pipelines.core import progress


@pytest.fixture
def clock(monkeypatch):
    """The seconds of a clock that stands still, to turn on."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_is_that_of_the_pace_so_far(clock, capsys):
    with progress.meter("work", 10) as shown:
        clock[0] += 40
        shown.advance(2, "loss 0.5")
    assert capsys.readouterr().err == "work: 2/10, 160 s left loss 0.5\n"


def test_what_was_done_before_says_nothing_of_the_pace(clock, capsys):
    shown = progress.Meter("work", 10, done=6)
    clock[0] += 40
    shown.advance(2)
    assert capsys.readouterr().err == "work: 8/10, 40 s left \n"


def test_lines_come_no_closer_than_the_quiet_seconds(clock, capsys):
    shown = progress.Meter("work", 100)
    for _ in range(10):
        clock[0] += progress.QUIET_SECONDS / 4
        shown.advance()
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert shown.done == 10


def test_what_another_process_shows_is_not_shown(clock, capsys):
    shown = progress.Meter("work", 10, shown=False)
    clock[0] += 1000
    shown.advance(3)
    assert (shown.done, capsys.readouterr().err) == (3, "")
