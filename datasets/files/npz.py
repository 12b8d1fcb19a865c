"""Arrays in .npz files: told by their headers without being read, and read as a stream, a block of rows at a time.

An .npz is compressed, so numpy can map none of it into memory, and reading one array holds all of it. Nothing here
unpickles: an array of objects is refused.
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO

import numpy as np

from diffrep.datasets.files.kinds import expect_file

Sound = (zipfile.BadZipFile, zlib.error, EOFError)


@dataclass(frozen=True)
class Member:
    """One array of an .npz: its shape and type, and the crc32 of its bytes, which tells its content."""

    path: Path
    key: str
    shape: tuple[int, ...]
    dtype: np.dtype
    crc32: str

    def blocks(self, rows: int) -> Iterator[tuple[int, np.ndarray]]:
        """The array from the first row on, `rows` of them at a time, each with its first row's number.

        ValueError where the file ends before, or does not hold what its own sum says.
        """
        each = prod(self.shape[1:]) * self.dtype.itemsize
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(f"{self.key}.npy") as stream:
                header(stream)
                for start in range(0, self.shape[0], rows):
                    count = min(rows, self.shape[0] - start)
                    content = _exactly(stream, count * each)
                    yield start, np.frombuffer(content, self.dtype).reshape(count, *self.shape[1:])
                if stream.read(1):  # reaches the end, where the sum is compared
                    raise EOFError("there is more than its header promises")
        except Sound as error:
            raise ValueError(f"{self.path} is damaged in {self.key!r} ({error}): get it again") from None

    def whole(self) -> np.ndarray:
        """All of the array."""
        return next(self.blocks(max(1, self.shape[0])))[1]


def members(path: Path, *needed: str) -> list[Member]:
    """The arrays of an .npz by their keys.

    FileNotFoundError where there is no file; ValueError for a web page, half a file, one without such a key, and for
    an array that is not of plain numbers in C order.
    """
    expect_file(path, "npz")
    try:
        with zipfile.ZipFile(path) as archive:
            return [_member(archive, path, key) for key in needed]
    except Sound as error:
        raise ValueError(f"{path} is cut off or damaged ({error}): get it again") from None


def _member(archive: zipfile.ZipFile, path: Path, key: str) -> Member:
    names = archive.namelist()
    if f"{key}.npy" not in names:
        has = ", ".join(name.removesuffix(".npy") for name in names[:8])
        raise ValueError(
            f"{path} has no {key!r} in it, but {has or 'nothing'}: it is another file than this data set's"
        )
    with archive.open(f"{key}.npy") as stream:
        try:
            shape, fortran, dtype = header(stream)
        except ValueError as error:
            raise ValueError(f"{path} has a {key!r} that is no array: {' '.join(str(error).split())}") from None
    if dtype.hasobject or fortran or not shape:
        raise ValueError(f"{path} has a {key!r} that is not an array of numbers in C order: it is another file")
    return Member(path, key, shape, dtype, f"{archive.getinfo(f'{key}.npy').CRC:08x}")


def header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, whether in Fortran's order, and type; the stream then stands at the first number."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(stream)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    parts, missing = [], count
    while missing:
        part = stream.read(missing)
        if not part:
            raise EOFError("it ends too early")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
