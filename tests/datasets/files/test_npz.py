"""Arrays of an .npz as a stream: the same as numpy reads, never a pickle, never more than asked for."""

import tracemalloc
import zipfile

import numpy as np
import pytest
from grid_files import damage

from diffrep.datasets.files.npz import members

IMAGES = np.random.default_rng(0).integers(0, 256, (50, 40, 40), dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    np.savez_compressed(tmp_path / "x.npz", images=IMAGES, numbers=np.arange(50) / 3)
    return tmp_path / "x.npz"


@pytest.mark.parametrize("rows", [1, 7, 50, 80])
def test_blocks_are_what_numpy_reads(path, rows):
    (images,) = members(path, "images")
    blocks = list(images.blocks(rows))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), IMAGES)
    assert [start for start, _ in blocks] == list(range(0, 50, rows))


def test_shape_and_type_are_told_without_reading(path):
    images, numbers = members(path, "images", "numbers")
    assert (images.shape, images.dtype) == ((50, 40, 40), np.uint8)
    np.testing.assert_array_equal(numbers.whole(), np.arange(50) / 3)
    with zipfile.ZipFile(path) as archive:
        assert int(images.crc32, 16) == archive.getinfo("images.npy").CRC


def test_stored_without_compression_is_read(tmp_path):
    np.savez(tmp_path / "x.npz", images=IMAGES)
    np.testing.assert_array_equal(members(tmp_path / "x.npz", "images")[0].whole(), IMAGES)


def test_only_a_block_is_in_memory(tmp_path):
    np.savez_compressed(tmp_path / "x.npz", images=np.zeros((2000, 100, 100), np.uint8))
    (images,) = members(tmp_path / "x.npz", "images")
    tracemalloc.start()
    for _, block in images.blocks(10):
        assert not block.any()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000  # of twenty


@pytest.mark.parametrize(
    ("array", "said"),
    [
        pytest.param(np.array({"a": 1}, dtype=object), "not an array of numbers", id="objects"),
        pytest.param(np.asfortranarray(IMAGES), "in C order", id="Fortran's order"),
        pytest.param(np.array(3), "not an array", id="one number"),
    ],
)
def test_other_arrays_are_refused(tmp_path, array, said):
    np.savez(tmp_path / "x.npz", allow_pickle=True, images=array)
    with pytest.raises(ValueError, match=said):
        members(tmp_path / "x.npz", "images")


def test_member_that_is_no_array_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("images.npy", b"no array at all, but words")
    with pytest.raises(ValueError, match="that is no array"):
        members(tmp_path / "x.npz", "images")


@pytest.mark.parametrize("change", [lambda content: content[:-100], lambda content: content + b"more"])
def test_array_of_another_length_than_its_header_says_is_refused(tmp_path, path, change):
    with zipfile.ZipFile(path) as archive:
        content = archive.read("images.npy")
    with zipfile.ZipFile(tmp_path / "y.npz", "w") as archive:
        archive.writestr("images.npy", change(content))
    (images,) = members(tmp_path / "y.npz", "images")
    with pytest.raises(ValueError, match="is damaged in 'images'"):
        list(images.blocks(20))


def test_damage_is_told(path):
    damage(path, "images.npy")
    (images,) = members(path, "images")
    with pytest.raises(ValueError, match="is damaged in 'images'"):
        list(images.blocks(20))
