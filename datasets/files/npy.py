"""Arrays in .npy and .npz files, of which nothing but the headers is read until rows are asked for.

A pickle inside is never loaded. What is not compressed opens as a memory map, inside an .npz too. Large images that are
compressed are laid open beside the file, once for all processes; anything else that is compressed lies in memory.
"""

import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import numpy as np

from diffrep.datasets.files.kinds import expect_file
from diffrep.datasets.files.npz import Member, header
from diffrep.datasets.files.unpacked import Unpacked

IN_MEMORY = 1 << 28  # bytes of compressed images: larger ones are laid open beside the file
MOST_UNPACKED = 2 << 30  # bytes of another compressed array, which lies in memory as a whole
BLOCK = 1000  # images that are unpacked at a time
LOCAL_HEADER = 30  # bytes of a zip member's, before its name


@dataclass
class Stored:
    """An array in a file; opened in each process when it is first asked for, and pickled without its content.

    member   its name within an .npz; "" in a .npy
    offset   of its first number in the file; None where it is compressed
    crc32    of a member's bytes, which tells its content; "" in a .npy
    """

    path: Path
    member: str
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    offset: int | None
    crc32: str = ""

    def __str__(self) -> str:
        return f"{self.member!r} in {self.path}" if self.member else str(self.path)

    def __len__(self) -> int:
        return self.shape[0] if self.shape else 0

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self.array()[rows])

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "_opened"}

    def fault(self) -> str | None:
        """What keeps it from being opened, in a sentence, as far as its header tells; None where nothing does."""
        if self.dtype.hasobject:
            return f"{self} holds Python objects, which are never unpickled: save numbers or words"
        size = math.prod(self.shape) * self.dtype.itemsize
        if self._beside():
            return self._unpacked().fault()
        if self.offset is None and size > MOST_UNPACKED:
            told = f"{self} is compressed, {size / 2**30:.1f} GiB when unpacked"
            return f"{told}: save it again by np.savez or np.save, which can be read row by row"
        return None

    def array(self) -> np.ndarray:
        """All of it, read-only; ValueError for Python objects, half a file, and more than memory should hold."""
        if "_opened" not in vars(self):
            self._opened = self._open()
        return self._opened

    @property
    def packed(self) -> int:
        """How many rows are still to be laid open beside the file."""
        return self._unpacked().packed if self._beside() else 0

    def read_through(self) -> Iterator[int]:
        """Read all rows from the archive and keep none: how many have been read so far."""
        for start, rows in self._blocks():
            yield start + len(rows)

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        return Member(self.path, self.member, self.shape, self.dtype, self.crc32).blocks(BLOCK)

    def _open(self) -> np.ndarray:
        fault = self.fault()
        if fault:
            raise ValueError(fault)
        if 0 in self.shape:
            return np.zeros(self.shape, self.dtype)
        if self.offset is not None:
            order: Literal["F", "C"] = "F" if self.fortran else "C"
            return np.memmap(self.path, self.dtype, "r", self.offset, self.shape, order)
        if self._beside():
            return self._unpacked().images(self._blocks)
        try:
            with zipfile.ZipFile(self.path) as opened, opened.open(f"{self.member}.npy") as file:
                return np.lib.format.read_array(file, allow_pickle=False)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise ValueError(f"{self} is damaged ({error}): get the file again") from error

    def _beside(self) -> bool:
        """Whether it is laid open beside the file."""
        plain = self.dtype == np.uint8 and not self.fortran
        return self.offset is None and plain and math.prod(self.shape) > IN_MEMORY

    def _unpacked(self) -> Unpacked:
        return Unpacked(self.path, f"{self.member}-crc32-{self.crc32}", self.shape)


def stored_in(path: Path) -> dict[str, Stored]:
    """The arrays of an .npz by their names, of a folder of .npy files, or of one .npy under the name ""."""
    if path.is_dir():
        return {file.stem: stored_in(file)[""] for file in sorted(path.glob("*.npy"))}
    with expect_file(path).open("rb") as file:
        if file.read(2) != b"PK":
            file.seek(0)
            return {"": _described(file, path, "", 0)}
    try:
        with zipfile.ZipFile(path) as opened:
            return {info.filename[:-4]: _member(opened, info, path) for info in _members(opened)}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise ValueError(f"{path} is no sound npz file ({error}): get it again") from error


def _members(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in opened.infolist() if info.filename.endswith(".npy")]


def _member(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Stored:
    start = None
    if info.compress_type == zipfile.ZIP_STORED:
        with path.open("rb") as file:
            file.seek(info.header_offset + LOCAL_HEADER - 4)
            name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
        start = info.header_offset + LOCAL_HEADER + name + extra
    with opened.open(info) as member:
        found = _described(cast(BinaryIO, member), path, info.filename[:-4], start, info.file_size)
    found.crc32 = f"{info.CRC:08x}"
    return found


def _described(file: BinaryIO, path: Path, member: str, start: int | None, size: int | None = None) -> Stored:
    """The array at the beginning of `file`, which lies at `start` of `path` and is `size` bytes long."""
    name = f"{member!r} in {path}" if member else str(path)
    try:
        shape, fortran, dtype = header(file)
    except ValueError as error:
        raise ValueError(f"{name} is no array of numpy ({error}): save it by np.save or np.savez") from error
    head = file.tell()
    has = (path.stat().st_size if size is None else size) - head
    needs = math.prod(shape) * dtype.itemsize
    if has < needs and not dtype.hasobject:
        raise ValueError(f"{name} is truncated: {has:,} of its {needs:,} bytes are there; get it again")
    return Stored(path, member, shape, dtype, fortran, None if start is None else start + head)
