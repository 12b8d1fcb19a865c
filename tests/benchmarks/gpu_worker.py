"""A process that measures for tests/benchmarks/gpu.py: what it is asked comes back in time, or as words of why not."""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

CONTEXT = multiprocessing.get_context("spawn")  # a process that has used a GPU cannot be forked
LONGEST = 150  # letters of an error


class Worker:
    """Calls functions in a process of its own, which is replaced when it fails: nothing of it is left on the device."""

    process: Any = None

    def ask(self, function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
        """What the function returns; {"failed": words} where it raises, dies, or takes longer than `seconds`."""
        if self.process is None:
            self.start()
        self.connection.send((function, arguments))
        try:
            answer = self.connection.recv() if self.connection.poll(seconds) else failed(f"not done in {seconds:.0f} s")
        except EOFError:
            answer = failed("its process died")
        if is_failed(answer):
            self.close()
        return answer

    def start(self) -> None:
        """Start the process."""
        self.connection, its = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=serve, args=(its,))
        self.process.start()
        its.close()  # so that its end is told

    def close(self) -> None:
        """End the process at once: Lightning holds a gentler signal back while it trains."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def serve(connection: Connection) -> None:
    """Answer until the other end is closed."""
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        try:
            connection.send(function(*arguments))
        except Exception as error:
            connection.send(failed(f"{type(error).__name__}: {error}"))


def failed(words: str) -> dict[str, str]:
    """The answer where there is none; the first line of the words."""
    return {"failed": (words.splitlines() or [""])[0][:LONGEST]}


def is_failed(answer: Any) -> bool:
    """Whether an answer is none."""
    return isinstance(answer, dict) and "failed" in answer


class Deadline:
    """The moment at which something must be over."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then; 1 at least."""
        return max(1.0, self.end - time.monotonic())
