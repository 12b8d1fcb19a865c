"""Pictures of every mode, format and orientation, and those that cannot be read."""

import pickle

import numpy as np
import pytest
from own_pictures import ALL, COUNT, PICTURES, drawn, one, read
from PIL import Image

from diffrep.datasets.files.faults import Faults
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write


def test_greyscale_becomes_three_equal_channels_or_stays_one(tmp_path):
    levels = PICTURES[0, ..., 0]
    for channels in (3, 1):
        found = one(tmp_path, Image.fromarray(levels), "grey.png", channels)
        np.testing.assert_array_equal(found, np.repeat(levels[..., None], channels, axis=2))


def test_what_is_transparent_lies_on_white(tmp_path):
    levels = np.zeros((8, 8, 4), np.uint8)
    levels[:4] = 10, 20, 30, 255
    found = one(tmp_path, Image.fromarray(levels), "clear.png")
    assert (found[:4] == [10, 20, 30]).all()
    assert (found[4:] == 255).all()
    palette = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) % 2, "P")
    palette.putpalette([200, 0, 0, 0, 200, 0])
    found = one(tmp_path, palette, "palette.gif", transparency=1)
    assert found[0, 0].tolist() == [200, 0, 0]
    assert found[0, 1].tolist() == [255, 255, 255]


def test_cmyk_is_read_as_the_colours_it_prints(tmp_path):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    found = one(tmp_path, image, "print.jpg", quality=95)
    assert np.abs(found - [255, 0, 0]).max() <= 12
    assert np.abs(one(tmp_path, image, "print.tif") - [255, 0, 0]).max() <= 12


def test_sixteen_bits_become_eight_by_their_share(tmp_path):
    levels = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1040
    for name in ("deep.png", "deep.tif"):
        found = one(tmp_path, Image.fromarray(levels), name, channels=1)
        np.testing.assert_array_equal(found[..., 0], np.rint(levels / 257))


def test_a_picture_is_turned_as_its_exif_says(tmp_path):
    levels = np.zeros((8, 16, 3), np.uint8)
    levels[:, :8] = 255  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right: left becomes up
    image = Image.fromarray(levels)
    for name in ("turned.jpg", "turned.png", "turned.webp"):
        found = one(tmp_path, image, name, size=8, exif=exif.tobytes())
        assert (found[:3] > 230).all(), name
        assert (found[5:] < 25).all(), name


@pytest.mark.parametrize("name", ["many.gif", "many.png", "many.webp"])
def test_of_an_animation_the_first_frame_counts(tmp_path, name):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    saving = {} if name.endswith("gif") else {"lossless": True} if name.endswith("webp") else {}
    found = one(tmp_path, frames[0], name, save_all=True, append_images=frames[1:], **saving)
    assert np.abs(found - [250, 0, 0]).max() <= 2


@pytest.mark.parametrize("name", ["x.JPG", "x.jpeg", "x.bmp", "x.ppm", "x.tiff", "x.webp", "x.Png"])
def test_every_format_and_spelling_is_read(tmp_path, name):
    found = one(tmp_path, Image.new("RGB", (8, 8), (200, 100, 50)), name)
    assert np.abs(found - [200, 100, 50]).max() <= 6


def test_the_largest_square_in_the_middle_is_brought_to_size(tmp_path):
    levels = np.zeros((16, 40, 3), np.uint8)
    levels[:, 12:28] = np.kron(PICTURES[0], np.ones((2, 2, 1), np.uint8))
    found = one(tmp_path, Image.fromarray(levels), "wide.png")
    np.testing.assert_array_equal(found, PICTURES[0])


def test_all_that_cannot_be_decoded_is_told_at_once_on_reading(tmp_path):
    names = drawn(tmp_path)
    for name in names[:4]:
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[:-60])
    (tmp_path / names[4]).write_bytes(b"\x00\x01 nothing that is known")
    source = read(tmp_path, train=8)
    with pytest.raises(Faults) as error:
        source.images(np.arange(12))
    told = "\n".join(error.value.faults)
    assert len(error.value.faults) == 5
    assert all(name in told for name in names[:5])
    assert "04.png is no picture that can be read" in told
    assert "03.png is a damaged picture" in told


def test_pages_and_empty_files_are_told_before(tmp_path):
    names = drawn(tmp_path)
    (tmp_path / names[3]).write_text("<html>404</html>")
    (tmp_path / names[5]).write_bytes(b"")
    with pytest.raises(Faults, match=r"03.png is a web page .*; .*05.png is empty"):
        read(tmp_path)


def test_missing_and_empty_folders_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder 'nowhere'"):
        read("nowhere")
    with pytest.raises(ValueError, match=r"there are no pictures in .*: \.jpg, \.jpeg"):
        read(tmp_path)


def test_rows_and_copies_are_the_same_every_time(tmp_path):
    drawn(tmp_path)
    source, again, other = read(tmp_path), read(tmp_path), read(tmp_path, seed=1)
    first = source.images(ALL)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(again)).images(ALL[::-1]), first[::-1])
    assert (other.images(ALL) != first).any()


def test_it_can_be_prepared(tmp_path):
    drawn(tmp_path / "in", [f"{'ab'[n % 2]}/{n:02}.png" for n in range(COUNT)])
    source = read(tmp_path / "in")
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").images, source.images(ALL))
