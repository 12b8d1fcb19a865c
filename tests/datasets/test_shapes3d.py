"""3D Shapes from its published file: the grid, the attributes, the unpacked images, and files that are refused."""

import pickle
import shutil

import numpy as np
import pytest
from even import EVEN
from grid_files import WEB_PAGE, cut, distinct_images

from diffrep.datasets import shapes3d
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.shapes3d import Shapes3D
from diffrep.datasets.shapes3d_rendered import attributes_of
from diffrep.datasets.writing import write

h5py = pytest.importorskip("h5py")
SIZES = (2, 3, 2, 2, 2, 2)
COUNT = int(np.prod(SIZES))
SETTINGS = {"joint": EVEN, "train": 60, "valid": 16, "test": 20, "seed": 0}
IMAGES = distinct_images(COUNT, 64, 64, 3)
FACTORS = np.stack(np.unravel_index(np.arange(COUNT), SIZES), 1)
ALL = np.arange(COUNT)


class Few(Shapes3D):
    """The same of fewer values."""

    factor_sizes = SIZES


def labels(sizes=SIZES):
    factors = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), 1).astype(float)
    return factors * [0.1, 0.1, 0.1, 0.07, 1, 60 / 14] + [0, 0, 0, 0.75, 0, -30]


def written(path, images=IMAGES, told=None, chunks=(7, 16, 32, 3)):
    with h5py.File(path, "w") as file:
        file.create_dataset("images", data=images, chunks=chunks, compression="gzip")
        file.create_dataset("labels", data=labels() if told is None else told, chunks=(10, 2), compression="gzip")
    return path


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The file, made once."""
    return written(tmp_path_factory.mktemp("packed") / "a name that says nothing.bin")


@pytest.fixture
def path(packed, tmp_path):
    """A copy of it, to change."""
    return shutil.copy(packed, tmp_path / packed.name)


def test_every_image_has_its_factors(path):
    rooms = Few(file=str(path), **SETTINGS)
    places = np.ravel_multi_index(tuple(rooms.factors(ALL).T), SIZES)
    np.testing.assert_array_equal(np.sort(places), ALL)
    np.testing.assert_array_equal(rooms.images(ALL), IMAGES[places])
    np.testing.assert_array_equal(rooms.attributes(ALL), attributes_of(FACTORS[places]))


def test_rows_are_the_same_in_any_order_and_for_any_copy(path):
    rooms = Few(file=str(path), **SETTINGS)
    images = rooms.images(ALL)
    copy = pickle.loads(pickle.dumps(rooms))
    assert len(pickle.dumps(rooms)) < 20_000  # the memory map does not travel
    np.testing.assert_array_equal(copy.images(np.array([50, 3, 3])), images[[50, 3, 3]])
    np.testing.assert_array_equal(Few(file=str(path), **SETTINGS).images(ALL), images)
    assert (Few(file=str(path), **SETTINGS | {"seed": 1}).images(ALL) != images).any()


@pytest.mark.parametrize("most", [1, 5 * 12_288, 20 * 12_288])
def test_blocks_of_any_size_give_the_same(path, monkeypatch, most):
    monkeypatch.setattr(shapes3d, "AT_ONCE", max(most, 12_288))
    rooms = Few(file=str(path), **SETTINGS)
    np.testing.assert_array_equal(rooms.redrawn(FACTORS, FACTORS), IMAGES)


def test_unchunked_file_is_read(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["images"], file["labels"] = IMAGES, labels()
    rooms = Few(file=str(tmp_path / "x.h5"), **SETTINGS)
    np.testing.assert_array_equal(rooms.redrawn(FACTORS, FACTORS), IMAGES)


def test_redrawn_is_the_files_image_of_the_edited_factors(path):
    rooms = Few(file=str(path), **SETTINGS)
    edited = rooms.factors(ALL)
    edited[:, 1] = (edited[:, 1] + 1) % 3
    expected = IMAGES[np.ravel_multi_index(tuple(edited.T), SIZES)]
    np.testing.assert_array_equal(rooms.redrawn(edited, rooms.factors(ALL)), expected)


def test_is_written_and_says_what_it_was_made_of(path, tmp_path):
    rooms = Few(file=str(path), **SETTINGS)
    assert "not summed yet" in rooms.checksum
    write(rooms, tmp_path / "out")
    prepared = Prepared(tmp_path / "out")
    np.testing.assert_array_equal(prepared.images, rooms.images(ALL))
    assert "not the published 099a2078d58cec4daad0702c55d06868" in prepared.card["source_checksum"]


def test_published_size_is_taken_without_reading_images(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10**10})())
    sizes = Shapes3D.factor_sizes
    with h5py.File(tmp_path / "3dshapes.h5", "w") as file:  # no chunk of images is ever written: all 0
        file.create_dataset("images", (480_000, 64, 64, 3), np.uint8, chunks=(1000, 64, 64, 3), compression="gzip")
        file["labels"] = labels(sizes)
    rooms = Shapes3D(file=str(tmp_path / "3dshapes.h5"), joint=EVEN, train=100, valid=10, test=10, seed=0)
    assert rooms.factor_sizes == (10, 10, 10, 8, 4, 15)
    assert list(tmp_path.iterdir()) == [tmp_path / "3dshapes.h5"]
    with pytest.raises(ValueError, match="together at most 480,000"):
        Shapes3D(file=str(tmp_path / "3dshapes.h5"), joint=EVEN, train=480_000, valid=1, test=1, seed=0)


def shuffled():
    told = labels()
    told[[3, 4]] = told[[4, 3]]
    return told


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path: path.unlink(), "is missing", id="missing"),
        pytest.param(lambda path: path.write_bytes(WEB_PAGE), "is a web page", id="web page"),
        pytest.param(lambda path: path.write_bytes(b"PK\x03\x04" * 20), "is no hdf5 file", id="another kind"),
        pytest.param(lambda path: cut(path), "is cut off or damaged", id="half"),
        pytest.param(lambda path: written(path, IMAGES[:-1]), "has images", id="an image too few"),
        pytest.param(lambda path: written(path, told=labels()[:, :5]), "has labels", id="a column too few"),
        pytest.param(lambda path: written(path, told=shuffled()), "in another order", id="another order"),
        pytest.param(lambda path: written(path, IMAGES.astype(np.uint16)), "of uint16", id="another type"),
    ],
)
def test_another_file_is_refused(path, spoil, said):
    spoil(path)
    with pytest.raises((FileNotFoundError, ValueError), match=said) as refusal:
        Few(file=str(path), **SETTINGS)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_file_without_images_is_refused(path):
    with h5py.File(path, "w") as file:
        file["labels"] = labels()
    with pytest.raises(ValueError, match="no images"):
        Few(file=str(path), **SETTINGS)


def test_missing_library_is_named_with_its_extra(path, monkeypatch):
    monkeypatch.setattr(shapes3d, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'diffrep\[data\]'"):
        Few(file=str(path), **SETTINGS)


def test_another_file_under_the_same_name_is_unpacked_anew(path):
    Few(file=str(path), **SETTINGS).images(ALL)
    written(path, 255 - IMAGES)
    rooms = Few(file=str(path), **SETTINGS)
    np.testing.assert_array_equal(rooms.redrawn(FACTORS, FACTORS), 255 - IMAGES)


def test_a_change_in_the_middle_of_the_file_is_unpacked_anew(path, monkeypatch):
    monkeypatch.setattr(shapes3d, "END", 64)
    before = Few(file=str(path), **SETTINGS)
    before.images(ALL)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    after = Few(file=str(path), **SETTINGS)
    assert (before.packed, after.packed) == (0, COUNT)
    assert after.checksum == f"not summed yet, its content is known by {before._identity}"  # times are on no card


def test_damaged_images_are_told_and_leave_nothing_behind(path):
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = bytes(4000)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged"):
        Few(file=str(path), **SETTINGS).images(ALL)
    assert not [file for file in path.parent.iterdir() if "partial" in file.name or file.suffix == ".npy"]


def test_labels_need_not_be_alike_to_the_last_bit(tmp_path):
    noise = np.random.default_rng(0).normal(0, 1e-9, (COUNT, 6))
    rooms = Few(file=str(written(tmp_path / "x.h5", told=labels() + noise)), **SETTINGS)
    np.testing.assert_array_equal(rooms.redrawn(FACTORS, FACTORS), IMAGES)
