"""IDX files: what their header tells, and every way a file can be wrong."""

import gzip
import hashlib
import tracemalloc

import numpy as np
import pytest

from diffrep.datasets.fashion_mnist import CHECKSUMS, SHIPPED
from diffrep.datasets.files.idx import read_idx

LABELS = "t10k-labels-idx1-ubyte.gz"


def test_the_header_tells_the_shape_and_the_last_axis_runs_fastest(tmp_path):
    content = bytes([0, 0, 8, 3, *(0, 0, 0, 2), *(0, 0, 0, 1), *(0, 0, 0, 3), 1, 2, 3, 4, 5, 250])
    (tmp_path / "file.gz").write_bytes(gzip.compress(content))
    found = read_idx(tmp_path / "file.gz", hashlib.sha256(content).hexdigest())
    assert found.dtype == np.uint8
    assert found.tolist() == [[[1, 2, 3]], [[4, 5, 250]]]
    assert not found.flags.writeable


def test_sizes_above_a_byte_are_read_from_the_left(tmp_path):
    content = bytes([0, 0, 8, 1, *(0, 0, 1, 2), *(7,) * 258])
    (tmp_path / "file.gz").write_bytes(gzip.compress(content))
    assert read_idx(tmp_path / "file.gz", hashlib.sha256(content).hexdigest()).shape == (258,)


def test_reading_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*t10k-labels"):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])


def test_truncated_archive_is_named(tmp_path):
    (tmp_path / LABELS).write_bytes((SHIPPED / LABELS).read_bytes()[:3000])
    with pytest.raises(ValueError, match="is truncated: it ends after 3000 bytes"):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])


@pytest.mark.parametrize("place", [5, 600, 2500, 5120])
def test_flipped_bit_never_passes_unless_the_data_is_the_same(tmp_path, place):
    packed = bytearray((SHIPPED / LABELS).read_bytes())
    packed[place] ^= 16
    (tmp_path / LABELS).write_bytes(packed)
    if place == 5:  # the packing time
        assert len(read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])) == 10_000
    else:
        with pytest.raises(ValueError, match="get it again"):
            read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])


def test_sound_file_with_other_data_is_told_by_its_checksum(tmp_path):
    content = bytearray(gzip.decompress((SHIPPED / LABELS).read_bytes()))
    content[-1] += 1
    (tmp_path / LABELS).write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(ValueError, match=r"holds other data .* sha256 [0-9a-f]{64}, not 0402a96d"):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])


def test_web_page_under_the_name_is_told(tmp_path):
    (tmp_path / LABELS).write_text("\n<!DOCTYPE html><title>404</title>")
    with pytest.raises(ValueError, match="is a web page saved under the name"):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])


def test_something_else_under_the_name_is_told(tmp_path):
    (tmp_path / LABELS).write_bytes(b"PK\x03\x04 a zip file")
    with pytest.raises(ValueError, match="is no sound gzip file"):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])


def test_a_small_file_packed_of_endless_zeros_is_not_unpacked(tmp_path):
    header = bytes([0, 0, 8, 1, *(0, 0, 0, 9)])
    (tmp_path / LABELS).write_bytes(gzip.compress(header + bytes(50_000_000)))
    tracemalloc.start()
    with pytest.raises(ValueError, match="does not hold the 9 bytes that its header promises"):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (bytes([0, 0, 8, 3]) + b"\xff" * 12, "promises 79,228,162,458,924,105,385,300,197,375 bytes, more than any"),
        (bytes([0, 0, 8, 255]), "holds other data"),
        (b"", "holds other data"),
    ],
)
def test_a_header_that_promises_what_no_file_has_is_named(tmp_path, content, told):
    (tmp_path / LABELS).write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match=told):
        read_idx(tmp_path / LABELS, CHECKSUMS[LABELS])
