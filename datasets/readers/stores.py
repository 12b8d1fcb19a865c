"""Pictures where people keep them: files in a folder, in a zip, or in an LMDB, each under its name.

The names of a folder or zip are paths within it, sorted: row i is the same picture on every machine.
"""

import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import numpy as np

from diffrep.datasets.files.kinds import expect_file, fault_of_file
from diffrep.datasets.files.walk import HIDDEN, files_below
from diffrep.datasets.readers.lmdb_pictures import LMDBPictures
from diffrep.datasets.readers.pictures import SUFFIXES

NUMBER = re.compile(rb"(?:^|[/-])(\d+)(?:\.[A-Za-z]+)?$")  # 000001.jpg, 00000/00012.png, 256-00000


class Store(Protocol):
    """Pictures with names in a fixed order."""

    path: Path

    def __len__(self) -> int: ...
    def names(self, places: np.ndarray | None = None) -> np.ndarray:
        """[n] bytes: the names at some places of the order, or all."""
        ...

    def encoded(self, names: np.ndarray) -> Iterator[bytes]:
        """The pictures as they are stored, one for each name."""
        ...


class FolderPictures:
    """All pictures in a folder and its subfolders; links are followed, hidden files and folders left out.

    ValueError where there are none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._names = np.array([os.fsencode(name) for name in pictures_below(path)], dtype=np.bytes_)
        if not len(self._names):
            raise ValueError(f"{path} has no pictures: a folder of files ({', '.join(SUFFIXES[:4])} ...) would do")

    def __len__(self) -> int:
        return len(self._names)

    def names(self, places: np.ndarray | None = None) -> np.ndarray:
        """See `Store`."""
        return self._names if places is None else self._names[places]

    def encoded(self, names: np.ndarray) -> Iterator[bytes]:
        """See `Store`."""
        return (Path(os.fsdecode(os.path.join(os.fsencode(self.path), name))).read_bytes() for name in names)


class ZipPictures:
    """All pictures in a zip; each process opens it once. ValueError for one that is cut off, or has none."""

    def __init__(self, path: Path) -> None:
        self.path = expect_file(path, "zip")
        self._opened: dict[int, zipfile.ZipFile] = {}
        members = (member.filename for member in self._archive().infolist() if is_picture(member.filename))
        self._names = np.array(sorted(name.encode() for name in members), dtype=np.bytes_)
        if not len(self._names):
            raise ValueError(f"{path} has no pictures in it")

    def __len__(self) -> int:
        return len(self._names)

    def names(self, places: np.ndarray | None = None) -> np.ndarray:
        """See `Store`."""
        return self._names if places is None else self._names[places]

    def encoded(self, names: np.ndarray) -> Iterator[bytes]:
        """See `Store`; ValueError for a damaged member."""
        for name in names:
            try:
                yield self._archive().read(name.decode())
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise ValueError(f"{self.path} is damaged at {name.decode()} ({error}): get it again") from error

    def _archive(self) -> zipfile.ZipFile:
        try:
            if os.getpid() not in self._opened:  # a forked process would share its parent's place in the file
                self._opened[os.getpid()] = zipfile.ZipFile(self.path)
        except zipfile.BadZipFile:
            raise ValueError(f"{self.path} is truncated: its list of contents is missing; get it again") from None
        return self._opened[os.getpid()]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_opened": {}}


def store_at(path: str) -> Store:
    """What holds the pictures at a path, by what is there: a folder of an LMDB, another folder, or else a zip.

    FileNotFoundError for nothing there, ValueError for what has no pictures.
    """
    place = Path(path)
    if place.is_dir():
        return LMDBPictures(place) if (place / "data.mdb").exists() else FolderPictures(place)
    if place.is_file() and fault_of_file(place, "zip") and not fault_of_file(place, "gzip"):
        raise ValueError(f"{place} is a packed archive that is not read as it is: unpack it, and name the folder")
    return ZipPictures(place)


def pictures_below(folder: Path) -> list[str]:
    """Paths below a folder of all pictures in it, as `files_below` has them."""
    return [name for name in files_below(folder) if is_picture(name)]


def is_picture(name: str) -> bool:
    """Whether a path within a folder or zip looks like a picture that somebody put there."""
    path = PurePosixPath(name)
    shown = not any(part.startswith(HIDDEN) for part in path.parts)
    return shown and path.suffix.lower() in SUFFIXES


def numbers_in(names: np.ndarray, store: Path) -> np.ndarray:
    """[n] int64: the number that each picture is named by. ValueError for one without, or two of one number."""
    found = [NUMBER.search(name) for name in names]
    without = [name.decode(errors="replace") for name, match in zip(names, found, strict=True) if match is None]
    if without:
        raise ValueError(
            f"{store} has {without[0]}, which no number names ({len(without):,} such pictures): move it away"
        )
    numbers = np.array([int(match[1]) for match in found if match], dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    twice = np.flatnonzero(np.diff(numbers[order]) == 0)
    if len(twice):
        one, other = (names[order[twice[0] + n]].decode() for n in (0, 1))
        raise ValueError(
            f"{store} has {one} and {other}, one number for two ({len(twice):,} such pairs): keep one of each"
        )
    return numbers
