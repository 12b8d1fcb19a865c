"""Write a data set: images as they are made, by several processes, and everything else beside them."""

import fcntl
import io
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np

from diffrep.datasets.contract import (
    checked_attributes,
    checked_factors,
    checked_images,
    checked_splits,
    checked_targets,
    expect_described,
    expect_range,
    expect_steady,
)
from diffrep.datasets.files.encoded import png
from diffrep.datasets.files.growing import JOURNAL, Growing
from diffrep.datasets.files.joint_card import joint_card
from diffrep.datasets.files.side_by_side import KilledError, in_order
from diffrep.datasets.files.sums import seal, sha256_of, to_disk
from diffrep.datasets.source import Source, target_names

PIECE = 2**22  # bytes of images that are made at a time
ASKED_AGAIN = 8  # rows that must come out as before
Progress = Callable[[int, int], None]


class Piece(NamedTuple):
    """Images made in one go: their bytes as they are kept, the ends of each in them, and the range of the pixels."""

    content: bytes
    ends: list[int]  # empty of an array
    low: int
    high: int


def write(
    source: Source,
    folder: Path | str,
    progress: Progress | None = None,
    *,
    identity: dict[str, Any] | None = None,
    processes: int = 1,
    array_bytes: float = float("inf"),
) -> None:
    """Write a data set into `folder`, a piece of its images at a time; equal sources give equal bytes.

    progress     called with (rows written, rows in all) after each piece
    identity     settings and code of the source: what another one has left unfinished is not gone on with
    processes    that make images side by side
    array_bytes  that images may take as one array; more are kept as PNG

    ContractError for a source that breaks a promise of `Source`. Until all is complete it lies in a folder beside this
    one, `.NAME.partial`; what a kill or a full disk leaves there, the next call with the same identity goes on with.
    """
    folder = Path(folder).resolve()
    partial = folder.with_name(f".{folder.name}.partial")
    expect_described(source)
    rows = np.arange(len(source))
    splits = checked_splits(source.splits(), len(rows))
    arrays = _arrays(source, rows)
    partial.mkdir(parents=True, exist_ok=True)
    lock = _held(partial)
    try:
        kept_as = _write_images(source, partial, progress, identity or {}, processes, array_bytes)
        for name, array in arrays.items():
            np.save(partial / name, array)
        np.savez(partial / "splits.npz", allow_pickle=False, **splits)  # type: ignore[arg-type]
        card = _card(source, splits, arrays, partial, [*kept_as, *arrays, "splits.npz"], folder.name)
        (partial / "card.json").write_text(json.dumps({**card, "sha256": seal(card)}, indent=1) + "\n")
        _put_in_place(partial, folder, [*card["files"], "card.json"])
    except Exception as error:
        if not isinstance(error, (OSError, KilledError)):
            shutil.rmtree(partial)
        raise
    finally:
        lock.close()


def _arrays(source: Source, rows: np.ndarray) -> dict[str, np.ndarray]:
    """All that is known of the images, by the name of its file; asked for twice."""
    again = _asked_again(len(rows))

    def known(asked: np.ndarray) -> dict[str, np.ndarray | None]:
        count, names, targets = len(asked), source.factor_names, target_names(source)
        return {
            "attributes": checked_attributes(source.attributes(asked), count, source.attribute_names),
            "factors": checked_factors(source.factors(asked), count, names, source.factor_sizes),
            "targets": checked_targets(source.targets(asked), count, targets) if targets else None,  # type: ignore[attr-defined]
        }

    found, once_more = known(rows), known(again)
    for what, array in found.items():
        expect_steady(what, None if array is None else array[again], once_more[what])
    return {f"{what}.npy": array for what, array in found.items() if array is not None}


def _write_images(
    source: Source,
    folder: Path,
    progress: Progress | None,
    identity: dict[str, Any],
    processes: int,
    array_bytes: float,
) -> list[str]:
    """All images, as one array or as PNGs, with a look at the range of their pixels; the names of the files."""
    channels, height, width = map(int, source.image_shape)
    shape, count = (height, width, channels), len(source)
    encodes = count * prod(shape) > array_bytes
    name = "images.png" if encodes else "images.npy"
    rows = max(1, PIECE // prod(shape))
    spans = [(start, min(start + rows, count)) for start in range(0, count, rows)]
    with Growing(folder / name, {**identity, "shape": shape, "count": count, "rows": rows}) as file:
        if not file.notes:
            _expect_steady_images(source)
            file.append(b"" if encodes else _header((count, *shape)), {"ends": [], "low": 255, "high": 0})
        done = len(file.notes) - 1
        for number, made in enumerate(in_order(partial(_piece, source, encodes), spans[done:], processes), done):
            before = file.notes[-1]
            low, high = min(before["low"], made.low), max(before["high"], made.high)
            file.append(made.content, {"ends": [file.size + end for end in made.ends], "low": low, "high": high})
            if progress is not None:
                progress(spans[number][1], count)
        expect_range(file.notes[-1]["low"], file.notes[-1]["high"])
        ends = [end for note in file.notes for end in note["ends"]]
    if not encodes:
        expect_bytes(folder / name, len(_header((count, *shape))) + count * prod(shape))
        return [name]
    expect_bytes(folder / name, ends[-1])
    np.save(folder / "ends.npy", np.array(ends, dtype=np.int64))
    return [name, "ends.npy"]


def _held(partial: Path) -> TextIO:
    """A lock on what is being written, free again when it is closed; ValueError where another process has it."""
    lock = (partial / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ValueError(
            f"another process is preparing {partial.name[1:].removesuffix('.partial')}: wait for it"
        ) from None
    return lock


def expect_bytes(path: Path, size: int) -> None:
    """Raise OSError unless a file has as many bytes as were written."""
    if path.stat().st_size != size:
        raise OSError(f"{path} has {path.stat().st_size} bytes, {size} were written")


def _piece(source: Source, encodes: bool, start: int, stop: int) -> Piece:
    """The images of these rows, as they are kept."""
    images = checked_images(source.images(np.arange(start, stop)), stop - start, source.image_shape)
    kept = [png(image) for image in images] if encodes else []
    content = b"".join(kept) if encodes else images.tobytes()
    return Piece(content, np.cumsum([len(each) for each in kept]).tolist(), int(images.min()), int(images.max()))


def _expect_steady_images(source: Source) -> None:
    """Whether some of the first images come out as before."""
    count = min(len(source), max(ASKED_AGAIN, PIECE // (8 * prod(map(int, source.image_shape)))))
    first, again = source.images(np.arange(count)), _asked_again(count)
    expect_steady("images", checked_images(first, count, source.image_shape)[again], source.images(again))


def _asked_again(count: int) -> np.ndarray:
    """Some of `count` rows, the last first."""
    return np.linspace(count - 1, 0, min(ASKED_AGAIN, count), dtype=np.int64)


def _header(shape: tuple[int, ...]) -> bytes:
    """The head of a .npy of uint8; a memory map in its place would die of a full disk without an error."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue()


def _card(
    source: Source,
    splits: dict[str, np.ndarray],
    arrays: dict[str, np.ndarray],
    folder: Path,
    names: list[str],
    title: str,
) -> dict[str, Any]:
    sums = {name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)} for name in names}
    return {
        "name": title,
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
        "attribute_prevalences": [round(float(share), 6) for share in arrays["attributes.npy"].mean(0)],
        "target_names": list(target_names(source)),
        **joint_card(source, arrays.get("factors.npy"), splits),
        "files": sums,
    }


def _put_in_place(partial: Path, folder: Path, names: list[str]) -> None:
    """Give all files their places, the card last, and remove what is no longer asked for."""
    for name in names:
        to_disk(partial / name)
    folder.mkdir(exist_ok=True)
    (folder / "card.json").unlink(missing_ok=True)
    for old in folder.iterdir():
        if old.name not in names:
            old.unlink()
    for name in names:
        os.replace(partial / name, folder / name)
    to_disk(folder)
    for left in (partial / "lock", *partial.glob(f"*{JOURNAL}")):
        left.unlink()
    with suppress(OSError):
        partial.rmdir()
