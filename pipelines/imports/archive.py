"""A checkpoint of torch as its tensors, read where they lie: the numbers stay in the file until they are used.

A checkpoint is a zip of records that are not packed, so that each can be mapped into memory from where it begins.
"""

import io
import mmap
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.seeming import expect_checkpoint
from diffrep.pipelines.imports.unpickling import SafeUnpickler, Storage

AGAIN = "get it again"
LOCAL_HEADER = struct.Struct("<26xHH")  # of a record in a zip: how long its name and its extra field are
LARGEST_PICKLE = 2**28  # bytes: of names and shapes alone, real ones take some hundred thousand
UNREADABLE = (  # what zipfile, pickle and torch raise of bytes that nobody wrote as a checkpoint
    *(zipfile.BadZipFile, struct.error, pickle.UnpicklingError, EOFError, AttributeError, LookupError),
    *(TypeError, ValueError, RuntimeError, MemoryError, ArithmeticError),
)


class Checkpoint(NamedTuple):
    """What a file holds, and by name what in it was replaced by inert objects, with how often."""

    content: Any
    replaced: dict[str, int]


class Archive:
    """The records of a checkpoint's zip by their names, mapped into memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.entries = {entry.filename.partition("/")[2]: entry for entry in archive.infolist()}
        with path.open("rb") as file:  # private: what is written to a tensor never reaches the file
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        self.flat: dict[str, Tensor] = {}

    def record(self, name: str) -> tuple[int, int]:
        """(first byte, number of bytes) of a record; UserError where it is missing, packed or cut off."""
        entry = self.entries.get(name)
        if entry is None:
            raise UserError(f"{self.path} lacks its record {name}: {AGAIN}")
        if entry.compress_type != zipfile.ZIP_STORED:
            raise UserError(f"{self.path} was packed anew by another program: get the original")
        names, extra = LOCAL_HEADER.unpack_from(self.bytes, entry.header_offset)
        start = entry.header_offset + LOCAL_HEADER.size + names + extra
        if start + entry.file_size > len(self.bytes):
            raise UserError(f"{self.path} is cut off in its record {name}: {AGAIN}")
        return start, entry.file_size

    def storage(self, storage: Storage) -> Tensor:
        """The numbers of a storage, flat; UserError where its record is shorter than the pickle says."""
        if storage.key not in self.flat:
            start, size = self.record(f"data/{storage.key}")
            if storage.numel * storage.dtype.itemsize > size:
                raise UserError(f"{self.path} is cut off in its record data/{storage.key}: {AGAIN}")
            self.flat[storage.key] = self.numbers(storage, start)
        return self.flat[storage.key]

    def numbers(self, storage: Storage, start: int) -> Tensor:
        """The numbers of a storage from a byte of the file on."""
        if not storage.numel:
            return torch.empty(0, dtype=storage.dtype)
        return torch.frombuffer(self.bytes, dtype=storage.dtype, count=storage.numel, offset=start)

    def pickle(self) -> bytes:
        """The pickle that says what the records are."""
        start, size = self.record("data.pkl")
        if size > LARGEST_PICKLE:
            raise UserError(f"{self.path} has a pickle of {size:,} bytes, where names and shapes alone are due")
        return self.bytes[start : start + size]

    def expect_little_endian(self) -> None:
        """Raise UserError for a file of a machine whose numbers begin with their largest byte."""
        if "byteorder" in self.entries:
            start, size = self.record("byteorder")
            if self.bytes[start : start + size] != b"little":
                raise UserError(f"{self.path} was written on a big-endian machine: save it again on another")


def read_checkpoint(path: Path) -> Checkpoint:
    """All of a checkpoint, its tensors as views of the file; UserError, with what it seems to be, for another file.

    Nothing that the file names is imported or called, whatever its pickle asks for.
    """
    expect_checkpoint(path)
    try:
        archive = Archive(path)
        archive.expect_little_endian()
        reader = SafeUnpickler(io.BytesIO(archive.pickle()), archive.storage)
        return Checkpoint(reader.load(), reader.replaced)
    except UserError as error:
        raise UserError(str(error) if str(path) in str(error) else f"{path}: {error}") from error
    except UNREADABLE as error:
        raise UserError(f"{path} is altered, or holds a pickle that makes no checkpoint: {AGAIN}") from error
