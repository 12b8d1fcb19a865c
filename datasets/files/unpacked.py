"""Images of an archive laid open beside it, so that any row of them is read by itself.

Archives of images are compressed as one stream: to reach an image, all before it must be read. So the first who asks
for images writes them once, raw, into a .npy beside the archive, and it is a memory map from then on: for this run, for
later ones and for all processes at once, whatever order the rows are asked in. The alternative, one stream for each
process, would read the whole archive again for every chunk of rows drawn at random.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

BLOCK = 512  # bytes, in which the system counts what a file takes
Blocks = Callable[[], Iterator[tuple[int, np.ndarray]]]  # first row and images [n, ...] uint8 of each block


class Unpacked:
    """`shape` bytes of an archive's images, in ARCHIVE.IDENTITY.unpacked.npy in the archive's folder.

    identity  what tells this archive's content from another's, such as the crc32 of its images: another archive under
              the same name has another memory map
    glimpsed  the files of which the identity knows a part only: their times tell what else has changed, and stand in
              the name too
    summed    the file whose md5 is taken while unpacking, kept in a .md5 beside; None: none
    """

    def __init__(
        self,
        archive: Path,
        identity: str,
        shape: tuple[int, ...],
        *,
        glimpsed: Iterable[Path] = (),
        summed: Path | None = None,
    ) -> None:
        known = ".".join([identity, *times_of(glimpsed)])
        self.path = archive.with_name(f"{archive.name}.{known}.unpacked.npy")
        self.identity, self.shape, self.summed = identity, shape, summed
        self._opened: np.ndarray | None = None

    def __getstate__(self) -> dict[str, Any]:
        """All but the memory map, which would travel with its content."""
        return {**self.__dict__, "_opened": None}

    def fault(self) -> str | None:
        """What will keep the images from being laid open, in a sentence; None where they are, or can be."""
        if self.path.is_file():
            return None
        folder, needed = self.path.parent, prod(self.shape)
        if not os.access(folder, os.W_OK):
            return (
                f"{folder} cannot be written, and the images are unpacked there: use a folder of your own with a link"
            )
        free = shutil.disk_usage(folder).free + on_disk(self.path.with_suffix(".partial"))  # which is written over
        if free < needed:
            return f"{folder} has {free / 1e9:.1f} GB free, and the images unpack to {needed / 1e9:.1f} GB: make room"
        return None

    @property
    def packed(self) -> int:
        """How many images are still to be laid open, all or none."""
        return 0 if self.path.is_file() else self.shape[0]

    @property
    def md5(self) -> str:
        """The md5 of the archive, once it is unpacked; before, and where none is taken, nothing."""
        kept = self.path.with_suffix(".md5")
        return kept.read_text().strip() if self.path.is_file() and kept.is_file() else ""

    def images(self, blocks: Blocks) -> np.ndarray:
        """All images, a read-only memory map; `blocks` gives them where they are not unpacked yet.

        ValueError where the blocks are not every row once, and whatever `blocks` raises; then nothing is left behind.
        """
        if self._opened is None:
            if not self.path.is_file():
                self._unpack(blocks)
            opened = np.load(self.path, mmap_mode="r")
            if opened.shape != self.shape or opened.dtype != np.uint8:
                raise ValueError(f"{self.path} is not what was unpacked there: delete it, it is made anew")
            self._opened = opened
        return self._opened

    def _unpack(self, blocks: Blocks) -> None:
        """Write the images, or wait for the process that does."""
        guard = self.path.with_suffix(".lock")
        with guard.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when a process ends, however it does
            if not self.path.is_file():  # else another has been faster
                self._write_whole(self.path.with_suffix(".partial"), blocks)
                guard.unlink()  # who waits at it finds the images; after a fault it stays and keeps the order

    def _write_whole(self, partial: Path, blocks: Blocks) -> None:
        """Write under another name until all is there; a rest of a run that died is written over."""
        try:
            with partial.open("wb") as file:
                self._write(file, blocks)
                file.flush()
                os.fsync(file.fileno())
            if self.summed is not None:
                with self.summed.open("rb") as archive:
                    found = hashlib.file_digest(archive, "md5").hexdigest()
                self.path.with_suffix(".md5").write_text(found + "\n")
            os.replace(partial, self.path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def _write(self, file: BinaryIO, blocks: Blocks) -> None:
        layout = {"descr": "|u1", "fortran_order": False, "shape": self.shape}
        np.lib.format.write_array_header_1_0(file, layout)
        start, each = file.tell(), prod(self.shape[1:])
        seen = np.zeros(self.shape[0], np.uint8)
        for row, images in blocks():
            if images.shape[1:] != self.shape[1:] or images.dtype != np.uint8 or row + len(images) > len(seen):
                raise ValueError(
                    f"{self.path}: images {list(images.shape)} from {row} on do not fit {list(self.shape)}"
                )
            file.seek(start + row * each)
            file.write(np.ascontiguousarray(images).data)
            seen[row : row + len(images)] += 1
        if (seen != 1).any():
            raise ValueError(f"{self.path}: {np.count_nonzero(seen != 1):,} of {len(seen):,} images are not there once")


def times_of(files: Iterable[Path]) -> list[str]:
    """The times of the last change of some files as one word; of none no word."""
    times = [path.stat().st_mtime_ns for path in files]
    return [f"times-{hashlib.sha256(repr(times).encode()).hexdigest()[:12]}"] if times else []


def on_disk(path: Path) -> int:
    """The bytes that a file takes; 0 where there is none."""
    return path.stat().st_blocks * BLOCK if path.exists() else 0
