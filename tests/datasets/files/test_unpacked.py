"""Images laid open beside their archive: once, by one process, whole or not at all."""

import hashlib
import multiprocessing
import os
import pickle
import time

import numpy as np
import pytest

from diffrep.datasets.files.unpacked import Unpacked

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 3), dtype=np.uint8)


def blocks_of(*places):
    return lambda: ((start, IMAGES[start:end]) for start, end in places)


WHOLE = blocks_of((0, 4), (4, 10))


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "x.npz"
    path.write_bytes(b"what it was unpacked from")
    return path


@pytest.mark.parametrize("blocks", [WHOLE, blocks_of((4, 10), (0, 4)), blocks_of((0, 10))])
def test_blocks_in_any_order_make_all_images(archive, blocks):
    unpacked = Unpacked(archive, "a", IMAGES.shape)
    np.testing.assert_array_equal(unpacked.images(blocks), IMAGES)
    assert sorted(path.name for path in archive.parent.iterdir()) == ["x.npz", "x.npz.a.unpacked.npy"]


def test_what_is_unpacked_is_not_unpacked_again(archive):
    Unpacked(archive, "a", IMAGES.shape).images(WHOLE)
    again = Unpacked(archive, "a", IMAGES.shape)
    np.testing.assert_array_equal(again.images(lambda: pytest.fail("unpacked again")), IMAGES)


def test_another_content_has_another_map(archive):
    Unpacked(archive, "a", IMAGES.shape).images(WHOLE)
    other = Unpacked(archive, "b", IMAGES.shape)
    np.testing.assert_array_equal(other.images(lambda: iter([(0, 255 - IMAGES)])), 255 - IMAGES)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        pytest.param(blocks_of((0, 4)), "6 of 10 images are not there once", id="too few"),
        pytest.param(blocks_of((0, 6), (4, 10)), "2 of 10 images are not there once", id="some twice"),
        pytest.param(lambda: iter([(5, IMAGES)]), "do not fit", id="too many"),
        pytest.param(lambda: iter([(0, IMAGES[:, :2])]), "do not fit", id="another shape"),
        pytest.param(lambda: iter([(0, IMAGES.astype(float))]), "do not fit", id="another type"),
    ],
)
def test_blocks_that_are_not_every_row_once_are_refused(archive, blocks, said):
    unpacked = Unpacked(archive, "a", IMAGES.shape, summed=archive)
    with pytest.raises(ValueError, match=said):
        unpacked.images(blocks)
    assert not [path for path in archive.parent.iterdir() if path.suffix in (".npy", ".partial")]
    assert unpacked.md5 == ""
    np.testing.assert_array_equal(unpacked.images(WHOLE), IMAGES)  # the next try starts afresh


def test_rest_of_a_run_that_died_is_written_over(archive):
    unpacked = Unpacked(archive, "a", IMAGES.shape)
    unpacked.path.with_suffix(".partial").write_bytes(bytes(5000))
    unpacked.path.with_suffix(".lock").write_bytes(b"")
    np.testing.assert_array_equal(unpacked.images(WHOLE), IMAGES)


def test_md5_is_the_archives_once_it_is_unpacked(archive):
    unpacked = Unpacked(archive, "a", IMAGES.shape, summed=archive)
    assert unpacked.md5 == ""
    unpacked.images(WHOLE)
    assert unpacked.md5 == hashlib.md5(archive.read_bytes()).hexdigest()
    assert Unpacked(archive, "a", IMAGES.shape, summed=archive).md5 == unpacked.md5


def test_copy_takes_no_images_along(archive):
    unpacked = Unpacked(archive, "a", IMAGES.shape)
    unpacked.images(WHOLE)
    assert unpacked._opened is not None
    assert pickle.loads(pickle.dumps(unpacked))._opened is None


def test_altered_map_is_refused(archive):
    unpacked = Unpacked(archive, "a", IMAGES.shape)
    np.save(unpacked.path, IMAGES[:3])
    with pytest.raises(ValueError, match="delete it"):
        unpacked.images(WHOLE)


def _slowly(archive, counted, results):
    def blocks():
        counted.put(1)
        time.sleep(0.2)
        yield 0, IMAGES

    images = Unpacked(archive, "a", IMAGES.shape).images(blocks)
    results.put(np.array_equal(images, IMAGES))


def test_of_several_processes_one_unpacks(archive):
    context = multiprocessing.get_context("fork")
    counted, results = context.Queue(), context.Queue()
    processes = [context.Process(target=_slowly, args=(archive, counted, results)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [results.get(timeout=20) for _ in processes] == [True] * 4
    for process in processes:
        process.join()
    counted.get(timeout=5)
    assert counted.empty()
    assert sorted(path.name for path in archive.parent.iterdir()) == ["x.npz", "x.npz.a.unpacked.npy"]


def test_a_change_within_a_file_that_is_known_by_a_part_of_it_is_seen(archive):
    before = Unpacked(archive, "a", IMAGES.shape, glimpsed=[archive])
    before.images(WHOLE)
    assert Unpacked(archive, "a", IMAGES.shape, glimpsed=[archive]).packed == 0
    os.utime(archive, ns=(0, archive.stat().st_mtime_ns + 1000))
    after = Unpacked(archive, "a", IMAGES.shape, glimpsed=[archive])
    assert (after.packed, after.identity) == (10, "a")


def test_what_half_an_unpacking_takes_is_not_asked_for_twice(archive, monkeypatch):
    unpacked = Unpacked(archive, "a", (1, 1 << 20))
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 1 << 19})())
    assert "make room" in unpacked.fault()
    unpacked.path.with_suffix(".partial").write_bytes(bytes(1 << 19))
    assert unpacked.fault() is None


def test_faults_are_told_until_it_is_unpacked(archive, monkeypatch):
    unpacked = Unpacked(archive, "a", IMAGES.shape)
    assert unpacked.fault() is None
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 479})())
    assert "make room" in unpacked.fault()
    monkeypatch.setattr("os.access", lambda folder, mode: False)
    assert "cannot be written" in unpacked.fault()
    unpacked.images(WHOLE)
    assert unpacked.fault() is None
