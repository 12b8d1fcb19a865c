"""Cars3D from a folder or from its archive: the order of its list, sizes, and the labels of one published loader."""

import os
import pickle
import shutil

import numpy as np
import pytest
import scipy.io
from even import EVEN
from grid_files import WEB_PAGE, cut, distinct_images, packed_cars, write_cars, write_mesh
from PIL import Image

from diffrep.datasets.cars3d import Cars3D
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SIZES = (2, 5, 3)  # elevation, azimuth, object
COUNT = int(np.prod(SIZES))
NAMES = ["car_002_mesh", "car_000_mesh", "car_001_mesh"]  # the list's order is not the alphabet's
MESHES = distinct_images(3, 128, 128, 3, 5, 2)
SETTINGS = {
    "size": 128,
    "labels": "true",
    "joint": EVEN,
    "train": 12,
    "valid": 6,
    "test": 12,
    "seed": 0,
}
ALL = np.arange(COUNT)
FACTORS = np.stack(np.unravel_index(ALL, SIZES), 1)
GRID = np.stack([MESHES[obj, :, :, :, azimuth, elevation] for elevation, azimuth, obj in FACTORS])


class Few(Cars3D):
    """The same of fewer values."""

    factor_sizes = SIZES


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The files, made once."""
    return write_cars(tmp_path_factory.mktemp("written") / "data" / "cars", NAMES, MESHES)


@pytest.fixture
def folder(written, tmp_path):
    """A copy of them, to change."""
    return shutil.copytree(written, tmp_path / "data" / "cars")


def read(folder, **settings):
    return Few(folder=str(folder), **SETTINGS | settings)


@pytest.mark.parametrize("above", [0, 1, 2])
def test_every_image_has_its_factors_wherever_the_folder_is_named(folder, above):
    cars = read([folder, *folder.parents][above])
    places = np.ravel_multi_index(tuple(cars.factors(ALL).T), SIZES)
    np.testing.assert_array_equal(np.sort(places), ALL)
    np.testing.assert_array_equal(cars.images(ALL), GRID[places])
    np.testing.assert_array_equal(cars.redrawn(FACTORS, FACTORS), GRID)


@pytest.mark.parametrize("last", [False, True], ids=["list first", "list last"])
def test_archive_holds_the_same_in_any_order(folder, tmp_path, last):
    order = ["list.txt", *sorted(f"{name}.mat" for name in NAMES)]
    packed = packed_cars(folder, tmp_path / "x.bin", order[::-1] if last else order)
    np.testing.assert_array_equal(read(packed).redrawn(FACTORS, FACTORS), GRID)


def test_archive_says_whether_it_is_the_published_one(folder, tmp_path):
    cars = read(packed_cars(folder, tmp_path / "x.tar.gz", ["list.txt", *(f"{name}.mat" for name in NAMES)]))
    assert cars.checksum.startswith("not summed yet")
    cars.images(ALL[:1])
    assert "not the published 4e866a7919c1beedf53964e6f7a23686" in cars.checksum
    assert read(folder).checksum.startswith("none stated for files by themselves")


def test_a_file_that_has_changed_is_unpacked_anew(folder):
    read(folder).images(ALL[:1])
    assert read(folder).packed == 0
    mesh = next(folder.glob("*.mat"))
    os.utime(mesh, ns=(0, mesh.stat().st_mtime_ns + 1000))
    assert read(folder).packed == COUNT


def test_files_that_the_list_does_not_name_are_left_alone(folder):
    write_mesh(folder / "car_999_mesh.mat", MESHES[0])
    np.testing.assert_array_equal(read(folder).redrawn(FACTORS, FACTORS), GRID)


def test_sizes_are_those_of_the_published_thumbnail(folder):
    small = read(folder, size=64).redrawn(FACTORS, FACTORS)
    for image, full in zip(small, GRID, strict=True):
        thumbnail = Image.fromarray(full)
        thumbnail.thumbnail((64, 64), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(image, np.asarray(thumbnail))


@pytest.mark.parametrize("size", [7, 129])
def test_size_out_of_range_is_refused(folder, size):
    with pytest.raises(ValueError, match=f"from 8 to 128 pixels: got {size}"):
        read(folder, size=size)


def test_labels_of_disdiff_are_those_of_the_repeated_array(folder):
    wrong, right = read(folder, labels="disdiff"), read(folder)
    repeated = np.repeat(GRID, 10, axis=0)  # what its loader holds
    test, train = wrong.splits()["test"], wrong.splits()["train"]
    places = np.ravel_multi_index(tuple(wrong.factors(test).T), SIZES)
    np.testing.assert_array_equal(wrong.images(test), repeated[places])
    np.testing.assert_array_equal(wrong.factors(ALL), right.factors(ALL))
    np.testing.assert_array_equal(wrong.images(train), right.images(train))
    np.testing.assert_array_equal(wrong.redrawn(FACTORS, FACTORS), repeated[:COUNT])
    assert (wrong.images(test) != right.images(test)).any()
    assert "DisDiff" in wrong.source
    assert "DisDiff" not in right.source


def test_copy_and_prepared_have_the_same_rows(folder, tmp_path):
    cars = read(folder, size=32)
    images = cars.images(ALL)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(cars)).images(ALL[::-2]), images[::-2])
    write(cars, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").images, images)


def test_all_faults_of_a_folder_are_told_at_once(folder):
    (folder / "car_002_mesh.mat").unlink()
    (folder / "car_000_mesh.mat").write_bytes(WEB_PAGE)
    write_mesh(folder / "car_001_mesh.mat", MESHES[0, :, :, :, :4])
    with pytest.raises(Faults) as refusal:
        read(folder)
    missing, page, small = refusal.value.faults
    assert missing.endswith("car_002_mesh.mat is missing")
    assert "car_000_mesh.mat is a web page" in page
    assert "car_001_mesh.mat has" in small
    assert "another file" in small


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("\n".join(NAMES[:2]), "2 names in 2 lines, not 3", id="one too few"),
        pytest.param("\n".join([*NAMES, NAMES[0]]), "3 names in 4 lines, not 3", id="one twice"),
        pytest.param("\n".join([*NAMES[:2], "../secret"]), "'../secret', which is no name", id="a path"),
        pytest.param("<html>", "is a web page", id="web page"),
    ],
)
def test_another_list_is_refused(folder, text, said):
    (folder / "list.txt").write_text(text)
    with pytest.raises(ValueError, match=said):
        read(folder)


def test_list_with_suffixes_and_returns_is_read(folder):
    (folder / "list.txt").write_bytes("".join(f"{name}.mat \r\n" for name in NAMES).encode())
    np.testing.assert_array_equal(read(folder).redrawn(FACTORS, FACTORS), GRID)


def test_folder_without_a_list_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no list\.txt"):
        read(tmp_path)


def test_half_a_mesh_is_told_by_name(folder):
    cut(folder / "car_000_mesh.mat", 0.7)
    with pytest.raises(ValueError, match=r"car_000_mesh\.mat is damaged"):
        read(folder).images(ALL)


def test_mesh_without_images_is_refused(folder):
    scipy.io.savemat(folder / "car_001_mesh.mat", {"mask": MESHES[0]})
    with pytest.raises(ValueError, match=r"car_001_mesh\.mat has"):
        read(folder)


def half(path):
    cut(path)
    return "is cut off or damaged"


def page(path):
    path.write_bytes(WEB_PAGE)
    return "is a web page"


@pytest.mark.parametrize("spoil", [half, page])
def test_damaged_archive_is_refused(folder, tmp_path, spoil):
    packed = packed_cars(folder, tmp_path / "x.tar.gz", ["list.txt", *(f"{name}.mat" for name in NAMES)])
    said = spoil(packed)
    with pytest.raises(ValueError, match=said):
        read(packed).images(ALL)
    assert not list(tmp_path.glob("*.npy"))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        pytest.param([f"{name}.mat" for name in NAMES], r"no cars/list\.txt in it", id="no list"),
        pytest.param(["list.txt", "car_000_mesh.mat"], r"car_002_mesh\.mat is missing; .*car_001", id="few meshes"),
    ],
)
def test_archive_that_lacks_files_is_refused(folder, tmp_path, order, said):
    with pytest.raises(ValueError, match=said):
        read(packed_cars(folder, tmp_path / "x.tar.gz", order)).images(ALL)


def test_published_sizes():
    assert Cars3D.factor_sizes == (4, 24, 183)
    assert int(np.prod(Cars3D.factor_sizes)) == 17_568
