"""submitit's local jobs as forks of one process that has imported what they need, which takes longer than their work.

submitit starts two interpreters for each. What a job does, hears and leaves is the same; nothing ends it in time.
"""

import json
import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from submitit import LocalExecutor, LocalJob
from submitit.core.submission import process_job
from submitit.core.utils import JobPaths


class ForkingExecutor(LocalExecutor):
    def _submit_command(self, command: str) -> LocalJob[Any]:
        fork: Any = Fork(self.folder)
        return LocalJob(self.folder, str(fork.pid), process=fork)


class Fork:
    """A job's process, which is not a child of this one."""

    def __init__(self, folder: Path) -> None:
        to, of = pipes()
        print(json.dumps([str(folder), os.getcwd(), dict(os.environ)]), file=to, flush=True)
        self.pid = int(of.readline())

    def poll(self) -> int | None:
        return None if psutil.pid_exists(self.pid) else 0


@cache
def pipes() -> tuple[Any, Any]:
    """To and of the process that forks, which ends with this one."""
    server = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return server.stdin, server.stdout


def serve() -> None:
    """Start a job for each line that is read, and print its number."""
    import diffrep.pipelines.running.cluster.task  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # none is waited for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: whoever has started this one will close its pipe
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            be_job(*json.loads(line))
        print(pid, flush=True)


def be_job(folder: str, place: str, environment: dict[str, str]) -> None:
    """What submitit's two processes do between them."""
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    job = str(os.getpid())
    os.chdir(place)
    os.environ.clear()
    os.environ.update(environment, SUBMITIT_EXECUTOR="local", SUBMITIT_LOCAL_JOB_ID=job, SUBMITIT_LOCAL_GLOBALID="0")
    paths = JobPaths(folder, job, 0)
    for fd, path, how in (
        (0, os.devnull, os.O_RDONLY),
        (1, paths.stdout, os.O_WRONLY | os.O_CREAT),
        (2, paths.stderr, os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(path, how), fd)
    while not paths.submitted_pickle.exists():  # for which submitit waits a second at a time
        time.sleep(0.01)
    try:
        process_job(folder)
    except BaseException:
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    serve()
