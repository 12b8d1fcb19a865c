"""small NORB from its six files: rows found by their factors, the left eye, splits by toy."""

import gzip
import pickle
import shutil

import numpy as np
import pytest
from grid_files import WEB_PAGE, cut, distinct_images, write_matrix
from PIL import Image

from diffrep.datasets import smallnorb
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.smallnorb import FILES, INSTANCES, SmallNORB
from diffrep.datasets.writing import write

SIZES = (5, 10, 2, 2, 2)
COUNT, HALF = 400, 200
SETTINGS = {
    "size": 96,
    "resampling": "lanczos",
    "splits": "official",
    "train": 0,
    "valid": 20,
    "test": 0,
    "seed": 0,
}
ALL = np.arange(COUNT)
FACTORS = np.stack(np.unravel_index(ALL, SIZES), 1)
PAIRS = distinct_images(COUNT, 2, 96, 96)  # of each place of the grid


class Few(SmallNORB):
    """The same of fewer values."""

    factor_sizes = SIZES
    factor_names = SmallNORB.factor_names


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The six files, made once: to compress them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("norb")
    rng = np.random.default_rng(0)
    for (_, instances), names in zip(INSTANCES.items(), np.split(np.array(list(FILES)), 2), strict=True):
        places = rng.permutation(np.flatnonzero(np.isin(FACTORS[:, 1], instances)))
        category, instance, elevation, azimuth, lighting = FACTORS[places].T.astype(np.int32)
        info = np.column_stack([instance, elevation, 2 * azimuth, lighting]).astype(np.int32)
        for name, values in zip(names, (PAIRS[places], category, info), strict=True):
            write_matrix(folder / name, values)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """A copy of them, to change."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    return tmp_path


def read(folder, **settings):
    return Few(folder=str(folder), **SETTINGS | settings)


def file(folder, part, kind):
    return folder / next(name for name in FILES if part in name and f"-{kind}." in name)


@pytest.mark.parametrize("splits", ["official", "drawn"])
def test_every_image_has_its_factors(folder, splits):
    counts = {} if splits == "official" else {"train": 180, "valid": 20, "test": 200}
    toys = read(folder, splits=splits, **counts)
    places = np.ravel_multi_index(tuple(toys.factors(ALL).T), SIZES)
    np.testing.assert_array_equal(np.sort(places), ALL)
    np.testing.assert_array_equal(toys.images(ALL), PAIRS[places][:, 0, :, :, None])
    np.testing.assert_array_equal(toys.redrawn(FACTORS, FACTORS), PAIRS[:, 0, :, :, None])


def test_published_toys_of_each_part():
    assert INSTANCES == {"training": (4, 6, 7, 8, 9), "testing": (0, 1, 2, 3, 5)}


def test_official_splits_are_by_toy(folder):
    toys = read(folder)
    splits = toys.splits()
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 180, "valid": 20, "test": 200}
    for name, instances in (("train", "training"), ("valid", "training"), ("test", "testing")):
        assert set(toys.factors(splits[name])[:, 1]) <= set(INSTANCES[instances])


def test_fewer_of_the_official_splits(folder):
    toys = read(folder, train=30, test=7)
    assert {name: len(rows) for name, rows in toys.splits().items()} == {"train": 30, "valid": 20, "test": 7}
    assert len(toys) == 57
    np.testing.assert_array_equal(toys.images(np.arange(57)), read(folder, train=30, test=7).images(np.arange(57)))
    assert (toys.factors(np.arange(57)) != read(folder, train=30, test=7, seed=1).factors(np.arange(57))).any()


def test_drawn_splits_mix_the_toys(folder):
    toys = read(folder, splits="drawn", train=180, valid=20, test=200)
    assert len(set(toys.factors(toys.splits()["train"])[:, 1])) == 10


@pytest.mark.parametrize("wrong", [{"valid": 0}, {"valid": 200}, {"train": 181}, {"test": 201}, {"train": -1}])
def test_impossible_counts_are_refused(folder, wrong):
    with pytest.raises(ValueError, match="official splits have 200 images to train and validate with and 200 to test"):
        read(folder, **wrong)


def test_attributes_are_rules_and_none_is_of_the_toy(folder):
    toys = read(folder)
    told = dict(zip(toys.attribute_names, toys.attributes(ALL).T, strict=True))
    np.testing.assert_array_equal(told["category_truck"], toys.factors(ALL)[:, 0] == 3)
    assert "instance" not in toys.attribute_groups


def test_sizes_are_pillows(folder):
    toys = read(folder, size=64, resampling="bilinear")
    resized = Image.fromarray(PAIRS[7, 0]).resize((64, 64), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(toys.redrawn(FACTORS[7:8], FACTORS[7:8])[0, :, :, 0], np.asarray(resized))
    with pytest.raises(ValueError, match="from 8 to 96 pixels"):
        read(folder, size=97)


def test_copy_and_prepared_have_the_same_rows(folder, tmp_path):
    toys = read(folder)
    images = toys.images(ALL)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(toys)).images(ALL[::-3]), images[::-3])
    write(toys, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").images, images)


def test_checksum_says_whether_the_files_are_the_published_ones(folder, monkeypatch):
    toys = read(folder)
    assert "not all of them as published" in toys.checksum
    monkeypatch.setattr(smallnorb, "FILES", dict(zip(FILES, toys._sums, strict=True)))
    assert ", as published" in read(folder).checksum


def test_all_missing_files_are_told_at_once(folder):
    file(folder, "training", "dat").unlink()
    file(folder, "testing", "cat").unlink()
    file(folder, "testing", "info").write_bytes(WEB_PAGE)
    with pytest.raises(Faults) as refusal:
        read(folder)
    assert [fault.split()[-1] for fault in refusal.value.faults[:2]] == ["missing", "missing"]
    assert "is a web page" in refusal.value.faults[2]


def rewritten(path, change):
    with gzip.open(path) as packed:
        content = packed.read()
    header = 8 + 4 * max(3, int.from_bytes(content[4:8], "little"))
    path.write_bytes(gzip.compress(change(content[:header], bytearray(content[header:]))))


def swapped(folder):
    for kind in ("dat", "cat", "info"):
        one, other = file(folder, "training", kind), file(folder, "testing", kind)
        held = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(held)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(swapped, r"has toys .*, training has \(4, 6, 7, 8, 9\)", id="train and test swapped"),
        pytest.param(lambda folder: cut(file(folder, "training", "info")), "is cut off or damaged", id="half"),
        pytest.param(
            lambda folder: rewritten(file(folder, "testing", "cat"), lambda head, body: b"\0" * 8 + head[8:] + body),
            "is not in small NORB's format",
            id="another magic number",
        ),
        pytest.param(
            lambda folder: write_matrix(file(folder, "testing", "cat"), np.zeros(HALF, np.int32)),
            "not every combination once",
            id="one category",
        ),
        pytest.param(
            lambda folder: write_matrix(file(folder, "testing", "cat"), np.full(HALF, 5, np.int32)),
            "out of their range",
            id="a sixth category",
        ),
        pytest.param(
            lambda folder: write_matrix(file(folder, "training", "info"), np.full((HALF, 3), 4, np.int32)),
            "another file",
            id="a column too few",
        ),
        pytest.param(
            lambda folder: write_matrix(file(folder, "training", "dat"), PAIRS[: HALF - 1]),
            "another file",
            id="an image too few",
        ),
        pytest.param(
            lambda folder: rewritten(
                file(folder, "testing", "info"), lambda head, body: head + body[:8] + b"\1" + body[9:]
            ),
            "odd azimuths",
            id="azimuths not halved",
        ),
    ],
)
def test_other_files_are_refused(folder, spoil, said):
    spoil(folder)
    with pytest.raises(ValueError, match=said) as refusal:
        read(folder)
    assert str(folder) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_half_of_the_images_is_told_when_they_are_read(folder):
    cut(file(folder, "testing", "dat"), 0.8)
    with pytest.raises(ValueError, match=r"testing-dat\.mat\.gz is cut off or damaged"):
        read(folder).images(ALL)


def test_published_sizes():
    assert SmallNORB.factor_sizes == (5, 10, 9, 18, 6)
    assert int(np.prod(SmallNORB.factor_sizes)) == 48_600
