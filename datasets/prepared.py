"""A data set on disk: arrays that open as memory maps, and a card that says what they are and holds their checksums.

A folder has images.npy, attributes.npy, splits.npz, factors.npy where there are factors, and card.json. The card is
written last and names the sha256 of itself and of every other file, so a folder without a card, with an altered one, or
with files of another card, is never taken for a whole one.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

CHUNK = 1000  # images drawn and written at a time
Progress = Callable[[int, int], None]


class Source(Protocol):
    """What a data set offers to be written: see `Shapes3DRendered` and `FashionMNIST`."""

    image_shape: tuple[int, int, int]
    factor_names: tuple[str, ...]
    factor_sizes: tuple[int, ...]
    attribute_names: tuple[str, ...]
    attribute_groups: tuple[str, ...]
    attribute_sources: tuple[str, ...]
    source: str
    licence: str
    checksum: str

    def __len__(self) -> int: ...
    def splits(self) -> dict[str, np.ndarray]:
        """Rows [n] int64 by the name of the split."""
        ...

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, h, w, c] uint8."""
        ...

    def factors(self, rows: np.ndarray) -> np.ndarray | None:
        """[n] -> [n, k] int64, or None."""
        ...

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, a] uint8."""
        ...


class Prepared:
    """A folder that `write` made, checked once while opening: sizes and sha256 of every file.

    images      [n, h, w, c] uint8, memory map, as are
    attributes  [n, a] uint8
    factors     [n, k] int64; None where the data set has none
    splits      rows [m] int64 of "train", "valid", "test"
    card        what card.json says: names, groups, sources, prevalences, licence, sizes
    checksum    sha256 over the checksums of the files: two folders that agree in it hold the same data

    A missing file is a FileNotFoundError, a truncated or altered one a ValueError.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.card = self._read_card()
        for name, known in self.card["files"].items():
            self._verify(name, known["bytes"], known["sha256"])
        self.images = self._array("images.npy")
        self.attributes = self._array("attributes.npy")
        self.factors = self._array("factors.npy") if self.card["factor_names"] else None
        with np.load(self.folder / "splits.npz") as splits:
            self.splits = {name: splits[name] for name in splits.files}
        joined = "".join(f"{name} {known['sha256']}\n" for name, known in sorted(self.card["files"].items()))
        self.checksum = hashlib.sha256(joined.encode()).hexdigest()

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        channels, height, width = self.card["image_shape"]
        return channels, height, width

    def _read_card(self) -> dict[str, Any]:
        path = self.folder / "card.json"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: {self._again()}")
        try:
            card = json.loads(path.read_text())
            sealed, files = card.pop("sha256") == _seal(card), card["files"]
            whole = sealed and {"images.npy", "attributes.npy", "splits.npz"} <= set(files)
            whole = whole and {"image_shape", "factor_names", "attribute_names"} <= set(card)
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise ValueError(f"{path} is truncated or altered: {self._again()}")
        return card

    def _verify(self, name: str, size: int, sha256: str) -> None:
        path = self.folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: {self._again()}")
        if path.stat().st_size < size:
            raise ValueError(f"{path} is truncated, {path.stat().st_size} of {size} bytes: {self._again()}")
        if _sha256(path) != sha256:
            raise ValueError(f"{path} is altered, its sha256 is not the card's: {self._again()}")

    def _array(self, name: str) -> np.ndarray:
        return np.load(self.folder / name, mmap_mode="r")

    def _again(self) -> str:
        return f"run `diffrep prepare --dataset {self.folder.name}` again"


def write(source: Source, folder: Path | str, progress: Progress | None = None) -> None:
    """Write a data set into `folder`, a chunk of images at a time; equal sources give equal bytes.

    progress  called with (rows written, rows in all) after each chunk

    Files get their names only when all are complete, the card last: a run that dies before leaves no whole folder,
    at worst `*.partial` files, which the next one replaces. A full disk is the OSError that the system gives.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        names = _write_arrays(source, folder, progress)
        card = _card(source, folder, names)
        _partial(folder, "card.json").write_text(json.dumps({**card, "sha256": _seal(card)}, indent=1) + "\n")
        for name in [*names, "card.json"]:
            _to_disk(_partial(folder, name))
        (folder / "card.json").unlink(missing_ok=True)
        for name in [*names, "card.json"]:
            os.replace(_partial(folder, name), folder / name)
        _to_disk(folder)
    finally:
        for left in folder.glob("*.partial"):
            left.unlink()


def _write_arrays(source: Source, folder: Path, progress: Progress | None) -> list[str]:
    """Write all but the card under temporary names; the names the files are to have."""
    rows = np.arange(len(source))
    channels, height, width = source.image_shape
    arrays = {"attributes.npy": source.attributes(rows)}
    factors = source.factors(rows)
    if factors is not None:
        arrays["factors.npy"] = factors
    with _partial(folder, "images.npy").open("wb") as file:
        _write_header(file, (len(rows), height, width, channels))
        for chunk in _chunks(source, progress):
            file.write(chunk.tobytes())
    for name, array in arrays.items():
        with _partial(folder, name).open("wb") as file:
            np.save(file, array)
    with _partial(folder, "splits.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **source.splits())
    return ["images.npy", *arrays, "splits.npz"]


def _write_header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    """The head of a .npy of uint8; a memory map in its place would die of a full disk without an error."""
    layout = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, layout)


def _chunks(source: Source, progress: Progress | None) -> Iterator[np.ndarray]:
    for start in range(0, len(source), CHUNK):
        end = min(start + CHUNK, len(source))
        yield source.images(np.arange(start, end))
        if progress is not None:
            progress(end, len(source))


def _card(source: Source, folder: Path, names: list[str]) -> dict[str, Any]:
    prevalences = np.load(_partial(folder, "attributes.npy")).mean(0)
    files = {name: _partial(folder, name) for name in names}
    return {
        "name": folder.name,
        "source": source.source,
        "source_checksum": source.checksum,
        "licence": source.licence,
        "image_shape": list(source.image_shape),
        "counts": {name: len(rows) for name, rows in source.splits().items()},
        "factor_names": list(source.factor_names),
        "factor_sizes": list(source.factor_sizes),
        "attribute_names": list(source.attribute_names),
        "attribute_groups": list(source.attribute_groups),
        "attribute_sources": list(source.attribute_sources),
        "attribute_prevalences": [round(float(share), 6) for share in prevalences],
        "files": {name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for name, path in files.items()},
    }


def _partial(folder: Path, name: str) -> Path:
    return folder / f"{name}.partial"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(card: dict[str, Any]) -> str:
    """The sha256 of what a card says, whatever the layout of its file."""
    return hashlib.sha256(json.dumps(card, sort_keys=True).encode()).hexdigest()


def _to_disk(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
