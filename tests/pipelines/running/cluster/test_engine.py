"""Stages as tasks of submitit's local jobs: what ran is in dvc.lock, what failed is named, and the rest goes on."""

import threading
import time
from pathlib import Path

import pytest
from cluster_pipeline import stages, write_pipeline
from dvc.repo import Repo
from local_queue import LocalQueue
from submitit import LocalExecutor

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster import follow, receipts
from diffrep.pipelines.running.cluster.engine import repro_on
from diffrep.pipelines.running.cluster.folders import receipt_file
from diffrep.pipelines.running.cluster.follow import Followed
from diffrep.pipelines.running.cluster.jobs import known_arrays
from diffrep.pipelines.running.cluster.needs import Cluster
from diffrep.pipelines.running.display import Board
from diffrep.pipelines.running.plan import Plan

TABLE = "code\na\ncode\nb\n"


def run(params, queue=None, lost: float = 5.0) -> LocalQueue:
    queue = queue or LocalQueue()
    repro_on(queue, params, Cluster(), lambda gpu, dataset: {}, look=0.1, lost=lost)
    return queue


def status() -> dict:
    with Repo() as repo:
        return repo.status()


def with_command(stage: str, cmd: str) -> None:
    made = stages()
    made[stage]["cmd"] = cmd
    write_pipeline(made)


def test_tasks_make_what_is_out_of_date_and_dvc_finds_it_recorded(project, capsys):
    run(project, LocalQueue(executor=LocalExecutor))
    assert Path("table.txt").read_text() == TABLE
    assert status() == {}
    assert "6 of 6 stages ran" in capsys.readouterr().out
    assert [*receipt_file("train_a").parent.iterdir(), *known_arrays()] == []
    run(project)
    assert "Everything is up to date: 6 stages checked" in capsys.readouterr().out


def test_what_reads_something_that_comes_out_the_same_is_skipped(project, capsys):
    run(project)
    with_command("train_a", "true && cat runs/code.txt a.txt > a.model")
    capsys.readouterr()
    run(project)
    told = capsys.readouterr().out
    assert "finished train_a" in told
    assert "skipped  encode_a: nothing that it reads has changed" in told
    assert "train_b" not in told
    assert status() == {}


def test_a_failing_cell_is_told_with_its_logs_last_line_while_the_rest_goes_on(project, capsys):
    with_command("train_b", "echo diffrep: error: no images; exit 3")
    with pytest.raises(UserError, match=r"1 of 6 .* train_b: no images \(runs/logs/train_b\.log\)\. Not .*: encode_b$"):
        run(project)
    told = capsys.readouterr().out
    assert "dropped  encode_b: needs train_b, which has" in told
    assert Path("a.codes").read_text() == "code\na\n"
    assert set(status()) == {"train_b", "encode_b", "report"}
    write_pipeline(stages())
    run(project)
    assert Path("table.txt").read_text() == TABLE


def test_a_stage_that_has_not_made_its_output_has_failed(project):
    with_command("train_b", "true")
    with pytest.raises(UserError, match=r"train_b: it has not made b\.model \(runs/logs/train_b\.log\)"):
        run(project)
    assert Path("a.codes").exists()


def test_a_task_that_leaves_no_word_is_given_up(project):
    with_command("train_b", "kill -9 $PPID; sleep 60")
    with pytest.raises(UserError, match=r"train_b: its task has left the queue before its end \(FAILED\)"):
        run(project, lost=1.0)
    assert Path("a.codes").exists()


def test_a_driver_that_died_finds_its_tasks_again(project, monkeypatch, capsys):
    with_command("train_a", "while [ ! -e go ]; do sleep 0.1; done; cat runs/code.txt a.txt > a.model")
    queue = LocalQueue()

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Followed, "look", die)
        with pytest.raises(KeyboardInterrupt):
            run(project, queue)
    assert "4 tasks go on: the same command finds them" in capsys.readouterr().out
    handed_over = list(queue.arrays)
    threading.Timer(1.0, Path("go").touch).start()
    run(project, queue)
    assert list(queue.arrays) == handed_over
    assert "4 stages are in the queue already" in capsys.readouterr().out
    assert Path("table.txt").read_text() == TABLE
    assert status() == {}


def test_what_was_queued_before_a_refusal_goes_on(project, capsys):
    class Full(LocalQueue):
        def submit(self, array):
            if self.arrays:
                raise UserError(f"SLURM refuses {array.uid}: no more jobs of yours")
            super().submit(array)

    queue = Full()
    with pytest.raises(UserError, match="no more jobs of yours"):
        run(project, queue)
    (uid,) = queue.arrays
    assert f"1 tasks go on: the same command finds them, scancel --name={uid} ends them" in capsys.readouterr().out
    queue.__class__ = LocalQueue
    run(project, queue)
    assert "1 stages are in the queue already" in capsys.readouterr().out
    assert Path("table.txt").read_text() == TABLE


def test_a_task_of_a_dead_node_begins_anew(project):
    with_command("train_a", "echo begun >> begun.txt; sleep 1; cat runs/code.txt a.txt > a.model")
    queue = LocalQueue()

    def kill() -> None:
        while not Path("begun.txt").exists():
            time.sleep(0.05)
        place = next((array.uid, 0) for array in queue.arrays.values() if array.jobs[0].name == "train_a")
        queue.kill(place)
        del queue.jobs[place]  # as SLURM does it: waiting again, under the same number

    threading.Thread(target=kill, daemon=True).start()
    run(project, queue)
    assert Path("begun.txt").read_text() == "begun\n" * 2
    assert Path("table.txt").read_text() == TABLE


@pytest.fixture
def hidden(monkeypatch):
    """Has the disk hide an output at the driver's first looks at it, never from the task that makes it."""

    def hide(path: Path, looks: int) -> None:
        left, record = iter(range(looks)), follow.record

        def looked(stages, said):
            made = any(str(path) in receipt.contents.outs for receipt in said)
            if not made or next(left, None) is None:
                return record(stages, said)
            path.rename("hidden")
            refused = record(stages, said)
            Path("hidden").rename(path)
            return refused

        monkeypatch.setattr(follow, "record", looked)

    return hide


def test_an_output_that_the_disk_shows_late_is_waited_for(project, hidden, capsys):
    hidden(Path("a.codes"), 3)
    run(project)
    told = capsys.readouterr().out
    assert "waiting  encode_a: a.codes has changed since its task ran, or is not shown yet" in told
    assert "FAILED" not in told
    assert status() == {}


def test_an_output_that_never_is_what_was_made_fails_its_stage(project, hidden, monkeypatch):
    monkeypatch.setattr(receipts, "LATE", 0.0)
    hidden(Path("a.codes"), 1000)
    with pytest.raises(UserError, match=r"encode_a: a\.codes has changed since its task ran"):
        run(project)


def test_a_receipt_of_an_earlier_run_says_nothing_of_this_one(project):
    class Haunted(LocalQueue):
        """A task of before is ended when this one is in the queue, and says so."""

        def submit(self, array):
            super().submit(array)
            for job in array.jobs:
                old = receipts.begun(job.name, "earlier")
                receipts.write(old.model_copy(update={"state": "failed", "reason": "of before"}))

    run(project, Haunted())
    assert status() == {}


def test_receipts_of_tasks_that_wait_are_not_opened(project, monkeypatch):
    queue, task = LocalQueue(slots=0), ("run-000-train", 0)
    monkeypatch.setattr(queue, "states", lambda uids: {task: "PENDING"})
    monkeypatch.setattr(receipts, "read", lambda stage: pytest.fail(f"{stage} is opened"))
    Followed(Plan(project), queue, Board(), {"train_a": task}).look(5.0)
