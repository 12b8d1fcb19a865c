"""Receipts that nobody has recorded: those that the tree bears out go into dvc.lock, the others are named."""

import sys
import threading
from pathlib import Path

import pytest
from cluster_pipeline import command, stages, write_pipeline
from dvc.repo import Repo

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import remove
from diffrep.pipelines.running.cluster import left, receipts
from diffrep.pipelines.running.cluster.due import due_of, handed_over
from diffrep.pipelines.running.cluster.folders import receipt_file
from diffrep.pipelines.running.cluster.left import record_left
from diffrep.pipelines.running.cluster.needs import Need
from diffrep.pipelines.running.cluster.task import Task
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.logs import log_of
from diffrep.pipelines.running.plan import Plan
from diffrep.pipelines.running.repro import one_line_errors, repro

NEED = Need(gpus=0, cpus=1, memory_gib=1, minutes=10)


def made_by_tasks(params) -> None:
    """All but the report, by tasks one after the other, as if their driver had died."""
    plan = Plan(params)
    due = due_of(plan, (), first=True)
    for array in handed_over(plan, due, {}, dict.fromkeys(due, NEED), 100):
        array.write()
        for index in range(len(array.jobs)):
            Task(array.uid, index)()


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """The disk shows everything at once."""
    monkeypatch.setattr(receipts, "LATE", 0.0)


def outdated() -> set[str]:
    with Repo() as repo:
        return set(repo.status())


def test_a_plain_run_records_what_tasks_have_made_and_makes_the_rest(project, capsys):
    made_by_tasks(project)
    assert "train_a" in outdated()
    logs = {cell: log_of(f"train_{cell}").read_bytes() for cell in "ab"}
    capsys.readouterr()
    repro(project, 1)
    told = capsys.readouterr().out
    assert "recorded 5 stages that tasks of the cluster have made" in told
    assert [line.split()[2] for line in told.splitlines() if " started " in line] == ["report"]
    assert {cell: log_of(f"train_{cell}").read_bytes() for cell in "ab"} == logs
    assert outdated() == set()


@pytest.mark.parametrize(
    ("path", "stage", "kind"), [("a.txt", "train_a", "a dependency"), ("b.codes", "encode_b", "an output")]
)
def test_a_receipt_of_another_tree_is_named_and_not_recorded(project, capsys, path, stage, kind):
    made_by_tasks(project)
    Path(path).write_text("altered")
    repro(project, 1)
    told = capsys.readouterr().out
    assert f"dropped  the receipt of {stage}: {path} has changed since its task ran: nothing recorded" in told
    assert "recorded 4 stages" in told
    assert receipts.read(stage) is None
    assert outdated() == set()


def test_what_the_disk_shows_late_is_waited_for(project, capsys, monkeypatch):
    monkeypatch.setattr(receipts, "LATE", 60.0)
    made_by_tasks(project)
    Path("a.codes").rename("hidden")
    threading.Timer(1.0, lambda: Path("hidden").rename("a.codes")).start()
    repro(project, 1)
    told = capsys.readouterr().out
    assert "recorded 5 stages" in told
    assert "dropped" not in told


def test_receipts_that_are_recorded_are_recorded_once(project, capsys):
    made_by_tasks(project)
    repro(project, 1)
    assert [*receipt_file("train_a").parent.iterdir(), *left.known_arrays()] == []
    capsys.readouterr()
    repro(project, 1)
    told = capsys.readouterr().out
    assert "recorded" not in told
    assert "Everything is up to date" in told


def test_an_empty_folder_is_recorded_without_a_word_of_dvcs(project, caplog):
    made = stages()
    made["encode_a"] = command("mkdir -p a.codes", ["a.model"], "a.codes")
    made["report"] = command("ls a.codes b.codes > table.txt", ["a.codes", "b.codes"], "table.txt")
    write_pipeline(made)
    made_by_tasks(project)
    with one_line_errors():
        record_left(Plan(project), Board())
    assert "is empty" not in caplog.text
    assert "encode_a" not in outdated()


def test_recording_leaves_the_files_that_other_tasks_read_as_they_are(project):
    made_by_tasks(project)
    before = Path("a.model").stat()
    with one_line_errors():
        record_left(Plan(project), Board())
    after = Path("a.model").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert outdated() == {"report"}


def test_an_output_that_is_gone_is_no_receipt(project, capsys):
    made_by_tasks(project)
    remove(Path("a.model"))
    repro(project, 1)
    assert "dropped  the receipt of train_a: a.model has changed" in capsys.readouterr().out


def test_while_tasks_are_queued_a_plain_run_does_not_start(project, tmp_path, monkeypatch):
    made_by_tasks(project)
    uid = next(iter(left.known_arrays()))
    remove(receipt_file("code"))
    Path("squeue").write_text(f"#!/bin/sh\necho '{uid}|0|PENDING|17|17'\n")
    Path("squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{Path(sys.executable).parent}", prepend=":")
    with pytest.raises(UserError, match=rf"1 stages of this folder are in the cluster's queue .* scancel --name={uid}"):
        repro(project, 1)


def test_a_queue_that_does_not_answer_is_no_queue_without_tasks(project, tmp_path, monkeypatch):
    made_by_tasks(project)
    remove(receipt_file("code"))
    Path("squeue").write_text("#!/bin/sh\necho no controller >&2\nexit 1\n")
    Path("squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{Path(sys.executable).parent}", prepend=":")
    with pytest.raises(
        UserError, match=r"may be in the cluster's queue: delete .*arrays if none are \(squeue: no cont"
    ):
        repro(project, 1)
