"""MedMNIST: files of the published format, known by what is inside, with one label or several."""

import hashlib
import pickle

import numpy as np
import pytest

from diffrep.datasets import medmnist
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.medmnist import MedMNIST
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.readers.medmnist_releases import RELEASES, MedRelease
from diffrep.datasets.writing import write

SETTINGS = {"size": 28, "resampling": "box", "splits": "official", "train": 0, "valid": 0, "test": 0, "seed": 0}
COUNTS = {"train": 30, "val": 12, "test": 18}
DRAWN = np.random.default_rng(0)
IMAGES = DRAWN.integers(0, 256, (60, 28, 28, 3), dtype=np.uint8)
CLASSES = DRAWN.permutation(np.arange(60) % 4)[:, None].astype(np.uint8)
LABELS = DRAWN.integers(0, 2, (60, 5)).astype(np.int64)


def arrays(images=IMAGES, labels=CLASSES):
    ends = np.cumsum(list(COUNTS.values()))
    parts = {name: slice(end - COUNTS[name], end) for name, end in zip(COUNTS, ends, strict=True)}
    of_images = {f"{name}_images": images[part] for name, part in parts.items()}
    return of_images | {f"{name}_labels": labels[part] for name, part in parts.items()}


def put(folder, save=np.savez_compressed, **given):
    path = folder / f"{len(list(folder.iterdir()))}.npz"
    save(path, **(given or arrays()))
    return str(path)


def places(images):
    known = {image.tobytes(): place for place, image in enumerate(IMAGES)}
    return np.array([known[image.tobytes()] for image in images])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["plain", "compressed"])
def test_images_classes_and_splits_are_those_of_the_file(tmp_path, save):
    source = MedMNIST(file=put(tmp_path, save), **SETTINGS)
    rows = np.arange(60)
    place = places(source.images(rows))
    assert sorted(place) == list(range(60))
    np.testing.assert_array_equal(source.attributes(rows), np.eye(4)[CLASSES[place, 0]])
    assert source.attribute_groups == ("class",) * 4
    found = {name: sorted(place[part]) for name, part in source.splits().items()}
    assert found == {"train": list(range(30)), "valid": list(range(30, 42)), "test": list(range(42, 60))}
    np.testing.assert_array_equal(source.images(rows[::-7]), source.images(rows)[::-7])


def test_several_labels_are_attributes_as_they_are(tmp_path):
    source = MedMNIST(file=put(tmp_path, **arrays(labels=LABELS)), **SETTINGS)
    rows = np.arange(60)
    np.testing.assert_array_equal(source.attributes(rows), LABELS[places(source.images(rows))])
    assert source.attribute_groups == ("label",) * 5


def test_grey_images_have_one_channel(tmp_path):
    source = MedMNIST(file=put(tmp_path, **arrays(images=IMAGES[..., 0])), **SETTINGS)
    assert source.image_shape == (1, 28, 28)
    assert source.images(np.arange(3)).shape == (3, 28, 28, 1)


def test_a_data_set_is_known_by_its_numbers_of_images(tmp_path, monkeypatch):
    file = put(tmp_path)
    source = MedMNIST(file=file, **SETTINGS)
    assert source.source.startswith("a data set in MedMNIST's format, 60 images of 28 pixels")
    assert source.attribute_names == ("0", "1", "2", "3")
    assert source.checksum.endswith("not that published for 28 pixels")
    with open(file, "rb") as opened:
        md5 = hashlib.md5(opened.read()).hexdigest()
    monkeypatch.setitem(RELEASES, "OwnMNIST", MedRelease((30, 12, 18), 3, md5, ("a", "b", "c", "d")))
    source = MedMNIST(file=file, **SETTINGS)
    assert source.source.startswith("OwnMNIST, 60 images")
    assert source.attribute_names == ("a", "b", "c", "d")
    assert source.checksum == f"md5 {md5}, as published"
    monkeypatch.setattr(medmnist, "SUMMED", 10)
    assert MedMNIST(file=file, **SETTINGS).checksum.startswith("none taken of so large a file")


def test_published_releases_are_unlike():
    sums = [release.md5 for release in RELEASES.values() if release.md5]
    assert len(sums) == len(set(sums)) == 12
    assert len({release.counts for release in RELEASES.values()}) == len(RELEASES) == 15
    assert sum(RELEASES["BloodMNIST"].counts) == 17_092
    assert sum(RELEASES["ChestMNIST"].counts) == 112_120
    assert all(len(word) <= 64 for release in RELEASES.values() for word in release.classes)


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ((34581, 6491, 17778), "OrganAMNIST, version 2"),
        ((34561, 6491, 17778), "OrganAMNIST, version 3"),
        ((12975, 2392, 8216), "OrganCMNIST, version 3"),
        ((13932, 2452, 8827), "OrganSMNIST, version 3"),
    ],
)
def test_versions_of_the_organs_are_told_apart_by_their_numbers(tmp_path, counts, title):
    of_images, of_labels = (
        {f"{part}_{what}": np.zeros((n, *rest), np.uint8) for part, n in zip(COUNTS, counts, strict=True)}
        for what, rest in (("images", (2, 2)), ("labels", (1,)))
    )
    for labels in of_labels.values():
        labels[:] = np.arange(len(labels))[:, None] % 11
    source = MedMNIST(file=put(tmp_path, **of_images | of_labels), **SETTINGS)
    assert source.source.startswith(f"{title}, {sum(counts):,} images")
    assert source.attribute_names[0] == "bladder"
    assert source.checksum.endswith("not that published for 28 pixels" if "2" in title else "compare with is known")


def test_drawn_splits_and_too_many_images(tmp_path):
    file = put(tmp_path)
    source = MedMNIST(file=file, **SETTINGS | {"splits": "drawn", "train": 40, "valid": 10, "test": 10})
    assert len(source) == 60
    assert (places(source.images(source.splits()["train"])) >= 30).any()
    with pytest.raises(ValueError, match="valid is from 0, for all, to the 12 of MedMNIST: got 13"):
        MedMNIST(file=file, **SETTINGS | {"valid": 13})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"val_images": IMAGES[:12].astype(float)}, r"'val_images' in .* has float64 \[12, 28, 28, 3\], not bytes"),
        ({"val_images": IMAGES[:12, :20, :20]}, r"has images \[20, 20, 3\], the training images are \[28, 28, 3\]"),
        ({"val_images": IMAGES[:12, :20]}, "not bytes"),
        ({"train_images": np.zeros((30, 28, 28, 28), np.uint8)}, "it is of three dimensions, the flat ones would do"),
        ({"test_labels": CLASSES[:17]}, r"has labels \[17, 1\] uint8: whole numbers \[18, k\] would do"),
        ({"test_labels": CLASSES[:18, 0]}, r"has labels \[18\] uint8"),
        ({"test_labels": CLASSES[:18] / 2}, "float64: whole numbers"),
        ({"test_labels": LABELS[:18]}, r"classes \[n, 1\], or 0 and 1 \[n, k\]"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, wrong, told):
    with pytest.raises(Faults, match=told):
        MedMNIST(file=put(tmp_path, **arrays() | wrong), **SETTINGS)


def test_what_is_no_such_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"x.npz is missing"):
        MedMNIST(file=str(tmp_path / "x.npz"), **SETTINGS)
    with pytest.raises(Faults, match="has no 'train_images', and is no MedMNIST"):
        MedMNIST(file=put(tmp_path, images=IMAGES), **SETTINGS)
    (tmp_path / "x.npz").write_text("<!DOCTYPE html>")
    with pytest.raises(ValueError, match="is a web page"):
        MedMNIST(file=str(tmp_path / "x.npz"), **SETTINGS)
    with open(put(tmp_path), "rb") as file:
        (tmp_path / "x.npz").write_bytes(file.read()[:-300])
    with pytest.raises(ValueError, match="is no sound npz file"):
        MedMNIST(file=str(tmp_path / "x.npz"), **SETTINGS)
    np.savez(tmp_path / "x.npz", allow_pickle=True, **arrays() | {"val_labels": np.array([{}] * 12, dtype=object)})
    with pytest.raises(ValueError, match="holds Python objects, which are never unpickled"):
        MedMNIST(file=str(tmp_path / "x.npz"), **SETTINGS)


def test_other_sizes_are_made_of_the_published_ones(tmp_path):
    file = put(tmp_path)
    images = MedMNIST(file=file, **SETTINGS | {"size": 14}).images(np.arange(9))
    whole = MedMNIST(file=file, **SETTINGS).images(np.arange(9)).reshape(9, 14, 2, 14, 2, 3).mean((2, 4))
    assert np.abs(images - whole).max() <= 1


def test_it_is_the_same_every_time_and_can_be_prepared(tmp_path):
    source = MedMNIST(file=put(tmp_path), **SETTINGS)
    rows = np.arange(60)
    first = source.images(rows)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(source)).images(rows), first)
    assert len(pickle.dumps(source)) < IMAGES.nbytes / 10
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").images, first)
