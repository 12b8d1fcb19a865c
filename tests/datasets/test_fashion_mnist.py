"""Fashion-MNIST: the shipped archive, its rows, and what they are said to hold."""

import gzip
import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from diffrep.datasets.fashion_attributes import BY_CLASS, BY_PIXELS
from diffrep.datasets.fashion_mnist import CHECKSUMS, SHIPPED, FashionMNIST
from diffrep.datasets.files.idx import read_idx

SETTINGS = {"size": 32, "archive": "shipped", "train": 300, "valid": 50, "test": 100, "seed": 0}
CLOTHES = FashionMNIST(**SETTINGS)
ALL = np.arange(len(CLOTHES))
IMAGES = "t10k-images-idx3-ubyte.gz"
LABELS = "t10k-labels-idx1-ubyte.gz"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")


def test_shipped_archive_is_the_ten_thousand():
    assert read_idx(SHIPPED / IMAGES, CHECKSUMS[IMAGES]).shape == (10_000, 28, 28)
    assert np.bincount(read_idx(SHIPPED / LABELS, CHECKSUMS[LABELS])).tolist() == [1000] * 10


def test_licence_is_shipped_beside_the_archive():
    assert "Copyright (c) 2017 Zalando SE" in (SHIPPED / "LICENSE").read_text()


def test_images_are_padded_with_background():
    images = CLOTHES.images(ALL)
    assert images.shape == (450, 32, 32, 1)
    assert images[:, :2].max() == images[:, :, -2:].max() == 0
    np.testing.assert_array_equal(images[:, 2:-2, 2:-2], FashionMNIST(**SETTINGS | {"size": 28}).images(ALL))


def test_splits_share_no_row_and_leave_none():
    splits = CLOTHES.splits()
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 300, "valid": 50, "test": 100}
    np.testing.assert_array_equal(np.sort(np.concatenate(list(splits.values()))), ALL)


def test_no_photograph_is_in_two_rows():
    whole = FashionMNIST(**SETTINGS | {"train": 8000, "valid": 1000, "test": 1000})
    order = np.lexsort(whole._images.reshape(10_000, -1)[:, ::-1].T)
    archive = read_idx(SHIPPED / IMAGES, CHECKSUMS[IMAGES])
    expected = np.lexsort(archive.reshape(10_000, -1)[:, ::-1].T)
    np.testing.assert_array_equal(whole._images[order], archive[expected])


def test_seed_decides_the_rows():
    same, other = FashionMNIST(**SETTINGS), FashionMNIST(**SETTINGS | {"seed": 1})
    np.testing.assert_array_equal(CLOTHES.images(ALL), same.images(ALL))
    assert (CLOTHES.images(ALL) != other.images(ALL)).any()


def test_an_archive_of_four_files_keeps_its_own_test_images(tmp_path, monkeypatch):
    for name in (IMAGES, LABELS):
        shutil.copy(SHIPPED / name, tmp_path)
    images = np.random.default_rng(0).integers(256, size=(60, 28, 28), dtype=np.uint8)  # no clothes
    files = {"train-images-idx3-ubyte.gz": images, "train-labels-idx1-ubyte.gz": np.arange(60, dtype=np.uint8) % 10}
    for name, array in files.items():
        header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4) for size in array.shape)
        (tmp_path / name).write_bytes(gzip.compress(header + array.tobytes()))
        monkeypatch.setitem(CHECKSUMS, name, hashlib.sha256(header + array.tobytes()).hexdigest())
    whole = FashionMNIST(**SETTINGS | {"archive": str(tmp_path), "train": 40, "valid": 20, "test": 10_000})
    found = {name: whole.images(rows)[:, 2:-2, 2:-2, 0] for name, rows in whole.splits().items()}
    own = read_idx(SHIPPED / IMAGES, CHECKSUMS[IMAGES])
    assert sorted(map(bytes, found["test"])) == sorted(map(bytes, own))
    assert sorted(map(bytes, [*found["train"], *found["valid"]])) == sorted(map(bytes, images))


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
def test_full_archive_keeps_its_own_test_images():
    full = FashionMNIST(**SETTINGS | {"archive": str(DEBIAN), "train": 50_000, "valid": 10_000, "test": 10_000})
    archive = read_idx(SHIPPED / IMAGES, CHECKSUMS[IMAGES])
    drawn = full.images(full.splits()["test"])[:, 2:-2, 2:-2, 0]
    assert sorted(map(bytes, drawn)) == sorted(map(bytes, archive))


def test_there_are_no_factors():
    assert CLOTHES.factors(ALL) is None
    assert CLOTHES.factor_names == CLOTHES.factor_sizes == ()


def test_each_attribute_says_what_it_was_taken_from():
    told = dict(zip(CLOTHES.attribute_names, CLOTHES.attribute_sources, strict=True))
    assert {told[name] for name in BY_CLASS} == {"class label"}
    assert {told[name] for name in BY_PIXELS} == {"measured from pixels"}


def test_unknown_folder_is_named():
    with pytest.raises(FileNotFoundError, match="no folder 'nowhere': archive is `shipped`"):
        FashionMNIST(**SETTINGS | {"archive": "nowhere"})


def test_missing_file_is_named(tmp_path):
    shutil.copy(SHIPPED / IMAGES, tmp_path)
    with pytest.raises(FileNotFoundError, match=r"lacks t10k-labels-idx1-ubyte.gz, train-images-idx3-ubyte.gz"):
        FashionMNIST(**SETTINGS | {"archive": str(tmp_path)})


def test_more_images_than_there_are_is_refused():
    with pytest.raises(ValueError, match=r"asks for 10001 images, and .* has 10000"):
        FashionMNIST(**SETTINGS | {"train": 9851})


@pytest.mark.parametrize("size", [27, 33, 8])
def test_size_that_cannot_be_padded_is_refused(size):
    with pytest.raises(ValueError, match=f"even number from 28 on: got {size}"):
        FashionMNIST(**SETTINGS | {"size": size})


@pytest.mark.parametrize("wrong", [{"train": -1}, {"train": 0, "valid": 0, "test": 0}])
def test_impossible_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="0 or more, not all 0"):
        FashionMNIST(**SETTINGS | wrong)
