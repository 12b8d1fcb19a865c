"""Prepared data on disk: written whole or not at all, and read only if it is what was written."""

import json
import os

import numpy as np
import pytest
from even import EVEN

from diffrep.datasets import writing
from diffrep.datasets.fashion_mnist import FashionMNIST
from diffrep.datasets.files import verified
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.datasets.writing import write

ROOMS = Shapes3DRendered(size=8, nuisance=True, joint=EVEN, train=30, valid=5, test=10, seed=0)
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
    write(
        Shapes3DRendered(size=8, nuisance=False, joint=EVEN, train=30, valid=5, test=10, seed=0),
        tmp_path / "clean",
    )
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


def summed(monkeypatch) -> list[str]:
    """The names of the files that are read through from now on."""
    names: list[str] = []
    plain = verified.sha256_of
    monkeypatch.setattr(verified, "sha256_of", lambda path: names.append(path.name) or plain(path))
    return names


def long_ago(folder, monkeypatch) -> None:
    """Have the files changed long before now."""
    now = max(path.stat().st_ctime_ns for path in folder.iterdir()) + 2 * verified.SETTLED
    monkeypatch.setattr(verified.time, "time_ns", lambda: now)


def test_files_are_read_through_once(folder, monkeypatch):
    long_ago(folder, monkeypatch)
    names = summed(monkeypatch)
    Prepared(folder)
    assert sorted(names) == sorted(FILES)
    Prepared(folder)
    assert len(names) == len(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_changes_later_is_read_again(folder, monkeypatch, name):
    long_ago(folder, monkeypatch)
    Prepared(folder)
    path, times = folder / name, (folder / name).stat()
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(ValueError, match=rf"{name} is altered"):
        Prepared(folder)


def test_what_was_just_written_is_not_taken_for_settled(folder, monkeypatch):
    names = summed(monkeypatch)
    Prepared(folder)
    Prepared(folder)
    assert len(names) == 2 * len(FILES)


def test_a_memory_that_cannot_be_read_or_written_is_done_without(folder, monkeypatch):
    long_ago(folder, monkeypatch)
    folder.with_name(".rooms.verified").mkdir()
    Prepared(folder)
    folder.with_name(".rooms.verified").rmdir()
    folder.with_name(".rooms.verified").write_text("[1, 2")
    Prepared(folder)


class WithTargets(Shapes3DRendered):
    """Rooms with a size in metres, and nothing else that is known."""

    attribute_names = attribute_groups = attribute_sources = factor_names = factor_sizes = ()
    target_names = ("metres",)

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        return np.empty((len(rows), 0), np.uint8)

    def factors(self, rows: np.ndarray) -> None:
        return None

    def targets(self, rows: np.ndarray) -> np.ndarray:
        return rows[:, None] / 7


def test_targets_come_back_and_no_attributes_are_none(tmp_path):
    write(
        WithTargets(size=8, nuisance=True, joint=EVEN, train=30, valid=5, test=10, seed=0),
        tmp_path,
    )
    data = Prepared(tmp_path)
    assert data.card["target_names"] == ["metres"]
    np.testing.assert_array_equal(data.targets, np.arange(45, dtype=np.float32)[:, None] / np.float32(7))
    assert data.attributes.shape == (45, 0)
    assert data.factors is None
