"""Arrays of one's own: every layout and range, what is known of the images, and every way a file can be wrong."""

import numpy as np
import pytest
from own_arrays import ALL, IMAGES, KNOWN, SETTINGS, places, saved

from diffrep.datasets.arrays import Arrays
from diffrep.datasets.files.faults import Faults


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["plain", "compressed"])
def test_images_and_what_is_known_of_them_belong_together(tmp_path, save):
    save(tmp_path / "mine.npz", images=IMAGES, **KNOWN)
    source = Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS)
    place = places(source.images(ALL))
    assert len(set(place)) == 30
    np.testing.assert_array_equal(source.attributes(ALL), KNOWN["attributes"][place])
    np.testing.assert_array_equal(source.factors(ALL), (KNOWN["factors"][place] - 1) // 3)
    np.testing.assert_allclose(source.targets(ALL), KNOWN["targets"][place], rtol=1e-6)
    assert source.factor_sizes == (4,)
    assert source.attribute_names == ("attribute_0", "attribute_1")
    assert source.target_names == ("target_0", "target_1", "target_2")
    assert source.targets(ALL).dtype == np.float32


@pytest.mark.parametrize("rows", [[3, 1, 29], [29, 3], [], [5, 5]])
def test_rows_come_in_the_order_they_are_asked_for(tmp_path, rows):
    source = Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS)
    np.testing.assert_array_equal(source.images(np.array(rows, int)), source.images(ALL)[np.array(rows, int)])


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        (IMAGES, (3, 8, 8)),
        (IMAGES.transpose(0, 3, 1, 2), (3, 8, 8)),
        (np.asfortranarray(IMAGES), (3, 8, 8)),
        (IMAGES[..., 0], (1, 8, 8)),
        (IMAGES[..., :1], (1, 8, 8)),
        (IMAGES[:, None, ..., 0], (1, 8, 8)),
        (IMAGES.astype(np.int64), (3, 8, 8)),
    ],
    ids=["channels last", "channels first", "Fortran's order", "no channels", "one last", "one first", "int64"],
)
def test_every_layout_is_told_by_its_shape(tmp_path, given, shape):
    np.save(tmp_path / "mine.npy", given)
    source = Arrays(file=str(tmp_path / "mine.npy"), **SETTINGS)
    assert source.image_shape == shape
    expected = Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS).images(ALL)
    np.testing.assert_array_equal(source.images(ALL), expected[..., : shape[0]])
    assert source.attribute_names == source.factor_names == source.target_names == ()
    assert source.factors(ALL) is None
    assert source.attributes(ALL).shape == (30, 0)


def test_a_layout_that_might_be_two_is_refused(tmp_path):
    file = saved(tmp_path, images=np.zeros((40, 3, 8, 3), np.uint8))
    with pytest.raises(ValueError, match=r"has the shape \[40, 3, 8, 3\].*both might be meant"):
        Arrays(file=file, **SETTINGS)


@pytest.mark.parametrize("shape", [(40, 8, 8, 4), (40, 8, 8, 2), (40, 64), (40, 8, 8, 8, 3)])
def test_a_layout_that_is_none_is_refused(tmp_path, shape):
    with pytest.raises(ValueError, match=r"\[n, h, w\], \[n, h, w, c\] or \[n, c, h, w\] with c of 1 or 3 would do"):
        Arrays(file=saved(tmp_path, images=np.zeros(shape, np.uint8)), **SETTINGS)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("levels", ["bytes", "zero_to_one", "minus_one_to_one"])
def test_floats_of_256_levels_become_those_bytes(tmp_path, kind, levels):
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3).repeat(40, 0)
    numbers = {"bytes": every, "zero_to_one": every / 255, "minus_one_to_one": every / 127.5 - 1}[levels]
    source = Arrays(file=saved(tmp_path, images=numbers.astype(kind)), **SETTINGS | {"levels": levels, "size": 16})
    np.testing.assert_array_equal(source.images(ALL[:2]), every[:2])


@pytest.mark.parametrize(
    ("images", "levels", "told"),
    [
        (IMAGES / 255, "bytes", "goes from 0 to 1, and levels is bytes: zero_to_one would do"),
        (IMAGES / 127.5 - 1, "zero_to_one", "goes from -1 to 1, and levels is zero_to_one: minus_one_to_one would do"),
        (IMAGES.astype(float), "minus_one_to_one", "goes from 0 to 255, and levels is minus_one_to_one: bytes would"),
        (IMAGES * 9.0, "bytes", "and levels is bytes: bytes, 0 to 255, would do"),
        (IMAGES / 256, "zero_to_one", r"lies between bytes, as at .*: if rounding will do, \(255 \* images\).round"),
        (IMAGES / 255, "minus_one_to_one", r"lies between bytes.*\(127.5 \* \(images \+ 1\)\).round"),
        (np.where(IMAGES > 9, np.nan, 0.0), "zero_to_one", "has numbers that are not finite"),
        (IMAGES.astype(str), "bytes", "which are no numbers"),
    ],
)
def test_numbers_that_are_no_bytes_are_told_what_would_do(tmp_path, images, levels, told):
    with pytest.raises(Faults, match=told):
        Arrays(file=saved(tmp_path, images=images), **SETTINGS | {"levels": levels})


def test_a_black_image_of_floats_is_no_fault(tmp_path):
    images = IMAGES.astype(np.float32)
    images[::2] = 0
    source = Arrays(file=saved(tmp_path, images=images), **SETTINGS)
    assert all(source.images(ALL[n : n + 1]).max() in (0, IMAGES[place].max()) for n, place in enumerate(source._drawn))


def test_the_sum_that_an_npz_holds_tells_its_images_from_others(tmp_path):
    first, other = (Arrays(file=saved(tmp_path, images=images), **SETTINGS) for images in (IMAGES, 255 - IMAGES))
    assert first.checksum.startswith("none stated; crc32 of the images ")
    assert first.checksum != other.checksum
    np.save(tmp_path / "mine.npy", IMAGES)
    assert Arrays(file=str(tmp_path / "mine.npy"), **SETTINGS).checksum == "none stated; images 40 x 8 x 8 x 3"


def test_an_image_that_no_sample_shows_is_named_on_reading(tmp_path):
    images = (IMAGES / 255).repeat(3, 0)
    images[1, 4, 4, 0] = 0.123456
    source = Arrays(file=saved(tmp_path, images=images), **SETTINGS | {"levels": "zero_to_one", "train": 110})
    with pytest.raises(Faults, match=r"image 1 of .*mine.npz lies between bytes, as at 31.48"):
        source.images(np.arange(120))


def test_a_folder_of_files_is_the_same_as_an_npz(tmp_path):
    (tmp_path / "folder").mkdir()
    for name, array in {"images": IMAGES, **KNOWN}.items():
        np.save(tmp_path / "folder" / f"{name}.npy", array)
    folder = Arrays(file=str(tmp_path / "folder"), **SETTINGS)
    file = Arrays(file=saved(tmp_path, images=IMAGES, **KNOWN), **SETTINGS)
    for what in ("images", "factors", "attributes", "targets"):
        np.testing.assert_array_equal(getattr(folder, what)(ALL), getattr(file, what)(ALL))


def test_names_are_those_of_the_file_unless_params_yaml_has_others(tmp_path):
    names = {"attribute_names": ["hat", "red"], "attribute_groups": ["worn", "hue"], "factor_names": ["pose"]}
    file = saved(tmp_path, images=IMAGES, **KNOWN, **{key: np.array(words) for key, words in names.items()})
    source = Arrays(file=file, **SETTINGS)
    assert (source.attribute_names, source.attribute_groups) == (("hat", "red"), ("worn", "hue"))
    assert source.factor_names == ("pose",)
    assert Arrays(file=file, **SETTINGS, factor_names=("angle",)).factor_names == ("angle",)


def test_factors_of_words_are_numbered_in_their_order(tmp_path):
    words = np.array(["red", "blue", "green", "blue"] * 10)
    source = Arrays(file=saved(tmp_path, images=IMAGES, factors=words), **SETTINGS)
    place = places(source.images(ALL))
    np.testing.assert_array_equal(source.factors(ALL)[:, 0], np.array([2, 0, 1, 0] * 10)[place])
    assert source.factor_sizes == (3,)


def test_attributes_of_minus_one_and_one_and_truth_values(tmp_path):
    for values in (2 * KNOWN["attributes"] - 1, KNOWN["attributes"] == 1, KNOWN["attributes"].astype(float)):
        source = Arrays(file=saved(tmp_path, images=IMAGES, attributes=values), **SETTINGS)
        expected = Arrays(file=saved(tmp_path, images=IMAGES, attributes=KNOWN["attributes"]), **SETTINGS)
        np.testing.assert_array_equal(source.attributes(ALL), expected.attributes(ALL))


@pytest.mark.parametrize(
    "words", [["train", "val", "test"], [0, 1, 2], ["Training", "valid", "TEST"], [b"train", b"val", b"test"]]
)
def test_splits_of_the_file_are_kept(tmp_path, words):
    split = np.array(words)[np.arange(40) % 10 // 4]  # 16, 16, 8
    file = saved(tmp_path, images=IMAGES, splits=split)
    source = Arrays(file=file, **SETTINGS | {"splits": "official", "train": 5, "valid": 0, "test": 0})
    found = {name: places(source.images(rows)) for name, rows in source.splits().items()}
    assert {name: len(place) for name, place in found.items()} == {"train": 5, "valid": 16, "test": 8}
    assert all((split[place] == words[n]).all() for n, place in enumerate(found.values()))


def test_without_validation_images_they_are_drawn_from_training_images(tmp_path):
    split = np.array(["train"] * 30 + ["test"] * 10)
    file = saved(tmp_path, images=IMAGES, splits=split)
    counts = {"splits": "official", "train": 0, "valid": 7, "test": 0}
    source = Arrays(file=file, **SETTINGS | counts)
    found = {name: set(places(source.images(rows))) for name, rows in source.splits().items()}
    assert found["train"] | found["valid"] == set(range(30))
    assert (len(found["train"]), len(found["valid"])) == (23, 7)
    assert found["test"] == set(range(30, 40))
    fewer = Arrays(file=file, **SETTINGS | counts | {"train": 9})
    assert set(places(fewer.images(fewer.splits()["valid"]))) == found["valid"]
    with pytest.raises(ValueError, match=r"valid is drawn from the 30 training images .* from 1 to 29, got 0"):
        Arrays(file=file, **SETTINGS | counts | {"valid": 0})
