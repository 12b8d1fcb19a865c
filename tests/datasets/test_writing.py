"""Data sets are written whole or not at all, side by side as in a row, and go on after a kill."""

import fcntl
import os
import resource
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from even import EVEN
from hypothesis import given
from hypothesis import strategies as st
from pool_work import killed, worker

from diffrep.datasets import writing
from diffrep.datasets.files.encoded import Encoded, png
from diffrep.datasets.files.growing import Growing
from diffrep.datasets.files.side_by_side import LOOK, KilledError, in_order
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.datasets.writing import write

ROOMS = Shapes3DRendered(size=8, nuisance=True, joint=EVEN, train=30, valid=5, test=10, seed=0)
FILES = ["images.npy", "attributes.npy", "factors.npy", "splits.npz", "card.json"]
TWENTY = 20 * 192  # bytes of as many images


@pytest.fixture
def folder(tmp_path):
    write(ROOMS, tmp_path / "rooms")
    return tmp_path / "rooms"


@pytest.fixture
def pieces(monkeypatch):
    monkeypatch.setattr(writing, "PIECE", TWENTY)


class Stopped(Shapes3DRendered):
    """Rooms that stop being drawn at row 20, with an error of the tester's choice; notes the rows asked for."""

    error: BaseException = KeyboardInterrupt()

    def images(self, rows: np.ndarray) -> np.ndarray:
        self.asked = [*getattr(self, "asked", []), int(rows[0])]
        if rows[0] == 20 and self.error is not None:
            raise self.error
        return super().images(rows)


def stopped(error: BaseException | None = KeyboardInterrupt()) -> Stopped:  # noqa: B008
    source = Stopped(size=8, nuisance=True, joint=EVEN, train=30, valid=5, test=10, seed=0)
    source.error = error
    return source


def test_an_interrupted_first_run_does_not_read_as_whole(tmp_path, pieces):
    with pytest.raises(KeyboardInterrupt):
        write(stopped(), tmp_path / "rooms")
    with pytest.raises(FileNotFoundError, match="prepare --dataset rooms"):
        Prepared(tmp_path / "rooms")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupted_second_run_leaves_the_first_untouched(folder, pieces, error):
    before = Prepared(folder).checksum
    with pytest.raises(type(error)):
        write(stopped(error), folder)
    assert Prepared(folder).checksum == before
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_it_goes_on_behind_the_last_whole_piece(folder, tmp_path, pieces):
    with pytest.raises(KeyboardInterrupt):
        write(stopped(), tmp_path / "again")
    going_on = stopped(None)
    write(going_on, tmp_path / "again")
    assert going_on.asked == [20, 40]
    assert Prepared(tmp_path / "again").checksum == Prepared(folder).checksum
    assert not list(tmp_path.glob(".again.partial"))


@pytest.mark.parametrize("change", ["identity", "content", "journal", "shorter"])
def test_what_is_not_the_same_is_begun_anew(folder, tmp_path, pieces, change):
    with pytest.raises(KeyboardInterrupt):
        write(stopped(), tmp_path / "again", identity={"seed": 0})
    half = tmp_path / ".again.partial" / "images.npy"
    if change == "content":
        content = bytearray(half.read_bytes())
        content[-1] ^= 1
        half.write_bytes(content)
    elif change == "shorter":
        half.write_bytes(half.read_bytes()[:-1])
    elif change == "journal":
        half.with_name("images.npy.journal").write_text("{")
    going_on = stopped(None)
    write(going_on, tmp_path / "again", identity={"seed": 1 if change == "identity" else 0})
    assert going_on.asked[-3:] == [0, 20, 40]
    assert Prepared(tmp_path / "again").checksum == Prepared(folder).checksum


def test_a_source_that_breaks_its_word_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(Shapes3DRendered, "images", lambda source, rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(ROOMS, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_is_an_error_and_leaves_the_first_untouched(folder):
    before = Prepared(folder).checksum
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(ROOMS, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert Prepared(folder).checksum == before


def test_several_processes_write_what_one_does(folder, tmp_path, pieces):
    write(ROOMS, tmp_path / "both", processes=2)
    assert all((folder / name).read_bytes() == (tmp_path / "both" / name).read_bytes() for name in FILES[:-1])


def test_pieces_come_in_order_from_several_processes():
    found = list(in_order(worker, [(n, n + 1) for n in range(40)], 2))
    assert [start for _, start in found] == list(range(40))
    assert os.getpid() not in {pid for pid, _ in found}


def test_a_process_that_is_killed_is_one_line():
    with pytest.raises(ValueError, match="a process that makes images was killed, perhaps for want of memory: run the"):
        list(in_order(killed, [(0, 1), (1, 2)], 2))


ENDLESS = """
import os, time
from diffrep.datasets.files.side_by_side import in_order
def slow(start, stop):
    time.sleep(0.1)
    return os.getpid()
for pid in in_order(slow, [(n, n) for n in range(1000)], 2):
    print(pid, flush=True)
"""


def test_processes_end_with_the_one_that_started_them_and_say_nothing():
    path = os.pathsep.join(sys.path)
    command, environment = [sys.executable, "-c", ENDLESS], {**os.environ, "PYTHONPATH": path}
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = subprocess.Popen(command, **piped, text=True, env=environment)
    pids = {int(started.stdout.readline()) for _ in range(4)}
    started.kill()
    assert started.communicate()[1] == ""  # and none of those that outlive it for a moment says a word
    deadline = time.monotonic() + 10 * LOOK
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not alive(pids)


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE}


def test_images_beyond_the_size_of_an_array_are_kept_as_png(folder, tmp_path, pieces):
    write(ROOMS, tmp_path / "small", array_bytes=45 * 192 - 1, processes=2)
    kept, array = Prepared(tmp_path / "small"), Prepared(folder).images
    assert isinstance(kept.images, Encoded)
    assert kept.images.shape == array.shape
    assert kept.images.nbytes == array.nbytes
    np.testing.assert_array_equal(np.asarray(kept.images), array)
    write(ROOMS, tmp_path / "small", array_bytes=45 * 192)
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == sorted(FILES)


def test_encoding_goes_on_after_an_interrupt(tmp_path, pieces):
    with pytest.raises(KeyboardInterrupt):
        write(stopped(), tmp_path / "rooms", array_bytes=0)
    write(stopped(None), tmp_path / "rooms", array_bytes=0)
    np.testing.assert_array_equal(Prepared(tmp_path / "rooms").images[:], ROOMS.images(np.arange(45)))


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 3]))
def test_a_png_is_the_image_to_the_last_bit(tmp_path_factory, seed, depth):
    images = np.random.default_rng(seed).integers(0, 256, (3, 4, 5, depth), dtype=np.uint8)
    path = tmp_path_factory.mktemp("png") / "images.png"
    kept = [png(image) for image in images]
    path.write_bytes(b"".join(kept))
    found = Encoded(path, np.cumsum([len(each) for each in kept]), (4, 5, depth))
    np.testing.assert_array_equal(found[np.array([2, 0])], images[[2, 0]])
    np.testing.assert_array_equal(found[1], images[1])
    np.testing.assert_array_equal(found[:0], images[:0])


def test_a_growing_file_keeps_what_is_whole(tmp_path):
    with Growing(tmp_path / "a", {"of": 1}) as file:
        file.append(b"one", 1)
        file.append(b"two", 2)
        whole = file.sha256
    with (tmp_path / "a").open("ab") as file:
        file.write(b"thr")  # a part that a kill has cut off
    with Growing(tmp_path / "a", {"of": 1}) as file:
        assert (file.notes, file.size, file.sha256) == ([1, 2], 6, whole)
        file.append(b"three", 3)
    assert (tmp_path / "a").read_bytes() == b"onetwothree"


def test_two_at_a_time_are_refused(tmp_path):
    (tmp_path / ".rooms.partial").mkdir()
    with (tmp_path / ".rooms.partial" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match=r"^another process is preparing rooms: wait for it$"):
            write(ROOMS, tmp_path / "rooms")
    write(ROOMS, tmp_path / "rooms")
    assert Prepared(tmp_path / "rooms").images.shape == (45, 8, 8, 3)


def test_what_was_done_before_a_process_was_killed_is_kept(tmp_path, pieces):
    with pytest.raises(ValueError, match="a process that makes images was killed"):
        write(stopped(KilledError("a process that makes images was killed")), tmp_path / "rooms")
    going_on = stopped(None)
    write(going_on, tmp_path / "rooms")
    assert going_on.asked == [20, 40]


def test_a_line_of_the_journal_that_a_kill_has_torn_is_cut_off(tmp_path):
    for number in range(3):
        with Growing(tmp_path / "a", {"of": 1}) as file:
            assert file.notes == list(range(number))
            file.append(b"part", number)
        with (tmp_path / "a.journal").open("a") as journal:
            journal.write("[12, ")
    with Growing(tmp_path / "a", {"of": 1}) as file:
        assert file.notes == [0, 1, 2]
