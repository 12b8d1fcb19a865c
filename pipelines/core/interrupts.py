"""What asks a run to end, and that it is heard as Ctrl-C is: what lies half done is put away, and a line says so."""

import math
import signal
import time
from types import FrameType

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ECHO = 0.5  # seconds: a terminal and `timeout` tell a whole group at once, in which each process also tells its own


def interruptible() -> None:
    """Have the signals that end a run raise KeyboardInterrupt, but for those that its starter ignores (nohup).

    What comes within ECHO seconds of the last is the same wish again, and interrupts nothing of what it set going.
    """
    heard = -math.inf

    def told(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        if time.monotonic() - heard > ECHO:
            heard = time.monotonic()
            raise KeyboardInterrupt

    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, told)
