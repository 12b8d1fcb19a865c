"""MPI3D: which of five files it is, as far as its content tells, and its images."""

import hashlib
import pickle
import shutil

import numpy as np
import pytest
from even import EVEN
from grid_files import WEB_PAGE, cut, distinct_images, write_npz

from diffrep.datasets import mpi3d
from diffrep.datasets.mpi3d import MPI3D, VARIANTS, Variant
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SIX, FOUR = (3, 2, 2, 3, 3, 2, 2), (2, 2, 2, 3, 3, 2, 2)
IMAGES = distinct_images(int(np.prod(SIX)), 64, 64, 3)
FEW = IMAGES[: int(np.prod(FOUR))]
FACTORS = np.stack(np.unravel_index(np.arange(len(IMAGES)), SIX), 1)
SIZES = {name: variant.sizes for name, variant in VARIANTS.items()}  # before tests make them fewer
SETTINGS = {"joint": EVEN, "train": 100, "valid": 20, "test": 24, "seed": 0}
BLANK = np.zeros_like(IMAGES)  # quickly compressed, for what is refused before an image is looked at
ALL = np.arange(144)


@pytest.fixture(autouse=True)
def _fewer_values(monkeypatch):
    for name, variant in VARIANTS.items():
        sizes = SIX if variant.sizes == mpi3d.SIX else FOUR
        monkeypatch.setitem(VARIANTS, name, Variant(sizes, variant.md5))
    monkeypatch.setattr(mpi3d, "SIX", SIX)
    monkeypatch.setattr(mpi3d, "WORDS_OF_SIX", {"colour": ("white", "green", "red"), "shape": ("cone", "cube")})
    monkeypatch.setattr(mpi3d, "BLOCK", 50)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The file, made once: to compress it takes longer than most tests."""
    return write_npz(tmp_path_factory.mktemp("packed") / "mpi3d_realistic.npz", IMAGES)  # whatever it is called


@pytest.fixture
def path(packed, tmp_path):
    """A copy of it, to change."""
    return shutil.copy(packed, tmp_path / packed.name)


def test_published_sizes_of_the_factors():
    of_six = dict.fromkeys(("toy", "realistic", "real"), (6, 6, 2, 3, 3, 40, 40))
    of_four = dict.fromkeys(("real_complex", "challenge_toy"), (4, 4, 2, 3, 3, 40, 40))
    assert dict(SIZES) == of_six | of_four
    assert (np.prod(SIZES["real"]), np.prod(SIZES["real_complex"])) == (1_036_800, 460_800)


def test_every_image_has_its_factors(path):
    arms = MPI3D(file=str(path), variant="toy", **SETTINGS)
    places = np.ravel_multi_index(tuple(arms.factors(ALL).T), SIX)
    assert len(np.unique(places)) == len(arms) == 144
    np.testing.assert_array_equal(arms.images(ALL), IMAGES[places])
    np.testing.assert_array_equal(arms.redrawn(FACTORS, FACTORS), IMAGES)


def test_attributes_have_the_published_words(path):
    arms = MPI3D(file=str(path), variant="toy", **SETTINGS)
    told = dict(zip(arms.attribute_names, arms.attributes(ALL).T, strict=True))
    np.testing.assert_array_equal(told["colour_red"], arms.factors(ALL)[:, 0] == 2)
    np.testing.assert_array_equal(told["background_sea_green"], arms.factors(ALL)[:, 4] == 1)


def test_words_of_six_are_not_lent_to_four(tmp_path):
    path = write_npz(tmp_path / "x.npz", FEW)
    arms = MPI3D(file=str(path), variant="real_complex", **SETTINGS)
    assert {"colour_0", "shape_1", "camera_height_top"} <= set(arms.attribute_names)


@pytest.mark.parametrize(
    ("images", "variant", "said"),
    [
        pytest.param(FEW, "toy", "variant is real_complex or challenge_toy", id="the small grid"),
        pytest.param(BLANK, "real_complex", "variant is toy or realistic or real", id="the large grid"),
        pytest.param(BLANK[:-1], "toy", "none of the five files", id="an image too few"),
        pytest.param(BLANK[:, :32], "toy", r"not \[432, 64, 64, 3\]", id="another height"),
        pytest.param(BLANK.astype(np.int16), "toy", "of int16", id="another type"),
    ],
)
def test_number_and_shape_tell_the_grid(tmp_path, images, variant, said):
    path = write_npz(tmp_path / "x.npz", images)
    with pytest.raises(ValueError, match=said):
        MPI3D(file=str(path), variant=variant, **SETTINGS)


def test_person_is_believed_where_content_does_not_tell(path):
    arms = MPI3D(file=str(path), variant="real", **SETTINGS)
    arms.images(ALL)
    assert arms.source.startswith("MPI3D real (by params.yaml")
    assert "not the published 0f33f609" in arms.checksum


def test_published_md5_tells_the_variant_once_unpacked(path, monkeypatch):
    found = hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setitem(VARIANTS, "realistic", Variant(SIX, found))
    right = MPI3D(file=str(path), variant="realistic", **SETTINGS)
    wrong = MPI3D(file=str(path), variant="toy", **SETTINGS)
    with pytest.raises(ValueError, match="is MPI3D realistic by its md5, not toy"):
        wrong.images(ALL)
    with pytest.raises(ValueError, match="is MPI3D realistic by its md5, not toy"):
        MPI3D(file=str(path), variant="toy", **SETTINGS)  # now that it is unpacked, before anything is read
    right.images(ALL)
    assert right.source.startswith("MPI3D realistic (by the md5 of its file)")
    assert right.checksum.startswith(f"md5 {found}, as published")


def test_copy_and_prepared_have_the_same_rows(path, tmp_path):
    arms = MPI3D(file=str(path), variant="toy", **SETTINGS)
    images = arms.images(ALL)
    copy = pickle.loads(pickle.dumps(arms))
    np.testing.assert_array_equal(copy.images(ALL[::-1]), images[::-1])
    write(arms, tmp_path / "out")
    prepared = Prepared(tmp_path / "out")
    np.testing.assert_array_equal(prepared.images, images)
    np.testing.assert_array_equal(prepared.factors, arms.factors(ALL))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path: path.unlink(), "is missing", id="missing"),
        pytest.param(lambda path: path.write_bytes(WEB_PAGE), "is a web page", id="Drive's page"),
        pytest.param(lambda path: cut(path), "cut off or damaged", id="half"),
        pytest.param(lambda path: write_npz(path, BLANK, "imgs"), "has no 'images' in it, but imgs", id="another name"),
    ],
)
def test_another_file_is_refused(path, spoil, said):
    spoil(path)
    with pytest.raises((FileNotFoundError, ValueError), match=said) as refusal:
        MPI3D(file=str(path), variant="toy", **SETTINGS)
    assert str(path) in str(refusal.value)


def test_full_disk_is_told_before_anything_is_written(path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10**6})())
    with pytest.raises(ValueError, match=r"0\.0 GB free.*make room"):
        MPI3D(file=str(path), variant="toy", **SETTINGS)


def test_published_grids():
    assert mpi3d.FOUR == (4, 4, 2, 3, 3, 40, 40)
    assert int(np.prod(mpi3d.FOUR)) == 460_800
    assert int(np.prod((6, 6, 2, 3, 3, 40, 40))) == 1_036_800
