"""Stages done in this process one after the other: for tests of what a run does, not of the processes it has."""

import os
from pathlib import Path
from types import SimpleNamespace

from dvc.cli import main

from diffrep.pipelines.running.process import RECORDED, printing_to

READABLE = os.open(os.devnull, os.O_RDONLY)  # at once, as the sentinel of a process that has ended


def start(arguments: list[str], log: Path, device: str, gpus: str | None = None) -> SimpleNamespace:
    """In place of `process.start` where one job runs at a time: DVC at work, and a process that has ended as it did."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    with printing_to(log):
        code = main(arguments)
    if code == 0:
        log.write_text(f"{log.read_text()}\n{RECORDED}\n")
    return SimpleNamespace(exitcode=code, sentinel=READABLE, pid=None)
