"""Pictures in LMDBs: the order of keys, several processes, and every way an LMDB can be wrong."""

import builtins
import gc
import multiprocessing
import pickle

import numpy as np
import pytest
from face_files import encoded, hashed, lmdb_of, numbered, painted, put
from pool_work import first_three

from diffrep.datasets.readers.lmdb_pictures import LMDBPictures

PICTURES = painted(12, (20, 30))


def test_numbers_are_in_their_order_and_not_in_that_of_words(tmp_path):
    pictures = LMDBPictures(numbered(tmp_path, PICTURES, "256", 5))
    assert len(pictures) == 12
    assert pictures.numbered
    assert pictures.names().tolist() == [b"256-%05d" % n for n in range(12)]
    assert pictures.names(np.array([10, 2])).tolist() == [b"256-00010", b"256-00002"]
    assert list(pictures.encoded(pictures.names(np.array([10, 2])))) == [encoded(PICTURES[n], "WEBP") for n in (10, 2)]


def test_hashes_are_in_the_order_of_sorted_keys(tmp_path):
    path, keys = hashed(tmp_path, PICTURES)
    pictures = LMDBPictures(path)
    order = sorted(range(12), key=keys.__getitem__)
    assert order != list(range(12))
    assert not pictures.numbered
    assert pictures.names().tolist() == sorted(keys)
    some = np.array([7, 0, 11, 7])
    assert pictures.names(some).tolist() == [sorted(keys)[place] for place in some]
    assert list(pictures.encoded(pictures.names(some))) == [encoded(PICTURES[order[place]]) for place in some]


def test_keys_are_kept_as_one_array_of_forty_bytes_each(tmp_path):
    names = LMDBPictures(hashed(tmp_path, PICTURES)[0]).names()
    assert names.dtype == np.dtype("S40")
    assert names.nbytes == 12 * 40


def test_more_than_are_held_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("diffrep.datasets.readers.lmdb_pictures.AT_A_TIME", 5)
    pictures = LMDBPictures(numbered(tmp_path, PICTURES, "None", 7))
    assert list(pictures.encoded(pictures.names())) == [encoded(image, "WEBP") for image in PICTURES]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_other_processes_read_while_this_one_has_read_a_part(tmp_path, start):
    pictures = LMDBPictures(numbered(tmp_path, PICTURES, "256", 5))
    half_read = iter(pictures.encoded(pictures.names()))
    next(half_read)
    with multiprocessing.get_context(start).Pool(1) as pool:
        assert pool.map(first_three, [pictures] * 2) == [[encoded(image, "WEBP") for image in PICTURES[:3]]] * 2
    assert next(half_read) == encoded(PICTURES[1], "WEBP")


def test_twice_in_a_process_and_pickled(tmp_path):
    path = numbered(tmp_path, PICTURES, "256", 5)
    one, other = LMDBPictures(path), pickle.loads(pickle.dumps(LMDBPictures(path)))
    both = zip(one.encoded(one.names()), other.encoded(other.names()), strict=True)
    assert all(a == b for a, b in both)


def test_no_file_is_made_or_changed_by_reading(tmp_path):
    path = numbered(tmp_path, PICTURES, "256", 5)
    (path / "lock.mdb").unlink()
    before = (path / "data.mdb").read_bytes()
    list(LMDBPictures(path).encoded(LMDBPictures(path).names()))
    gc.collect()
    assert [file.name for file in path.iterdir()] == ["data.mdb"]
    assert (path / "data.mdb").read_bytes() == before


def test_a_cut_off_file_is_told_before_it_is_read(tmp_path):
    data = numbered(tmp_path, PICTURES, "256", 5) / "data.mdb"
    whole = data.read_bytes()
    data.write_bytes(whole[: len(whole) - 4096])
    with pytest.raises(
        ValueError, match=rf"is truncated, {len(whole) - 4096:,} of {len(whole):,} bytes: copy it again"
    ):
        LMDBPictures(tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html>Sorry", "is a web page saved under that name"),
        (b"", "data.mdb is empty"),
        (b"PK\x03\x04" * 4000, "is no LMDB that can be read"),
        (b"short", "is no LMDB that can be read"),
    ],
)
def test_what_is_no_lmdb_is_told(tmp_path, content, told):
    put(tmp_path / "data.mdb", content)
    with pytest.raises(ValueError, match=told):
        LMDBPictures(tmp_path)


def test_a_folder_without_one_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"data.mdb is missing"):
        LMDBPictures(tmp_path)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({}, "has no keys: LSUN's of 40 hexadecimal digits, or Diff-AE's like 256-00000, are read"),
        ({b"image-1": b"x"}, r"has keys like b'image-1': LSUN's"),
        ({b"256-00000": b"x"}, r"has keys like b'256-00000'"),
        ({b"256-00000": b"x", b"256-00001": b"x", b"length": b"3"}, "has 2 pictures, and states 3"),
        ({b"128-00000": b"x", b"256-00000": b"x", b"length": b"1"}, "states 1: one size of all of them would do"),
        ({b"256-00001": b"x", b"256-00002": b"x", b"length": b"2"}, "has 2 pictures, but none 256-00000"),
        ({b"256-00000": b"x", b"256-00005": b"x", b"length": b"2"}, "has 2 pictures, but none 256-00001"),
    ],
)
def test_keys_of_another_form_are_told(tmp_path, entries, told):
    with pytest.raises(ValueError, match=told):
        LMDBPictures(lmdb_of(tmp_path, entries))


def test_a_picture_that_is_not_there_is_told(tmp_path):
    entries = {b"256-00000": b"x", b"256-00002": b"x", b"256-00001x": b"x", b"length": b"3"}
    pictures = LMDBPictures(lmdb_of(tmp_path, entries))
    with pytest.raises(ValueError, match="has no picture 256-00001: copy it again"):
        list(pictures.encoded(pictures.names()))


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    path = numbered(tmp_path, PICTURES, "256", 5)
    imported = builtins.__import__

    def without(name, *rest, **more):
        if name == "lmdb":
            raise ImportError(name)
        return imported(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ValueError, match=r"which the package lmdb reads: pip install 'diffrep\[data\]'"):
        LMDBPictures(path)
