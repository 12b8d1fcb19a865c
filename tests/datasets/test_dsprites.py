"""dSprites from its published .npz: black and white, the order of the grid, a pickle that is left alone."""

import pickle
import shutil

import numpy as np
import pytest
from even import EVEN
from grid_files import WEB_PAGE, cut, damage, distinct_images, write_npz

from diffrep.datasets.dsprites import DSprites
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SIZES = (3, 2, 4, 2, 13)
COUNT = int(np.prod(SIZES))
SETTINGS = {"joint": EVEN, "train": 500, "valid": 60, "test": 64, "seed": 0}
IMAGES = distinct_images(COUNT, 64, 64, most=2)
FACTORS = np.stack(np.unravel_index(np.arange(COUNT), SIZES), 1)
CLASSES = np.column_stack([np.zeros(COUNT, np.int64), FACTORS])
BLANK = np.zeros_like(IMAGES)  # quickly compressed, for what is refused before an image is looked at
ALL = np.arange(COUNT)


class Few(DSprites):
    """The same of fewer values."""

    factor_sizes = SIZES


class Bomb:
    """What runs when a pickle is read."""

    def __reduce__(self):
        return pytest.fail, ("the pickle was read",)


def written(path, images=IMAGES, classes=CLASSES, key="imgs", **others):
    others = {"latents_values": classes.astype(float), "latents_classes": classes} | others
    return write_npz(path, images, key, metadata=np.array(Bomb(), dtype=object), **others)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The file, made once: to compress it takes longer than most tests."""
    return written(tmp_path_factory.mktemp("packed") / "sprites.npz")


@pytest.fixture
def path(packed, tmp_path):
    """A copy of it, to change."""
    return shutil.copy(packed, tmp_path / "sprites.npz")


def test_every_image_has_its_factors_and_is_black_and_white(path):
    sprites = Few(file=str(path), **SETTINGS)
    places = np.ravel_multi_index(tuple(sprites.factors(ALL).T), SIZES)
    np.testing.assert_array_equal(np.sort(places), ALL)
    np.testing.assert_array_equal(sprites.images(ALL), 255 * IMAGES[places][..., None])


def test_attributes_are_rules_over_factors(path):
    sprites = Few(file=str(path), **SETTINGS)
    factors, attributes = sprites.factors(ALL), sprites.attributes(ALL)
    told = dict(zip(sprites.attribute_names, attributes.T, strict=True))
    np.testing.assert_array_equal(told["shape_heart"], factors[:, 0] == 2)
    np.testing.assert_array_equal(told["y_upper_half"], factors[:, 4] >= 7)
    assert "shape_square" in told
    assert len(sprites.attribute_groups) == len(sprites.attribute_sources) == len(told)


def test_no_attribute_is_made_of_what_images_do_not_tell(tmp_path):
    class Published(Few):
        factor_sizes = (3, 1, 40, 2, 2)

    factors = np.stack(np.unravel_index(np.arange(480), Published.factor_sizes), 1)
    path = written(tmp_path / "x.npz", BLANK[:480], np.column_stack([np.zeros(480, np.int64), factors]))
    sprites = Published(file=str(path), joint=EVEN, train=10, valid=1, test=1, seed=0)
    assert "orientation" not in sprites.attribute_groups


def test_colour_which_never_varies_is_no_factor():
    assert DSprites.factor_names == ("shape", "scale", "orientation", "x", "y")
    assert DSprites.factor_sizes == (3, 6, 40, 32, 32)


def test_redrawn_is_the_files_image(path):
    sprites = Few(file=str(path), **SETTINGS)
    np.testing.assert_array_equal(sprites.redrawn(FACTORS, FACTORS[::-1]), 255 * IMAGES[..., None])
    with pytest.raises(ValueError, match="shape goes from 0 to 2: got 3"):
        sprites.redrawn(np.array(SIZES)[None], FACTORS[:1])


def test_copy_and_prepared_have_the_same_rows(path, tmp_path):
    sprites = Few(file=str(path), **SETTINGS)
    images = sprites.images(ALL)
    copy = pickle.loads(pickle.dumps(sprites))
    np.testing.assert_array_equal(copy.images(np.array([9, 2])), images[[9, 2]])
    assert len(pickle.dumps(sprites)) < 40_000
    write(sprites, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").images, images)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path: path.unlink(), "is missing", id="missing"),
        pytest.param(lambda path: path.write_bytes(b""), "is empty", id="empty"),
        pytest.param(lambda path: path.write_bytes(WEB_PAGE), "is a web page", id="web page"),
        pytest.param(lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" * 9), "is no npz file", id="its hdf5 sister"),
        pytest.param(lambda path: cut(path), "cut off or damaged", id="half"),
        pytest.param(lambda path: written(path, BLANK, key="images"), "has no 'imgs' in it", id="another name"),
        pytest.param(lambda path: written(path, BLANK[:-1]), "another file", id="an image too few"),
        pytest.param(
            lambda path: written(path, np.repeat(BLANK[:, None], 3, 1)), "another file", id="of three colours"
        ),
        pytest.param(lambda path: written(path, BLANK, CLASSES[:, 1:]), "another file", id="a column too few"),
        pytest.param(lambda path: written(path, BLANK.astype(float)), "of float64", id="another type"),
    ],
)
def test_another_file_is_refused(path, spoil, said):
    spoil(path)
    with pytest.raises((FileNotFoundError, ValueError), match=said) as refusal:
        Few(file=str(path), **SETTINGS)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param({"images": IMAGES * 255}, "pixels up to 255", id="bytes that go to 255"),
        pytest.param({"images": BLANK, "classes": CLASSES[::-1]}, "in another order", id="another order"),
    ],
)
def test_content_that_is_not_dsprites_is_refused_when_it_is_read(tmp_path, content, said):
    path = written(tmp_path / "x.npz", **content)
    with pytest.raises(ValueError, match=said):
        Few(file=str(path), **SETTINGS).images(ALL)


def test_damaged_images_are_refused_when_they_are_read(path):
    damage(path, "imgs.npy")
    with pytest.raises(ValueError, match="is damaged in 'imgs'"):
        Few(file=str(path), **SETTINGS).images(ALL)
    assert not list(path.parent.glob("*.npy"))
