"""A training that was killed ends with the very weights and curves of one that was not."""

import itertools
import os
import signal
import subprocess
import sys
import zipfile

import pytest
from tiny_training import STEPS, KillError, Tiny, assert_same, interrupt, network, train

from diffrep.pipelines.core.spent import Spent


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    return train(tmp_path_factory.mktemp("unbroken"), network())


@pytest.mark.parametrize("at", [1, 4, 6, 11])
def test_interrupted_then_resumed_is_as_if_unbroken(unbroken, tmp_path, at):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, at, interrupt))
    assert_same(train(tmp_path, network()), unbroken)


@pytest.mark.parametrize(("log_every", "checkpoint_every"), [(5, 4), (3, 7), (100, 4)])
def test_resumed_curves_are_whole_whatever_the_intervals(tmp_path, log_every, checkpoint_every):
    changed = {"log_every": log_every, "checkpoint_every": checkpoint_every}
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, 9, interrupt), **changed)
    resumed = train(tmp_path / "broken", network(), **changed)
    assert_same(resumed, train(tmp_path / "unbroken", network(), **changed))


def test_batches_read_ahead_by_other_processes_resume_alike(unbroken, tmp_path):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 6, interrupt), machine={"workers": 1})
    assert_same(train(tmp_path, network(), machine={"workers": 1}), unbroken)


KILLED = """
import os, pathlib, signal
from tiny_training import Tiny, network, train

from diffrep.pipelines.core.spent import Spent
train(pathlib.Path({folder!r}), network(Tiny, 6, lambda: os.kill(os.getpid(), signal.SIGKILL)))
"""


def test_killed_then_resumed_is_as_if_unbroken(unbroken, tmp_path):
    script = KILLED.format(folder=str(tmp_path))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "last.ckpt").exists()
    assert_same(train(tmp_path, network()), unbroken)


def test_resumed_run_starts_from_the_checkpoint(tmp_path):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 9, interrupt))
    resumed = network()
    train(tmp_path, resumed)
    assert resumed.steps == STEPS - 8


def test_the_time_before_each_kill_counts(tmp_path, monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr("diffrep.pipelines.training.curves.so_far", lambda: Spent(next(ticks), 2.0 * next(ticks)))

    def earlier(kills: int) -> Spent:
        folder = tmp_path / str(kills)
        for _ in range(kills):
            with pytest.raises(KillError):
                train(folder, network(Tiny, 5, interrupt))  # one checkpoint further each time
        return train(folder, network()).earlier

    none, one, two = map(earlier, range(3))
    assert (none.wall, none.cpu) == (0, 0)
    assert 0 < one.wall < two.wall
    assert 0 < one.cpu < two.cpu


def test_killed_between_the_last_step_and_the_results_trains_no_step_again(unbroken, tmp_path):
    train(tmp_path, network())
    again = network()
    assert_same(train(tmp_path, again), unbroken)
    assert again.steps == 0


@pytest.mark.parametrize("steps", [10, 13])
def test_steps_that_fill_no_whole_chunk_resume_too(tmp_path, steps):
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, steps - 1, interrupt), steps=steps)
    assert_same(
        train(tmp_path / "broken", network(), steps=steps), train(tmp_path / "unbroken", network(), steps=steps)
    )


def test_a_checkpoint_of_other_settings_is_thrown_away(tmp_path, capsys):
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, 9, interrupt), learning_rate=0.02)
    fresh = train(tmp_path / "broken", network())
    assert "tiny: settings, code or data changed, starting afresh" in capsys.readouterr().err
    assert_same(fresh, train(tmp_path / "unbroken", network()))


def test_a_checkpoint_that_lost_its_settings_is_thrown_away(unbroken, tmp_path):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 9, interrupt), learning_rate=0.02)
    (tmp_path / "settings.json").unlink()
    assert_same(train(tmp_path, network()), unbroken)


def zeroed(path):
    """Zeros in the largest record, as a disk leaves it that lost its power; the archive's directory is whole."""
    record = max(zipfile.ZipFile(path).infolist(), key=lambda info: info.file_size)
    with path.open("r+b") as file:
        file.seek(record.header_offset + record.file_size // 2)
        file.write(bytes(512))


@pytest.mark.parametrize("damage", [zeroed, lambda path: os.truncate(path, 500)], ids=["a page lost", "cut off"])
def test_a_damaged_checkpoint_is_said_and_thrown_away(unbroken, tmp_path, capsys, damage):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 9, interrupt))
    damage(tmp_path / "last.ckpt")
    assert_same(train(tmp_path, network()), unbroken)
    assert capsys.readouterr().err == f"tiny: {tmp_path}/last.ckpt is damaged, starting afresh\n"
