"""mini-ImageNet: both layouts with fewer images, three ways of splitting, and what can be wrong."""

import pickle

import numpy as np
import pytest
from PIL import Image

from diffrep.datasets import mini_imagenet
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.mini_imagenet import MiniImageNet
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SETTINGS = {"size": 84, "resampling": "box", "splits": "few_shot", "train": 0, "valid": 0, "test": 0, "seed": 0}
CLASSES = {"train": ["n03", "n01", "n05"], "val": ["n02"], "test": ["n06", "n04"]}
ALL = sorted(name for names in CLASSES.values() for name in names)


@pytest.fixture(autouse=True)
def _fewer(monkeypatch):
    monkeypatch.setattr(mini_imagenet, "TABLES", {part: len(names) for part, names in CLASSES.items()})
    monkeypatch.setattr(mini_imagenet, "EACH", 6)
    monkeypatch.setattr(mini_imagenet, "LEARNT", 4)


def drawn(path, name, number):
    """Red tells the class, green which image of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (84, 84), (20 + 30 * ALL.index(name), 20 + 30 * number, 0)).save(path, quality=95)


def put_tables(folder, *, nested=False, split=False):
    for part, names in CLASSES.items():
        lines = ["filename,label"]
        for name in names:
            for number in range(6):
                file = f"{name}000000{number}.jpg"
                drawn(folder / "images" / (name if nested else "") / file, name, number)
                lines.append(f"{file},{name}")
        base = folder / "split" if split else folder
        base.mkdir(exist_ok=True)
        (base / f"{part}.csv").write_text("\n".join(lines) + "\n")
    return str(folder)


def put_folders(folder):
    for name in ALL:
        for number in range(6):
            part = "test" if number in (1, 3) else "train"  # not the last two, so that the folders decide
            drawn(folder / part / name / f"{name}_{number}.JPEG", name, number)
    return str(folder)


def told(source, rows):
    """The class and the number of images, from their pixels."""
    pixel = source.images(rows)[:, 40, 40].astype(float)
    return np.rint((pixel[:, 0] - 20) / 30).astype(int), np.rint((pixel[:, 1] - 20) / 30).astype(int)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("split", [False, True])
def test_lists_decide_the_few_shot_splits(tmp_path, nested, split):
    source = MiniImageNet(folder=put_tables(tmp_path, nested=nested, split=split), **SETTINGS)
    assert {name: len(rows) for name, rows in source.splits().items()} == {"train": 18, "valid": 6, "test": 12}
    rows = np.arange(36)
    label, number = told(source, rows)
    assert len(set(zip(label.tolist(), number.tolist(), strict=True))) == 36
    np.testing.assert_array_equal(source.attributes(rows), np.eye(6)[label])
    assert source.attribute_names == tuple(ALL)
    for name, part in (("train", "train"), ("valid", "val"), ("test", "test")):
        assert {ALL[n] for n in label[source.splits()[name]]} == set(CLASSES[part])


@pytest.mark.parametrize(("put", "test"), [(put_tables, {4, 5}), (put_folders, {1, 3})])
def test_of_each_class_some_train_and_some_test(tmp_path, put, test):
    source = MiniImageNet(folder=put(tmp_path), **SETTINGS | {"splits": "per_class", "valid": 5})
    splits = source.splits()
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 19, "valid": 5, "test": 12}
    label, number = told(source, np.arange(36))
    assert set(number[splits["test"]]) == test
    assert (np.bincount(label[splits["test"]]) == 2).all()
    assert not set(number[splits["train"]]) & test
    np.testing.assert_array_equal(source.attributes(np.arange(36)), np.eye(6)[label])


def test_the_seed_does_not_move_images_between_training_and_test(tmp_path):
    folder = put_tables(tmp_path)
    for seed in range(3):
        source = MiniImageNet(folder=folder, **SETTINGS | {"splits": "per_class", "valid": 5, "seed": seed})
        assert set(told(source, source.splits()["test"])[1]) == {4, 5}


def test_drawn_splits_mix_all(tmp_path):
    counts = {"splits": "drawn", "train": 20, "valid": 6, "test": 10}
    for folder in (put_tables(tmp_path / "a"), put_folders(tmp_path / "b")):
        source = MiniImageNet(folder=folder, **SETTINGS | counts)
        assert len(set(source._paths)) == 36
        assert set(told(source, source.splits()["train"])[0]) == set(range(6))


def test_folders_say_nothing_of_few_shot_splits(tmp_path):
    with pytest.raises(ValueError, match=r"has no train.csv, val.csv and test.csv, which say what is few_shot"):
        MiniImageNet(folder=put_folders(tmp_path), **SETTINGS)


@pytest.mark.parametrize(
    ("break_it", "match"),
    [
        (lambda place: (place / "images" / "n040000003.jpg").unlink(), r"test.csv: there is no n040000003.jpg in"),
        (lambda place: shorten(place / "train.csv", 6), r"train.csv has 2 classes, the list of .* has 3"),
        (lambda place: shorten(place / "val.csv", 1), r"class n02 has 5 images, not 6"),
        (lambda place: (place / "images" / "n040000003.jpg").write_text("<html>"), r"n040000003.jpg is a web page"),
    ],
)
def test_what_is_missing_from_the_lists_is_named(tmp_path, break_it, match):
    folder = put_tables(tmp_path)
    break_it(tmp_path)
    with pytest.raises(Faults, match=match):
        MiniImageNet(folder=folder, **SETTINGS)


def shorten(path, lines):
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-lines]))


def test_other_tables_and_folders_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no images/ with train.csv, and no train/ and test/ in"):
        MiniImageNet(folder=str(tmp_path), **SETTINGS)
    folder = put_tables(tmp_path / "a")
    path = tmp_path / "a" / "val.csv"
    path.write_text(path.read_text().replace("label", "wnid"))
    with pytest.raises(ValueError, match="has no column 'label': it is filename,label"):
        MiniImageNet(folder=folder, **SETTINGS)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"val.csv is missing"):
        MiniImageNet(folder=folder, **SETTINGS)
    folder = put_folders(tmp_path / "b")
    (tmp_path / "b" / "train" / "n02" / "n02_4.JPEG").unlink()
    with pytest.raises(Faults, match=r"train: class n02 has 3 images, not 4"):
        MiniImageNet(folder=folder, **SETTINGS | {"splits": "per_class", "valid": 5})


def test_published_numbers_are_those_of_the_lists(monkeypatch):
    monkeypatch.undo()
    assert mini_imagenet.TABLES == {"train": 64, "val": 16, "test": 20}
    assert (mini_imagenet.EACH, mini_imagenet.LEARNT) == (600, 500)


def test_it_is_the_same_every_time_and_can_be_prepared(tmp_path):
    source = MiniImageNet(folder=put_tables(tmp_path), **SETTINGS | {"size": 21})
    rows = np.arange(36)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(source)).images(rows), source.images(rows))
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").attributes, source.attributes(rows))
