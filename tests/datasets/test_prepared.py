"""Prepared data on disk: written whole or not at all, and read only if it is what was written."""

import json
import resource

import numpy as np
import pytest

from diffrep.datasets import writing
from diffrep.datasets.fashion_mnist import FashionMNIST
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.datasets.writing import write

ROOMS = Shapes3DRendered(size=8, nuisance=True, train=30, valid=5, test=10, seed=0)
ROWS = np.arange(len(ROOMS))
FILES = ["images.npy", "attributes.npy", "factors.npy", "splits.npz"]


@pytest.fixture
def folder(tmp_path):
    write(ROOMS, tmp_path / "rooms")
    return tmp_path / "rooms"


@pytest.mark.parametrize("what", ["images", "factors", "attributes"])
def test_arrays_come_back_as_they_were(folder, what):
    stored, given = getattr(Prepared(folder), what), getattr(ROOMS, what)(ROWS)
    assert stored.dtype == given.dtype
    np.testing.assert_array_equal(stored, given)


def test_arrays_open_as_memory_maps(folder):
    assert isinstance(Prepared(folder).images, np.memmap)


def test_splits_come_back_as_they_were(folder):
    stored = Prepared(folder).splits
    assert {name: rows.tolist() for name, rows in stored.items()} == {n: r.tolist() for n, r in ROOMS.splits().items()}


def test_card_tells_what_the_source_told(folder):
    data = Prepared(folder)
    assert data.image_shape == (3, 8, 8)
    assert data.card["name"] == "rooms"
    assert data.card["licence"] == ROOMS.licence
    assert tuple(data.card["attribute_sources"]) == ROOMS.attribute_sources
    assert data.card["attribute_prevalences"] == pytest.approx(ROOMS.attributes(ROWS).mean(0), abs=1e-6)
    assert data.card["counts"] == {"train": 30, "valid": 5, "test": 10}


def test_photographs_have_no_factors_on_disk(tmp_path):
    clothes = FashionMNIST(size=28, archive="shipped", train=5, valid=2, test=3, seed=0)
    write(clothes, tmp_path)
    assert Prepared(tmp_path).factors is None
    np.testing.assert_array_equal(Prepared(tmp_path).images, clothes.images(np.arange(10)))


def test_equal_sources_give_equal_files_and_checksum(folder, tmp_path):
    write(ROOMS, tmp_path / "again" / "rooms")
    again = tmp_path / "again" / "rooms"
    assert all((folder / name).read_bytes() == (again / name).read_bytes() for name in [*FILES, "card.json"])
    assert Prepared(folder).checksum == Prepared(again).checksum


def test_other_data_has_another_checksum(folder, tmp_path):
    write(Shapes3DRendered(size=8, nuisance=False, train=30, valid=5, test=10, seed=0), tmp_path / "clean")
    assert Prepared(folder).checksum != Prepared(tmp_path / "clean").checksum


def test_chunks_change_nothing(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PIECE", 7 * 192)
    write(ROOMS, tmp_path / "chunked")
    assert Prepared(folder).checksum == Prepared(tmp_path / "chunked").checksum


def test_progress_counts_up_to_all(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PIECE", 20 * 192)
    told = []
    write(ROOMS, tmp_path, lambda done, of: told.append((done, of)))
    assert told == [(20, 45), (40, 45), (45, 45)]


@pytest.mark.parametrize("name", [*FILES, "card.json"])
def test_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name} is missing: run `diffrep prepare --dataset rooms` again"):
        Prepared(folder)


@pytest.mark.parametrize("name", [*FILES, "card.json"])
def test_truncated_file_is_named(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-20])
    with pytest.raises(ValueError, match=rf"{name} is truncated.*diffrep prepare --dataset rooms` again"):
        Prepared(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("longer", [False, True])
def test_altered_file_is_named(folder, name, longer):
    content = bytearray((folder / name).read_bytes())
    content[-30] ^= 1
    (folder / name).write_bytes(content + b"more" * longer)
    with pytest.raises(ValueError, match=rf"{name} is altered.*diffrep prepare --dataset rooms` again"):
        Prepared(folder)


def test_card_that_forgets_a_file_is_refused(folder):
    card = json.loads((folder / "card.json").read_text())
    del card["files"]["images.npy"]
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match=r"card.json is truncated or altered"):
        Prepared(folder)


class Interrupted(Shapes3DRendered):
    """Rooms that stop being drawn half-way, as a killed run's."""

    def images(self, rows: np.ndarray) -> np.ndarray:
        if rows[0] > 0:
            raise KeyboardInterrupt
        return super().images(rows)


def interrupt(folder, monkeypatch) -> None:
    monkeypatch.setattr(writing, "PIECE", 20 * 192)
    with pytest.raises(KeyboardInterrupt):
        write(Interrupted(size=8, nuisance=True, train=30, valid=5, test=10, seed=1), folder)


def test_interrupted_first_run_does_not_read_as_whole(tmp_path, monkeypatch):
    interrupt(tmp_path / "rooms", monkeypatch)
    with pytest.raises(FileNotFoundError, match="prepare --dataset rooms"):
        Prepared(tmp_path / "rooms")


def test_interrupted_second_run_leaves_the_first_untouched(folder, monkeypatch):
    before = Prepared(folder).checksum
    interrupt(folder, monkeypatch)
    assert Prepared(folder).checksum == before
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "card.json"])


def test_disk_that_takes_no_more_is_an_error_and_leaves_the_first_untouched(folder):
    before = Prepared(folder).checksum
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(ROOMS, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert Prepared(folder).checksum == before
    assert not list(folder.glob("*.partial"))


def test_what_fails_at_first_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(Shapes3DRendered, "images", lambda source, rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(ROOMS, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_what_a_kill_left_is_overwritten(folder):
    (folder / "images.npy.partial").write_bytes(b"half")
    write(ROOMS, folder)
    assert len(Prepared(folder).images) == 45
