"""A task runs its command where it is out of date, and leaves a receipt that says how it ended."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from submitit import LocalExecutor

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster import awaited, receipts
from diffrep.pipelines.running.cluster.contents import Contents, contents_here, hash_of
from diffrep.pipelines.running.cluster.jobs import Array, Job
from diffrep.pipelines.running.cluster.needs import Need
from diffrep.pipelines.running.cluster.task import SILENT, Resumed, Task, environment
from diffrep.pipelines.running.interrupted import is_running
from diffrep.pipelines.tracking.trouble import VARIABLE

NEED = Need(gpus=0, cpus=1, memory_gib=1, minutes=10)
HALVES = "if [ -e half ]; then cp in.txt out.txt; else touch half; sleep 600; fi"  # as a training with a checkpoint
COPY = "cp in.txt out.txt && echo made >> times.txt"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with what the stage reads; a task hears signals of its own."""
    monkeypatch.chdir(tmp_path)
    Path("in.txt").write_text("one")
    Path("params.yaml").write_text("train: {steps: 10}\nother: 1\n")
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def hand_over(command: str = COPY, **more) -> None:
    job = Job(name="copy@a", command=command, deps=("in.txt",), params=("train.steps",), outs=("out.txt",), **more)
    Array(uid="run-000-copy", need=NEED, jobs=(job,), after={"run-0": "afterany"}).write()


def made(state: str = "done", uid: str = "run-0", **outs: str) -> None:
    """The receipt of what makes data for the stage."""
    contents = Contents(command="", deps={}, params={}, outs=outs) if state == "done" else None
    receipts.write(receipts.begun("prepare@a", uid).model_copy(update={"state": state, "contents": contents}))


def run() -> receipts.Receipt:
    Task("run-000-copy", 0)()
    return receipts.read("copy@a")


def refused() -> receipts.Receipt:
    with pytest.raises(UserError, match="copy@a"):
        Task("run-000-copy", 0)()
    return receipts.read("copy@a")


def times() -> int:
    return Path("times.txt").read_text().count("made") if Path("times.txt").exists() else 0


def test_the_receipt_says_what_was_made_of_what():
    hand_over()
    receipt = run()
    assert receipt.state == "done"
    assert receipt.contents == contents_here(COPY, ["in.txt"], ["train.steps"], ["out.txt"])


def test_what_is_as_an_earlier_receipt_says_is_not_done_again():
    hand_over()
    run()
    receipt = run()
    assert (receipt.state, times()) == ("unchanged", 1)
    Path("out.txt").write_text("altered")
    assert (run().state, times()) == ("done", 2)


def test_what_is_as_the_lock_says_is_not_done():
    Path("out.txt").write_text("of before")
    hand_over(locked=contents_here(COPY, ["in.txt"], ["train.steps"], ["out.txt"]))
    assert (run().state, times()) == ("unchanged", 0)


@pytest.mark.parametrize("change", ["in.txt", "params.yaml", "command", "forced"])
def test_what_has_changed_is_done(change):
    hand_over()
    run()
    if change == "in.txt":
        Path("in.txt").write_text("two")
    if change == "params.yaml":
        Path("params.yaml").write_text("train: {steps: 11}\nother: 1\n")
    hand_over(f"{COPY} && true" if change == "command" else COPY, forced=change == "forced")
    assert (run().state, times()) == ("done", 2)


def test_params_of_other_stages_change_nothing():
    hand_over()
    run()
    Path("params.yaml").write_text("train: {steps: 10}\nother: 2\n")
    assert run().state == "unchanged"


def test_a_failure_is_told_with_the_last_line_of_its_log():
    hand_over("echo diffrep: error: no images; exit 3")
    receipt = refused()
    assert (receipt.state, receipt.reason) == ("failed", "no images (runs/logs/copy@a.log)")


@pytest.fixture
def late(monkeypatch):
    """Has what others have made waited for as long as a test can."""

    def wait(seconds: float) -> None:
        monkeypatch.setattr(receipts, "LATE", seconds)
        monkeypatch.setattr(awaited, "LOOK", 0.05)

    return wait


@pytest.mark.parametrize("other", [None, ("failed", "run-0"), ("running", "run-0"), ("done", "an-earlier-run")])
def test_without_what_it_needs_nothing_runs(other, late):
    late(0.2)
    if other:
        made(*other)
    hand_over(needs=("prepare@a",))
    receipt = refused()
    assert (receipt.state, receipt.reason) == ("cancelled", "needs prepare@a, which has not ended well")
    assert times() == 0


def test_what_has_failed_is_not_waited_for():
    made("failed")
    hand_over(needs=("prepare@a",))
    start = time.monotonic()
    refused()
    assert time.monotonic() - start < receipts.LATE / 2


def test_with_what_it_needs_it_runs():
    made()
    hand_over(needs=("prepare@a",))
    assert run().state == "done"


def test_a_receipt_that_the_disk_shows_late_is_waited_for(late):
    late(60.0)
    hand_over(needs=("prepare@a",))
    threading.Timer(0.5, made).start()
    assert run().state == "done"


def test_a_file_that_the_disk_shows_late_is_waited_for(late):
    late(60.0)
    shown = hash_of(Path("in.txt"))
    Path("in.txt").rename("hidden")
    made(**{"in.txt": shown})
    hand_over(needs=("prepare@a",))
    threading.Timer(0.5, lambda: Path("hidden").rename("in.txt")).start()
    assert run().contents.deps == {"in.txt": shown}


def test_a_file_that_is_another_than_was_made_is_not_read(late):
    late(0.2)
    made(**{"in.txt": "of another"})
    hand_over(needs=("prepare@a",))
    assert refused().reason == "in.txt is not what prepare@a has made"


def test_a_task_that_the_queue_ends_tells_its_stage_and_says_nothing_of_it():
    hand_over("trap 'echo heard > heard.txt; exit 1' TERM; while true; do sleep 0.1; done")
    code = "from diffrep.pipelines.running.cluster.task import Task; Task('run-000-copy', 0)()"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    while receipts.read("copy@a") is None:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    time.sleep(0.5)
    process.terminate()
    assert process.wait(60) != 0
    assert Path("heard.txt").exists()
    assert receipts.read("copy@a").state == "running"


def test_nothing_that_a_stage_has_started_outlives_it():
    hand_over(f"sleep 600 & echo $! > child.txt; {COPY}")
    assert run().state == "done"
    assert not is_running(int(Path("child.txt").read_text()))


def out_of_time(task: Task, timeouts: int) -> receipts.Receipt:
    """What is left of a task by submitit whose minutes are over as soon as half of its work is done."""
    executor = LocalExecutor(folder=Path("submitted").absolute(), max_num_timeout=timeouts)
    executor.update_parameters(timeout_min=10, signal_delay_s=5)
    job = executor.submit(task)
    while not Path("half").exists():
        assert not job.done(), job.stderr()
        time.sleep(0.05)
    (process,) = psutil.Process(int(job.job_id)).children()
    process.send_signal(signal.SIGUSR2)
    job.exception()
    return receipts.read("copy@a")


def test_a_training_whose_minutes_are_over_is_queued_again_and_goes_on():
    hand_over(HALVES)
    assert out_of_time(Resumed("run-000-copy", 0), 1).state == "done"


def test_a_training_whose_minutes_are_over_too_often_has_failed():
    hand_over(HALVES)
    receipt = out_of_time(Resumed("run-000-copy", 0), 0)
    assert (receipt.state, Path("out.txt").exists()) == ("failed", False)
    assert "timed-out too many times" in receipt.reason
    assert receipt.reason.endswith("give it more minutes in cluster.yaml")


def test_any_other_stage_whose_minutes_are_over_has_failed():
    hand_over(HALVES)
    receipt = out_of_time(Task("run-000-copy", 0), 1)
    assert (receipt.state, Path("out.txt").exists()) == ("failed", False)
    assert "not checkpointable" in receipt.reason


def test_a_number_that_the_array_does_not_have_is_one_line():
    hand_over()
    with pytest.raises(UserError, match="run-000-copy has the tasks 0 to 0, not 1"):
        Task("run-000-copy", 1)()


def test_a_damaged_receipt_says_nothing():
    hand_over()
    run()
    Path("runs/logs/cluster/receipts/copy@a.json").write_text("{")
    assert receipts.read("copy@a") is None
    assert (run().state, times()) == ("done", 2)


def test_a_stage_sees_nothing_of_the_queue_and_writes_to_no_shared_database(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("SLURM_NTASKS", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    made = environment()
    assert "SLURM_NTASKS" not in made
    assert (made["CUDA_VISIBLE_DEVICES"], made[SILENT]) == ("3", "1")
    assert made["PATH"].startswith(str(Path(sys.executable).parent))
    monkeypatch.setenv(VARIABLE, "http://lab:5000")
    assert SILENT not in environment()
