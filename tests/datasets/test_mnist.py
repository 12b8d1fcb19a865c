"""MNIST and its kin: IDX files of the published layout, gzipped or not, and all that can be wrong with a folder."""

import gzip
import hashlib
import pickle
import shutil

import numpy as np
import pytest
from idx_writer import idx_bytes, write_idx

from diffrep.datasets import mnist
from diffrep.datasets.fashion_mnist import SHIPPED
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.files.idx import idx_array
from diffrep.datasets.mnist import MNIST
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SETTINGS = {"transposed": False, "size": 28, "splits": "official", "train": 0, "valid": 10, "test": 0, "seed": 0}
TRAIN, TEST = 40, 20
DRAWN = np.random.default_rng(0)
IMAGES = DRAWN.integers(0, 256, (TRAIN + TEST, 28, 28), dtype=np.uint8)
LABELS = np.arange(TRAIN + TEST, dtype=np.uint8) % 10


def put(folder, *, end=".gz", start="", test="t10k", labels=LABELS, images=IMAGES):
    write_idx(folder / f"{start}train-images-idx3-ubyte{end}", images[:TRAIN])
    write_idx(folder / f"{start}train-labels-idx1-ubyte{end}", labels[:TRAIN])
    write_idx(folder / f"{start}{test}-images-idx3-ubyte{end}", images[TRAIN:])
    write_idx(folder / f"{start}{test}-labels-idx1-ubyte{end}", labels[TRAIN:])
    return str(folder)


def places(images):
    known = {image.tobytes(): place for place, image in enumerate(IMAGES)}
    return np.array([known[np.ascontiguousarray(image).tobytes()] for image in images[..., 0]])


@pytest.mark.parametrize("end", [".gz", ""])
@pytest.mark.parametrize(("start", "test"), [("", "t10k"), ("emnist-balanced-", "test")])
def test_images_classes_and_splits_are_those_of_the_files(tmp_path, end, start, test):
    source = MNIST(folder=put(tmp_path, end=end, start=start, test=test), **SETTINGS)
    rows = np.arange(len(source))
    place = places(source.images(rows))
    assert sorted(place) == list(range(60))
    np.testing.assert_array_equal(source.attributes(rows), np.eye(10)[place % 10])
    assert source.attribute_names == tuple("0123456789")
    assert (place[source.splits()["test"]] >= TRAIN).all()
    assert {name: len(rows) for name, rows in source.splits().items()} == {"train": 30, "valid": 10, "test": 20}
    assert source.factors(rows) is None


def test_names_with_a_point_are_read_and_of_two_copies_one(tmp_path):
    put(tmp_path)
    put(tmp_path, end="")
    for name in ("train-images", "t10k-images"):
        (tmp_path / f"{name}-idx3-ubyte.gz").unlink()
        (tmp_path / f"{name}-idx3-ubyte").rename(tmp_path / f"{name}.idx3-ubyte")
    assert len(MNIST(folder=str(tmp_path), **SETTINGS)) == 60


def test_labels_need_not_begin_at_nought_and_may_have_words(tmp_path):
    source = MNIST(folder=put(tmp_path, labels=LABELS % 3 + 5), **SETTINGS, class_names=("e", "f", "g"))
    rows = np.arange(60)
    np.testing.assert_array_equal(source.attributes(rows), np.eye(3)[places(source.images(rows)) % 10 % 3])
    assert source.attribute_names == ("e", "f", "g")
    with pytest.raises(ValueError, match="class_names has 2 words for the 3 classes of IDX files: one each"):
        MNIST(folder=str(tmp_path), **SETTINGS, class_names=("e", "f"))


def test_rows_and_columns_are_exchanged_where_told(tmp_path):
    folder = put(tmp_path)
    images = MNIST(folder=folder, **SETTINGS | {"transposed": True}).images(np.arange(60))
    np.testing.assert_array_equal(images.transpose(0, 2, 1, 3), MNIST(folder=folder, **SETTINGS).images(np.arange(60)))


def test_images_are_padded_with_background(tmp_path):
    images = MNIST(folder=put(tmp_path), **SETTINGS | {"size": 32}).images(np.arange(60))
    assert images[:, :2].max() == images[:, -2:].max() == images[:, :, :2].max() == 0
    np.testing.assert_array_equal(images[:, 2:-2, 2:-2], MNIST(folder=str(tmp_path), **SETTINGS).images(np.arange(60)))
    for size in (27, 29, 14):
        with pytest.raises(ValueError, match=f"size is 28, or an even number of pixels more: got {size}"):
            MNIST(folder=str(tmp_path), **SETTINGS | {"size": size})


def test_a_release_is_known_by_its_sum_not_by_its_name(tmp_path, monkeypatch):
    folder = put(tmp_path)
    source = MNIST(folder=folder, **SETTINGS)
    assert "IDX files" in source.source
    assert source.licence.startswith("not known")
    md5 = hashlib.md5((tmp_path / "train-images-idx3-ubyte.gz").read_bytes()).hexdigest()
    words = tuple("abcdefghij")
    monkeypatch.setitem(mnist.RELEASES, md5, ("Kana", words, "CC BY"))
    source = MNIST(folder=folder, **SETTINGS)
    assert source.attribute_names == words
    assert (source.source, source.licence) == ("Kana, 10 classes, official splits", "CC BY")
    assert md5 in source.checksum


def test_shipped_files_are_read_as_another_reader_reads_them(tmp_path):
    for part in ("train", "t10k"):
        for what in ("images-idx3", "labels-idx1"):
            shutil.copy(SHIPPED / f"t10k-{what}-ubyte.gz", tmp_path / f"{part}-{what}-ubyte.gz")
    source = MNIST(folder=str(tmp_path), **SETTINGS)
    raw = gzip.decompress((SHIPPED / "t10k-images-idx3-ubyte.gz").read_bytes())[16:]
    known = {raw[784 * n : 784 * (n + 1)] for n in range(10_000)}
    assert {bytes(image) for image in source.images(source.splits()["test"])} == known


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("name", ["x.gz", "x"])
def test_every_type_of_number_is_read(tmp_path, kind, name):
    array = (np.arange(24).reshape(2, 3, 4) * 5 - 20 * (kind != "uint8")).astype(kind)
    write_idx(tmp_path / name, array)
    found = idx_array(tmp_path / name)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"<html>", "is a web page"),
        (gzip.compress(b"\n<html>", mtime=0), "does not hold|is no IDX file"),
        (bytes([0, 0, 7, 1, 0, 0, 0, 1, 9]), "is no IDX file"),
        (bytes([0, 0, 8, 3, 0, 0]), "is no IDX file|does not hold"),
        (bytes([0, 0, 8, 0]), "is no IDX file"),
        (bytes([0, 0]), "is no IDX file"),
        (idx_bytes(LABELS)[:-1], "does not hold the 60 bytes"),
        (idx_bytes(LABELS) + b"1", "does not hold the 60 bytes"),
        (idx_bytes(np.zeros(9, np.int32))[:-4], "does not hold the 36 bytes"),
        (gzip.compress(idx_bytes(LABELS), mtime=0)[:-9], "is truncated"),
    ],
)
def test_what_is_no_idx_file_is_named(tmp_path, content, told):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match=told):
        idx_array(tmp_path / "x")


def test_missing_and_doubtful_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder 'nowhere': folder is where the four files"):
        MNIST(folder="nowhere", **SETTINGS)
    put(tmp_path)
    put(tmp_path, start="emnist-letters-")
    with pytest.raises(Faults, match=r"emnist-letters-train-images-idx3-ubyte.gz and train-images-idx3-ubyte.gz"):
        MNIST(folder=str(tmp_path), **SETTINGS)
    for path in tmp_path.glob("*train-*"):
        path.unlink()
    with pytest.raises(FileNotFoundError, match=r"no train-images-idx3-ubyte.gz; .*no train-labels-idx1-ubyte.gz"):
        MNIST(folder=str(tmp_path), **SETTINGS)


def test_images_without_label_and_other_shapes_are_named(tmp_path):
    put(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", LABELS[:39])
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", IMAGES[TRAIN:, :20])
    with pytest.raises(Faults) as error:
        MNIST(folder=str(tmp_path), **SETTINGS)
    assert "has 39 labels for 40 images" in error.value.faults[0]
    assert "has uint8 20 x 20 x 28: squares of bytes" in error.value.faults[1]
    put(tmp_path)
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", IMAGES[TRAIN:, :20, :20])
    with pytest.raises(Faults, match="images of different sizes"):
        MNIST(folder=str(tmp_path), **SETTINGS)


def test_it_is_the_same_every_time_and_can_be_prepared(tmp_path):
    source = MNIST(folder=put(tmp_path), **SETTINGS)
    rows = np.arange(60)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(source)).images(rows), source.images(rows))
    assert (MNIST(folder=str(tmp_path), **SETTINGS | {"seed": 1}).images(rows) != source.images(rows)).any()
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").attributes, source.attributes(rows))
