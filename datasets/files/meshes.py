"""The Matlab files of Cars3D, one a car, in a folder or in the published archive; list.txt says their order."""

import gzip
import io
import tarfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np
import scipy.io

from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.kinds import expect_file, fault_of_file

SIDE = 128
LIST = "list.txt"
NAME_BYTES = 1 << 16  # more than any list of names
Torn = (tarfile.ReadError, gzip.BadGzipFile, zlib.error, EOFError)


class Meshes(ABC):
    """Cars in the order of their list.

    beside    the path that what is unpacked is named after; summed: the file to take the md5 of, if there is one
    identity  tells their content from another's; glimpsed: the files of which it knows a part only
    """

    beside: Path
    glimpsed: list[Path]
    summed: Path | None
    identity: str

    def __init__(self, count: int, views: tuple[int, int]) -> None:
        self._count, self._shape = count, (SIDE, SIDE, 3, *views)

    @abstractmethod
    def images(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each car's place in the list, and its images [128, 128, 3, azimuth, elevation] uint8, in any order.

        ValueError for what cannot be read, with the name of the file.
        """

    def _names(self, text: str, where: str) -> list[str]:
        """The names in a list; ValueError where they are not as many as there are cars, each once and no path."""
        names = [line.strip().removesuffix(".mat") for line in text.splitlines() if line.strip()]
        if len(names) != self._count or len(set(names)) != self._count:
            raise ValueError(
                f"{where} has {len(set(names))} names in {len(names)} lines, not {self._count}: get it again"
            )
        odd = next((name for name in names if PurePosixPath(name).name != name or "\\" in name), None)
        if odd is not None:
            raise ValueError(f"{where} has {odd!r}, which is no name of a car: get it again")
        return names

    def _mesh(self, file: BinaryIO, where: str) -> np.ndarray:
        try:
            mesh = scipy.io.loadmat(file, variable_names=["im"])["im"]
        except Exception as error:  # whatever a damaged file makes scipy stumble over
            raise ValueError(f"{where} is damaged ({' '.join(str(error).split())}): get it again") from None
        if mesh.shape != self._shape or mesh.dtype != np.uint8:
            raise ValueError(f"{where} has im {list(mesh.shape)} of {mesh.dtype}, not {list(self._shape)} of uint8")
        return mesh


class Folder(Meshes):
    """Unpacked by the person: each file is looked at, none is read, until images are asked for."""

    summed = None

    def __init__(self, folder: Path, count: int, views: tuple[int, int]) -> None:
        super().__init__(count, views)
        listed = expect_file(folder / LIST)
        names = self._names(_text(listed.read_bytes(), str(listed)), str(listed))
        self._files = [folder / f"{name}.mat" for name in names]
        expect_none(filter(None, map(self._fault, self._files)))
        known = "\n".join(f"{path.stem} {path.stat().st_size} {_begins(path)}" for path in self._files)
        self.beside, self.identity = folder / "cars3d", f"files-{sha256(known.encode()).hexdigest()[:12]}"
        self.glimpsed = self._files

    def images(self) -> Iterator[tuple[int, np.ndarray]]:
        """As `Meshes`, in the order of the list."""
        for number, path in enumerate(self._files):
            with path.open("rb") as file:
                yield number, self._mesh(file, str(path))

    def _fault(self, path: Path) -> str | None:
        fault = fault_of_file(path, "Matlab 5")
        if fault:
            return fault
        try:
            found = {name: (shape, kind) for name, shape, kind in scipy.io.whosmat(path)}
        except Exception as error:
            return f"{path} is damaged ({' '.join(str(error).split())}): get it again"
        if found.get("im") != (self._shape, "uint8"):
            return f"{path} has {found or 'nothing'}, not im {list(self._shape)} of uint8: it is another file"
        return None


class Archive(Meshes):
    """The published .tar.gz: a stream, read through twice, as its list may come after the cars."""

    def __init__(self, path: Path, count: int, views: tuple[int, int]) -> None:
        super().__init__(count, views)
        self.beside = self.summed = expect_file(path, "gzip")
        self.glimpsed = []  # the crc32 is of all of it
        with path.open("rb") as file:
            file.seek(-8, io.SEEK_END)  # where gzip keeps the crc32 and the length of its content
            self.identity = f"crc32-{int.from_bytes(file.read(4), 'little'):08x}"
        try:
            with tarfile.open(path, "r|gz") as archive:
                archive.next()
        except Torn as error:
            raise ValueError(f"{path} is no .tar.gz, or damaged ({error}): get it again") from None

    def images(self) -> Iterator[tuple[int, np.ndarray]]:
        """As `Meshes`, in the order of the archive."""
        path = self.beside
        texts = [_text(file.read(NAME_BYTES), f"{path}: {LIST}") for name, file in self._members() if name == LIST]
        if not texts:
            raise ValueError(
                f"{path} has no cars/{LIST} in it: it is another archive than nips2015-analogy-data.tar.gz"
            )
        numbers = {f"{name}.mat": n for n, name in enumerate(self._names(texts[0], f"{path}: {LIST}"))}
        seen = set()
        for name, file in self._members():
            if name in numbers:
                seen.add(name)
                yield numbers[name], self._mesh(io.BytesIO(file.read()), f"{path}: {name}")
        expect_none(f"{path}: {name} is missing" for name in numbers if name not in seen)

    def _members(self) -> Iterator[tuple[str, BinaryIO]]:
        """Name and content of each file in the archive's folder `cars`; nothing is written anywhere."""
        try:
            with tarfile.open(self.beside, "r|gz") as archive:
                for member in archive:
                    place = PurePosixPath(member.name)
                    if member.isfile() and place.parent.name == "cars":
                        file = archive.extractfile(member)
                        if file is not None:
                            yield place.name, file  # type: ignore[misc]
        except Torn as error:
            raise ValueError(f"{self.beside} is cut off or damaged ({error}): get it again") from None


def _text(content: bytes, where: str) -> str:
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise ValueError(f"{where} is no list of names: get it again") from None


def _begins(path: Path) -> str:
    with path.open("rb") as file:
        return sha256(file.read(1024)).hexdigest()
