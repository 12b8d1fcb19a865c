"""A stage whose files another run of the folder is at work with is put off, told in one line, and made later."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster_pipeline import project
from dvc.repo import Repo
from dvc.rwlock import rwlock
from dvc_objects.fs.local import LocalFileSystem

from diffrep.pipelines.running import run
from diffrep.pipelines.running.repro import repro

__all__ = ["project"]


def another(kind: str, file: str) -> ExitStack:
    """Another process that reads or writes a file, until the stack is closed."""
    paths, stack = [str(Path(file).absolute())], ExitStack()
    reads, writes = (paths, []) if kind == "reads" else ([], paths)
    stack.enter_context(rwlock(str(Path(".dvc/tmp").absolute()), LocalFileSystem(), "dvc", reads, writes, False))
    return stack


@pytest.mark.parametrize("kind", ["reads", "writes"])
def test_a_stage_waits_for_another_run_while_others_go_on(project, kind, capsys, monkeypatch):
    at_work, try_later = another(kind, "a.codes"), run.Run.try_later

    def until_others_are_done(self, name, others):
        try_later(self, name, others)
        if Path("b.codes").exists():
            at_work.close()

    monkeypatch.setattr(run, "BUSY", 0.5)
    monkeypatch.setattr(run.Run, "try_later", until_others_are_done)
    repro(project, 1)
    told = capsys.readouterr().out
    assert told.count(f"waiting  encode_a: its files are in use by (PID {os.getpid()}): dvc;") == 1
    assert "6 of 6 stages ran" in told
    assert Path("table.txt").read_text() == "code\na\ncode\nb\n"
    with Repo() as repo:
        assert repo.status() == {}
