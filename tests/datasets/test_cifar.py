"""CIFAR-10 and CIFAR-100: files of the published format, and what keeps anything else from being unpickled."""

import hashlib
import io
import pickle
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from python2_pickles import python2_pickle

from diffrep.datasets import cifar
from diffrep.datasets.cifar import CIFAR10, CIFAR100
from diffrep.datasets.files.plain_pickle import plain
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SETTINGS = {"size": 32, "resampling": "bilinear", "splits": "official", "train": 0, "valid": 6, "test": 0, "seed": 0}
PER_BATCH = 8
NAMES = {
    "batches.meta": {b"label_names": [b"thing%d" % n for n in range(10)], b"num_vis": 3072},
    "meta": {
        b"fine_label_names": [b"fine%d" % n for n in range(100)],
        b"coarse_label_names": [b"coarse%d" % n for n in range(20)],
    },
}
KINDS = [(CIFAR10, "TEN", {}), (CIFAR100, "HUNDRED", {"labels": "both"})]
BOTH = pytest.mark.parametrize(("reader", "name", "more"), KINDS, ids=["10", "100"])


def content(release):
    """The files of a release, of 8 images a batch; the red, green and blue of an image tell which it is."""
    files = {}
    for number, name in enumerate([*release.train, *release.test]):
        data = np.zeros((PER_BATCH, 3, 32, 32), np.uint8)
        data[:, 0] = 10 * number
        data[:, 1] = np.arange(PER_BATCH)[:, None, None]
        data[:, 2, 0] = 255  # the uppermost row is blue
        batch = {b"data": data.reshape(PER_BATCH, -1), b"batch_label": b"one of some", b"filenames": [b"x.png"]}
        if release is cifar.TEN or len(release.train) == 5:
            batch[b"labels"] = [(number + n) % 10 for n in range(PER_BATCH)]
        else:
            batch[b"fine_labels"] = [50 * number + n for n in range(PER_BATCH)]
            batch[b"coarse_labels"] = [10 * number + n for n in range(PER_BATCH)]
        files[name] = python2_pickle(batch)
    return files | {name: python2_pickle(NAMES[name]) for name in release.names}


def published(monkeypatch, name, files, archive=b""):
    """Let the sums of `files` be the published ones."""
    release = getattr(cifar, name)
    sums = {key: hashlib.md5(value).hexdigest() for key, value in files.items()}
    parts = {part: {key: sums[key] for key in getattr(release, part)} for part in ("train", "test", "names")}
    monkeypatch.setattr(cifar, name, replace(release, md5=hashlib.md5(archive).hexdigest(), **parts))


@pytest.fixture(params=["unpacked", "the folder itself", "archive", "the archive itself"])
def place(request):
    return request.param


def put(tmp_path, monkeypatch, name, place="unpacked"):
    """Files of the published format; what `folder` is to be."""
    release = getattr(cifar, name)
    files = content(release)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for key, value in files.items():
            info = tarfile.TarInfo(f"{release.folder}/{key}")
            info.size = len(value)
            archive.addfile(info, io.BytesIO(value))
    published(monkeypatch, name, files, packed.getvalue())
    if "archive" in place:
        (tmp_path / release.archive).write_bytes(packed.getvalue())
        return str(tmp_path / release.archive if "itself" in place else tmp_path)
    (tmp_path / release.folder).mkdir()
    for key, value in files.items():
        (tmp_path / release.folder / key).write_bytes(value)
    return str(tmp_path / release.folder if "itself" in place else tmp_path)


@BOTH
def test_images_and_classes_are_those_of_the_files(tmp_path, monkeypatch, reader, name, more, place):
    source = reader(folder=put(tmp_path, monkeypatch, name, place), **SETTINGS, **more)
    rows = np.arange(len(source))
    images = source.images(rows)
    assert images.shape == (len(rows), 32, 32, 3)
    assert (images[:, 0, :, 2] == 255).all()
    assert (images[:, 1:, :, 2] == 0).all()
    batch, number = images[:, 0, 0, 0] // 10, images[:, 0, 0, 1]
    batches = 6 if name == "TEN" else 2
    assert len(set(zip(batch.tolist(), number.tolist(), strict=True))) == len(rows) == batches * PER_BATCH
    known = source.attributes(rows)
    assert known.dtype == np.uint8
    if name == "TEN":
        np.testing.assert_array_equal(known, np.eye(10)[(batch + number) % 10])
        assert source.attribute_names[:2] == ("thing0", "thing1")
    else:
        np.testing.assert_array_equal(known[:, :100], np.eye(100)[50 * batch.astype(int) + number])
        np.testing.assert_array_equal(known[:, 100:], np.eye(20)[10 * batch.astype(int) + number])
        assert source.attribute_groups == ("class",) * 100 + ("superclass",) * 20
    assert (batch[source.splits()["test"]] == batches - 1).all()
    assert (batch[np.concatenate([source.splits()["train"], source.splits()["valid"]])] < batches - 1).all()
    assert source.factors(rows) is None


@pytest.mark.parametrize(("labels", "count"), [("fine", 100), ("coarse", 20), ("both", 120)])
def test_attributes_are_classes_superclasses_or_both(tmp_path, monkeypatch, labels, count):
    source = CIFAR100(folder=put(tmp_path, monkeypatch, "HUNDRED"), **SETTINGS, labels=labels)
    assert len(source.attribute_names) == source.attributes(np.arange(3)).shape[1] == count
    assert (source.attributes(np.arange(3)).sum(1) == (2 if labels == "both" else 1)).all()


def test_drawn_splits_mix_training_and_test_images(tmp_path, monkeypatch):
    folder = put(tmp_path, monkeypatch, "TEN")
    source = CIFAR10(folder=folder, **SETTINGS | {"splits": "drawn", "train": 30, "test": 12})
    batch = source.images(np.arange(48))[:, 0, 0, 0] // 10
    assert len(set(batch[:30])) == 6
    with pytest.raises(ValueError, match="together at most the 48 of CIFAR-10"):
        CIFAR10(folder=folder, **SETTINGS | {"splits": "drawn", "train": 31, "test": 12})
    with pytest.raises(ValueError, match="train is from 0, for all, to the 34 of CIFAR-10: got 35"):
        CIFAR10(folder=folder, **SETTINGS | {"train": 35})


@BOTH
@pytest.mark.parametrize("where", ["unpacked", "archive"])
def test_other_files_are_never_unpickled(tmp_path, monkeypatch, reader, name, more, where):
    folder = put(tmp_path, monkeypatch, name, where)
    release = getattr(cifar, name)
    file = tmp_path / release.archive if where == "archive" else tmp_path / release.folder / next(iter(release.test))
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    monkeypatch.setattr(cifar, "plain", lambda *_: pytest.fail("unpickled"))
    with pytest.raises(ValueError, match=rf"{file.name} is not as published, so nothing is unpickled: md5 "):
        reader(folder=folder, **SETTINGS, **more)


def test_published_sums_are_those_of_the_real_archives(tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"\x1f\x8b any other")
    with pytest.raises(ValueError, match="not c58f30108f718f92721af3b95e74349a"):
        CIFAR10(folder=str(tmp_path), **SETTINGS)
    (tmp_path / "cifar-100-python.tar.gz").write_bytes(b"\x1f\x8b any other")
    with pytest.raises(ValueError, match="not eb9058c3a382ffc7106e4002c42a8d85"):
        CIFAR100(folder=str(tmp_path), **SETTINGS, labels="fine")


def test_a_pickle_that_names_anything_but_arrays_is_refused():
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("called",))

    for protocol in (0, 2, 5):
        with pytest.raises(ValueError, match=r"batch is no pickle of arrays \(it names .*, which is no array\)"):
            plain(pickle.dumps({b"data": Trap()}, protocol), "batch")
    with pytest.raises(ValueError, match="batch is no pickle of arrays"):
        plain(python2_pickle({b"data": b"1234"})[:-3], "batch")
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    for packed in (python2_pickle([array]), pickle.dumps([array], 3)):
        np.testing.assert_array_equal(plain(packed, "batch")[0], array)


def test_missing_pages_and_missing_batches_are_named(tmp_path, monkeypatch):
    with pytest.raises(
        FileNotFoundError, match=r"no cifar-10-python.tar.gz and no cifar-10-batches-py in .*: put CIFAR"
    ):
        CIFAR10(folder=str(tmp_path), **SETTINGS)
    folder = put(tmp_path, monkeypatch, "TEN")
    (tmp_path / "cifar-10-batches-py" / "data_batch_3").unlink()
    with pytest.raises(FileNotFoundError, match="data_batch_3 is missing"):
        CIFAR10(folder=folder, **SETTINGS)
    (tmp_path / "cifar-10-python.tar.gz").write_text("<!DOCTYPE html>")
    with pytest.raises(ValueError, match="is a web page saved under that name"):
        CIFAR10(folder=folder, **SETTINGS)


def test_other_sizes_are_made_of_the_published_ones(tmp_path, monkeypatch):
    folder = put(tmp_path, monkeypatch, "TEN")
    images = CIFAR10(folder=folder, **SETTINGS | {"size": 16, "resampling": "box"}).images(np.arange(5))
    whole = CIFAR10(folder=folder, **SETTINGS).images(np.arange(5)).astype(float)
    assert np.abs(images - whole.reshape(5, 16, 2, 16, 2, 3).mean((2, 4))).max() <= 1


def test_it_is_the_same_every_time_and_can_be_prepared(tmp_path, monkeypatch):
    folder = put(tmp_path, monkeypatch, "TEN")
    source = CIFAR10(folder=folder, **SETTINGS)
    rows = np.arange(len(source))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(source)).images(rows), source.images(rows))
    np.testing.assert_array_equal(CIFAR10(folder=folder, **SETTINGS).images(rows), source.images(rows))
    assert (CIFAR10(folder=folder, **SETTINGS | {"seed": 1}).images(rows) != source.images(rows)).any()
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").attributes, source.attributes(rows))
