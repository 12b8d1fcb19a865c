"""Tiny ImageNet: the published layout with fewer images, and what can be wrong with it."""

import pickle

import numpy as np
import pytest
from PIL import Image

from diffrep.datasets import tiny_imagenet
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.tiny_imagenet import TinyImageNet
from diffrep.datasets.writing import write

SETTINGS = {"size": 64, "resampling": "box", "splits": "official", "train": 0, "valid": 4, "test": 0, "seed": 0}
WNIDS = ["n02", "n10", "n01", "n33"]  # not in their order
WORDS = {"n01": "crane, bird", "n02": "goldfish, Carassius auratus", "n10": "crane", "n33": "lens cap"}


@pytest.fixture(autouse=True)
def _fewer(monkeypatch):
    for name, value in {"CLASSES": 4, "TRAIN": 5, "VALID": 3}.items():
        monkeypatch.setattr(tiny_imagenet, name, value)


def put(folder):
    """The grey of a training image is 40 and 40 more for each class in `sorted` order; of val 20 more than that."""
    place = folder / "tiny-imagenet-200"
    (place / "val" / "images").mkdir(parents=True)
    (place / "test" / "images").mkdir(parents=True)
    number = 0
    lines = []
    for name in WNIDS:
        level = 40 + 40 * sorted(WNIDS).index(name)
        (place / "train" / name / "images").mkdir(parents=True)
        for n in range(5):
            mode = "L" if n == 0 else "RGB"
            picture = Image.new("RGB", (64, 64), (level, level, level)).convert(mode)
            picture.save(place / "train" / name / "images" / f"{name}_{n}.JPEG")
        (place / "train" / name / f"{name}_boxes.txt").write_text(f"{name}_0.JPEG\t0\t0\t62\t62\n")
    for n in range(3):
        for name in WNIDS:
            level = 60 + 40 * sorted(WNIDS).index(name)
            Image.new("RGB", (64, 64), (level, level, level)).save(place / "val" / "images" / f"val_{number}.JPEG")
            lines.append(f"val_{number}.JPEG\t{name}\t0\t32\t44\t{n}\n")
            number += 1
    (place / "val" / "val_annotations.txt").write_text("".join(lines[::-1]))
    (place / "wnids.txt").write_text("\n".join(WNIDS))
    (place / "words.txt").write_text("".join(f"{key}\t{value}\n" for key, value in WORDS.items()) + "n99\tother\n")
    return place


@pytest.mark.parametrize("itself", [False, True])
def test_images_classes_and_splits_are_those_of_the_files(tmp_path, itself):
    place = put(tmp_path)
    source = TinyImageNet(folder=str(place if itself else tmp_path), **SETTINGS)
    rows = np.arange(len(source))
    images = source.images(rows)
    assert images.shape == (32, 64, 64, 3)
    assert {name: len(part) for name, part in source.splits().items()} == {"train": 16, "valid": 4, "test": 12}
    level = images[:, 30, 30, 1].astype(int) - np.where(rows < 20, 40, 60)
    assert np.abs(level - 40 * source.attributes(rows).argmax(1)).max() <= 2
    assert (source.attributes(rows).sum(1) == 1).all()
    assert source.attribute_names == ("crane n01", "goldfish", "crane n10", "lens cap")
    assert source.factors(rows) is None


def test_without_words_names_are_numbers(tmp_path):
    (put(tmp_path) / "words.txt").unlink()
    assert TinyImageNet(folder=str(tmp_path), **SETTINGS).attribute_names == ("n01", "n02", "n10", "n33")


def test_drawn_splits_mix_both_parts(tmp_path):
    put(tmp_path)
    source = TinyImageNet(folder=str(tmp_path), **SETTINGS | {"splits": "drawn", "train": 20, "valid": 4, "test": 8})
    assert {path.partition("/")[0] for path in source._paths[:20]} == {"train", "val"}
    assert len(set(source._paths)) == 32


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda place: (place / "train/n10/images/n10_2.JPEG").unlink(), r"n10/images has 4 images \*.JPEG, not 5"),
        (lambda place: (place / "val/images/val_3.JPEG").unlink(), r"line 9: there is no val_3.JPEG in"),
        (
            lambda place: append(place, "val_0.JPEG\tn02\t1\t1\t1\t1"),
            r"line 13: 'val_0.JPEG.*is no image and its",
        ),
        (lambda place: append(place, "val_9.JPEG n02"), r"line 13: 'val_9.JPEG n02' is no image and its class"),
        (lambda place: append(place, "x.JPEG\tn77\t0"), r"line 13: .*is no image and its class"),
        (lambda place: cut(place), r"val_0.JPEG has no line in"),
        (lambda place: (place / "train/n10/images/n10_2.JPEG").write_text("<html>"), r"n10_2.JPEG is a web page"),
        (lambda place: (place / "val/images/val_1.JPEG").write_bytes(b"no picture"), r"val_1.JPEG is no JPEG file"),
        (lambda place: fewer(place), r"val_annotations.txt has 11 images, not 12: unpack it again"),
    ],
)
def test_what_is_missing_or_wrong_is_named(tmp_path, break_it, told):
    break_it(put(tmp_path))
    with pytest.raises(Faults, match=told):
        TinyImageNet(folder=str(tmp_path), **SETTINGS)


def append(place, line):
    path = place / "val" / "val_annotations.txt"
    path.write_text(path.read_text() + line + "\n")


def cut(place):
    path = place / "val" / "val_annotations.txt"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def fewer(place):
    cut(place)
    (place / "val" / "images" / "val_0.JPEG").unlink()


def test_what_is_no_such_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no train and val in .*: folder is tiny-imagenet-200, unpacked"):
        TinyImageNet(folder=str(tmp_path), **SETTINGS)
    place = put(tmp_path)
    (place / "val" / "val_annotations.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"val_annotations.txt is missing"):
        TinyImageNet(folder=str(tmp_path), **SETTINGS)
    (place / "train" / "n99").mkdir()
    with pytest.raises(ValueError, match="has 5 classes, tiny-imagenet-200 has 4: unpack it again"):
        TinyImageNet(folder=str(tmp_path), **SETTINGS)


def test_half_a_picture_is_told_on_reading(tmp_path):
    path = put(tmp_path) / "train" / "n10" / "images" / "n10_2.JPEG"
    path.write_bytes(path.read_bytes()[:300])
    source = TinyImageNet(folder=str(tmp_path), **SETTINGS)
    with pytest.raises(Faults, match=r"n10_2.JPEG is a damaged picture"):
        source.images(np.arange(32))


def test_published_numbers_are_those_of_the_archive(tmp_path, monkeypatch):
    monkeypatch.undo()
    assert (tiny_imagenet.CLASSES, tiny_imagenet.TRAIN, tiny_imagenet.VALID) == (200, 500, 50)


def test_it_is_the_same_every_time_and_can_be_prepared(tmp_path):
    put(tmp_path)
    source = TinyImageNet(folder=str(tmp_path), **SETTINGS | {"size": 16})
    rows = np.arange(32)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(source)).images(rows), source.images(rows))
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").attributes, source.attributes(rows))
