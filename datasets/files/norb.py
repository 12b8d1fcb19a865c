"""Gzipped files of small NORB's binary format: a header of four-byte numbers, least byte first, and then the values.

The header is a magic number for the type, the number of dimensions, and their sizes; three sizes at least, of which
those beyond the number of dimensions mean nothing.
"""

import gzip
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path

import numpy as np

from diffrep.datasets.files.kinds import expect_file

TYPES = {0x1E3D4C55: "|u1", 0x1E3D4C54: "<i4", 0x1E3D4C56: "<i2", 0x1E3D4C51: "<f4", 0x1E3D4C53: "<f8"}
SIZES = 3  # written at least
MOST = 8  # dimensions of any of them
Torn = (EOFError, gzip.BadGzipFile, zlib.error)


def expect_matrix(path: Path, shape: tuple[int, ...], dtype: str) -> None:
    """Whether a file's header says this shape and type; FileNotFoundError or ValueError where not."""
    expect_file(path, "gzip")
    try:
        with gzip.open(path) as file:
            found, kind = _header(file, path)
    except Torn as error:
        raise ValueError(f"{path} is cut off or damaged ({error}): get it again") from None
    if (found, kind) != (shape, np.dtype(dtype)):
        raise ValueError(f"{path} has {list(found)} of {kind}, not {list(shape)} of {np.dtype(dtype)}: another file")


def matrix_blocks(path: Path, rows: int) -> Iterator[tuple[int, np.ndarray]]:
    """The first row of each block of `rows` rows, and the block; ValueError for a damaged or cut-off file."""
    try:
        with gzip.open(path) as file:
            shape, dtype = _header(file, path)
            each = prod(shape[1:]) * dtype.itemsize
            for start in range(0, shape[0], rows):
                count = min(rows, shape[0] - start)
                content = file.read(count * each)
                if len(content) != count * each:
                    raise EOFError("it ends too early")
                yield start, np.frombuffer(content, dtype).reshape(count, *shape[1:])
            if file.read(1):  # reaches the end, where the sum is compared
                raise EOFError("it goes on after its last row")
    except Torn as error:
        raise ValueError(f"{path} is cut off or damaged ({error}): get it again") from None


def matrix(path: Path, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """All of a small file of known shape and type."""
    expect_matrix(path, shape, dtype)
    return next(matrix_blocks(path, shape[0]))[1]


def _header(file: gzip.GzipFile, path: Path) -> tuple[tuple[int, ...], np.dtype]:
    magic, dimensions = _numbers(file, 2)
    if magic not in TYPES or not 0 < dimensions <= MOST:
        raise ValueError(f"{path} is not in small NORB's format: it begins with {magic:#x}, {dimensions}")
    sizes = _numbers(file, max(SIZES, dimensions))
    return tuple(sizes[:dimensions]), np.dtype(TYPES[magic])


def _numbers(file: gzip.GzipFile, count: int) -> list[int]:
    content = file.read(4 * count)
    if len(content) != 4 * count:
        raise EOFError("it ends within its header")
    return np.frombuffer(content, "<i4").tolist()
