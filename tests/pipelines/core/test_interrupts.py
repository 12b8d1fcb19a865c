"""A wish that a run may end is heard once, whatever it comes as."""

import os
import signal
import time

import pytest

from diffrep.pipelines.core import interrupts
from diffrep.pipelines.core.interrupts import ENDINGS, interruptible


@pytest.fixture(autouse=True)
def same_signals():
    before = {number: signal.getsignal(number) for number in ENDINGS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_that_is_ignored_stays_ignored():
    """As nohup has it: a dropped connection ends no run."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruptible()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)


def test_its_echo_interrupts_nothing_but_a_second_wish_does(monkeypatch):
    """`timeout` tells its child, and then the whole group."""
    monkeypatch.setattr(interrupts, "ECHO", 0.1)
    interruptible()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.15)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
