"""A data set on disk: arrays that open as memory maps, and a card that says what they are and holds their checksums.

A folder has images.npy, attributes.npy, splits.npz, factors.npy where there are factors, and card.json. The card is
written last and names the sha256 of itself and of every other file, so a folder without a card, with an altered one, or
with files of another card, is never taken for a whole one.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from diffrep.datasets.contract import (
    checked_attributes,
    checked_factors,
    checked_images,
    checked_splits,
    expect_described,
    expect_range,
    expect_steady,
)
from diffrep.datasets.files.sums import seal, sha256_of, to_disk

CHUNK = 1000  # images drawn and written at a time
ASKED_AGAIN = 8  # rows that must come out as before
Progress = Callable[[int, int], None]


class Source(Protocol):
    """What a data set offers to be written: see `Shapes3DRendered` and `FashionMNIST`.

    image_shape        (channels, height, width)
    factor_names       none, or one for each column of `factors`, with its number of values, at least 2, in factor_sizes
    attribute_names    one for each column of `attributes`, with its group, and what it was taken from in ..._sources
    source, licence    words for the card; checksum is that of the archive the images were read from

    Row i is always the same image. `write` refuses what keeps this not: contract.py says in which words.
    """

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
        """Rows [n] int64 of "train", "valid" and "test"; each has some, none is in two."""
        ...

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, h, w, c] uint8."""
        ...

    def factors(self, rows: np.ndarray) -> np.ndarray | None:
        """[n] -> [n, k] int64, each from 0 to its size - 1; None where there are no factor_names."""
        ...

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, a] uint8, 0 or 1."""
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
            sealed, files = card.pop("sha256") == seal(card), card["files"]
            whole = sealed and {"images.npy", "attributes.npy", "splits.npz"} <= set(files)
            whole = whole and {"image_shape", "factor_names", "attribute_names"} <= set(card)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
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
        if sha256_of(path) != sha256:
            raise ValueError(f"{path} is altered, its sha256 is not the card's: {self._again()}")

    def _array(self, name: str) -> np.ndarray:
        return np.load(self.folder / name, mmap_mode="r")

    def _again(self) -> str:
        return f"run `diffrep prepare --dataset {self.folder.name}` again"


def write(source: Source, folder: Path | str, progress: Progress | None = None) -> None:
    """Write a data set into `folder`, a chunk of images at a time; equal sources give equal bytes.

    progress  called with (rows written, rows in all) after each chunk

    ContractError for a source that breaks a promise of `Source`. Files get their names only when all are complete, the
    card last: a run that dies before leaves no whole folder, at worst `*.partial` files, which the next one replaces;
    one that fails leaves nothing. A full disk is the OSError that the system gives.
    """
    folder = Path(folder).resolve()
    expect_described(source)
    rows = np.arange(len(source))
    splits = checked_splits(source.splits(), len(rows))
    arrays = {"attributes.npy": checked_attributes(source.attributes(rows), len(rows), source.attribute_names)}
    factors = checked_factors(source.factors(rows), len(rows), source.factor_names, source.factor_sizes)
    if factors is not None:
        arrays["factors.npy"] = factors
    again = _asked_again(len(rows))
    expect_steady("attributes", arrays["attributes.npy"][again], source.attributes(again))
    expect_steady("factors", None if factors is None else factors[again], source.factors(again))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        names = _write_arrays(source, arrays, splits, folder, progress)
        card = _card(source, splits, arrays["attributes.npy"], folder, names)
        _partial(folder, "card.json").write_text(json.dumps({**card, "sha256": seal(card)}, indent=1) + "\n")
        for name in [*names, "card.json"]:
            to_disk(_partial(folder, name))
        (folder / "card.json").unlink(missing_ok=True)
        for name in [*names, "card.json"]:
            os.replace(_partial(folder, name), folder / name)
        to_disk(folder)
    finally:
        for left in folder.glob("*.partial"):
            left.unlink()
        with suppress(OSError):  # what has failed leaves no empty folder
            folder.rmdir()


def _write_arrays(
    source: Source,
    arrays: dict[str, np.ndarray],
    splits: dict[str, np.ndarray],
    folder: Path,
    progress: Progress | None,
) -> list[str]:
    """Write all but the card under temporary names; the names the files are to have."""
    with _partial(folder, "images.npy").open("wb") as file:
        _write_images(file, source, progress)
    for name, array in arrays.items():
        with _partial(folder, name).open("wb") as file:
            np.save(file, array)
    with _partial(folder, "splits.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **splits)  # type: ignore[arg-type]
    return ["images.npy", *arrays, "splits.npz"]


def _write_images(file: BinaryIO, source: Source, progress: Progress | None) -> None:
    """All images as a .npy, with a look at the range of their pixels and at some of them twice."""
    channels, height, width = map(int, source.image_shape)
    _write_header(file, (len(source), height, width, channels))
    low, high = 255, 0
    for number, chunk in enumerate(_chunks(source, progress)):
        file.write(chunk.tobytes())
        low, high = min(low, int(chunk.min())), max(high, int(chunk.max()))
        if number == 0:
            again = _asked_again(len(chunk))
            expect_steady("images", chunk[again], source.images(again))
    expect_range(low, high)


def _asked_again(count: int) -> np.ndarray:
    """Some of `count` rows, the last first."""
    return np.linspace(count - 1, 0, min(ASKED_AGAIN, count), dtype=np.int64)


def _write_header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    """The head of a .npy of uint8; a memory map in its place would die of a full disk without an error."""
    layout = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, layout)


def _chunks(source: Source, progress: Progress | None) -> Iterator[np.ndarray]:
    for start in range(0, len(source), CHUNK):
        end = min(start + CHUNK, len(source))
        yield checked_images(source.images(np.arange(start, end)), end - start, source.image_shape)
        if progress is not None:
            progress(end, len(source))


def _card(
    source: Source, splits: dict[str, np.ndarray], attributes: np.ndarray, folder: Path, names: list[str]
) -> dict[str, Any]:
    files = {name: _partial(folder, name) for name in names}
    return {
        "name": folder.name,
        "source": source.source,
        "source_checksum": source.checksum,
        "licence": source.licence,
        "image_shape": [int(side) for side in source.image_shape],
        "counts": {name: len(rows) for name, rows in splits.items()},
        "factor_names": list(source.factor_names),
        "factor_sizes": [int(size) for size in source.factor_sizes],
        "attribute_names": list(source.attribute_names),
        "attribute_groups": list(source.attribute_groups),
        "attribute_sources": list(source.attribute_sources),
        "attribute_prevalences": [round(float(share), 6) for share in attributes.mean(0)],
        "files": {name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for name, path in files.items()},
    }


def _partial(folder: Path, name: str) -> Path:
    return folder / f"{name}.partial"
