"""Pictures of sixteen bits become those of eight by their share of the range; numbers of no known range are refused."""

import numpy as np
import pytest
from PIL import Image

from diffrep.datasets.readers.pictures import picture

LEVELS = np.linspace(0, 65535, 64).round().reshape(8, 8)


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_sixteen_bits_become_eight(tmp_path, form):
    path = tmp_path / f"deep.{form}"
    Image.fromarray(LEVELS.astype(np.uint16)).save(path)
    np.testing.assert_array_equal(np.asarray(picture(path, "deep", depth=1)), (LEVELS / 257).round())


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ((LEVELS / 65535).astype(np.float32), "from 0 to 1, of mode F"),
        (LEVELS.astype(np.float32), "from 0 to 65535, of mode F"),
        ((4 * LEVELS).astype(np.int32), "from 0 to 262140, of mode I"),
        ((LEVELS - 9).astype(np.int32), "from -9 to 65526, of mode I"),
    ],
)
def test_numbers_of_no_known_range_are_refused(tmp_path, levels, told):
    Image.fromarray(levels).save(tmp_path / "a.tiff")
    with pytest.raises(ValueError, match=f"^mine holds numbers {told}: save it in 8 or 16 bits$"):
        picture(tmp_path / "a.tiff", "mine")


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "mine is empty: its download has ended before it began"),
        (b"\n<!DOCTYPE html><html>", "mine is a web page saved under that name: get the file itself"),
        (b"words", "mine is no picture that can be read"),
    ],
)
def test_what_is_no_picture_is_told_alike_of_files_and_bytes(tmp_path, content, told, as_bytes):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ValueError, match=f"^{told}$"):
        picture(content if as_bytes else tmp_path / "a.png", "mine")
