"""Pictures in an LMDB: LSUN's own, whose keys are hashes, and those of Diff-AE's scripts, whose keys are numbers."""

import re
from collections.abc import Iterator
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.datasets.files.kinds import expect_file

NUMBERED = re.compile(rb"(None|\d+)-(\d+)")  # the side in pixels, or None for as it was, and the number
HASH = re.compile(rb"[0-9a-f]{40}")
LENGTH = b"length"  # Diff-AE's key for how many there are
AT_A_TIME = 64  # pictures held while they are decoded


class LMDBPictures:
    """The pictures of an LMDB folder, in the order of their keys.

    numbered  whether keys are numbers from 0 on; otherwise they are LSUN's hashes

    An LMDB is opened for each reading and closed after it: one that is open can neither be opened twice in a process,
    nor be taken into another. FileNotFoundError or ValueError for what is missing, cut off, or has other keys.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        data = expect_file(path / "data.mdb")
        with opened(path) as environment:
            expect_whole(environment, data)
            with environment.begin() as transaction:
                self.numbered, self._head, self._digits, self._count = _layout(transaction, path)

    def __len__(self) -> int:
        return self._count

    def names(self, places: np.ndarray | None = None) -> np.ndarray:
        """[n] bytes of fixed width: the keys at some places of their order, or all."""
        if self.numbered:
            wanted = range(self._count) if places is None else places
            return np.array([self._head + b"%0*d" % (self._digits, place) for place in wanted], dtype=np.bytes_)
        unlike, back = np.unique(np.arange(self._count) if places is None else places, return_inverse=True)
        wanted = np.zeros(self._count, np.uint8)
        wanted[unlike] = 1
        with opened(self.path) as environment, environment.begin() as transaction:
            keys = transaction.cursor().iternext(values=False)
            return np.fromiter(compress(keys, wanted.tobytes()), dtype="S40", count=len(unlike))[back]

    def encoded(self, names: np.ndarray) -> Iterator[bytes]:
        """The pictures with the keys `names` [n], as they are stored."""
        for start in range(0, len(names), AT_A_TIME):
            with opened(self.path) as environment, environment.begin() as transaction:
                found = [self._value(transaction, name) for name in names[start : start + AT_A_TIME]]
            yield from found

    def _value(self, transaction: Any, name: bytes) -> bytes:
        value = transaction.get(bytes(name))
        if value is None:
            raise ValueError(f"{self.path} has no picture {name.decode()}: copy it again")
        return value


def opened(path: Path) -> Any:
    """The LMDB in a folder, for reading alone, as many processes may at once."""
    try:
        import lmdb
    except ImportError:
        raise ValueError(f"{path} is an LMDB, which the package lmdb reads: pip install 'diffrep[data]'") from None
    try:
        return lmdb.open(str(path), readonly=True, lock=False, readahead=False, meminit=False, create=False)
    except lmdb.Error as error:
        raise ValueError(f"{path} is no LMDB that can be read ({str(error).removeprefix(f'{path}: ')})") from error


def expect_whole(environment: Any, data: Path) -> None:
    """Whether all pages are in the file: to read one that is not would end the process."""
    promised = (environment.info()["last_pgno"] + 1) * environment.stat()["psize"]
    if data.stat().st_size < promised:
        raise ValueError(f"{data} is truncated, {data.stat().st_size:,} of {promised:,} bytes: copy it again")


def _layout(transaction: Any, path: Path) -> tuple[bool, bytes, int, int]:
    """Whether keys are numbers; what stands before the number, its digits, and how many pictures there are."""
    entries = transaction.stat()["entries"]
    keys = transaction.cursor()
    first = bytes(keys.key()) if keys.first() else b""
    if HASH.fullmatch(first):
        return False, b"", 0, entries
    match = NUMBERED.fullmatch(first)
    stated = transaction.get(LENGTH)
    if match is None or stated is None:
        what = f"keys like {first[:48]!r}" if first else "no keys"
        raise ValueError(f"{path} has {what}: LSUN's of 40 hexadecimal digits, or Diff-AE's like 256-00000, are read")
    head, digits = first[: match.start(2)], len(match[2])
    if stated != b"%d" % (entries - 1):
        raise ValueError(
            f"{path} has {entries - 1:,} pictures, and states {stated.decode('ascii', 'replace')}: one size of all of "
            "them would do"
        )
    for number in (0, entries - 2):
        if transaction.get(head + b"%0*d" % (digits, number)) is None:
            raise ValueError(f"{path} has {entries - 1:,} pictures, but none {head.decode()}{number:0{digits}d}")
    return True, head, digits, entries - 1
