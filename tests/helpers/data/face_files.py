"""Small files of the published forms of CelebA, CelebA-HQ, FFHQ, LSUN and LFW, whose pictures lose nothing."""

import hashlib
import io
import zipfile
from pathlib import Path

import lmdb
import numpy as np
from PIL import Image

from diffrep.datasets.celeba_attributes import NAMES

ALIGNED = (218, 178)


def painted(count: int, sides: tuple[int, int] = ALIGNED) -> list[np.ndarray]:
    """Unlike pictures [h, w, 3] uint8 that compress well and tell left from right and top from bottom."""
    rows, columns = np.mgrid[: sides[0], : sides[1]]
    drawn = np.random.default_rng(7).integers(256, size=(count, 3))
    return [np.stack([rows + r, columns + g, (rows * columns) // 64 + b], -1).astype(np.uint8) for r, g, b in drawn]


def encoded(image: np.ndarray, form: str = "PNG") -> bytes:
    """The bytes of a picture; WEBP without loss, JPEG with."""
    with io.BytesIO() as file:
        Image.fromarray(image).save(file, format=form, **({"lossless": True} if form == "WEBP" else {}))
        return file.getvalue()


def put(path: Path, content: bytes | str) -> Path:
    """A file with that content, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def folder_of(folder: Path, pictures: dict[str, np.ndarray]) -> Path:
    for name, image in pictures.items():
        put(folder / name, encoded(image))
    return folder


def zip_of(path: Path, pictures: dict[str, np.ndarray]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, image in pictures.items():
            archive.writestr(name, encoded(image))
    return path


def lmdb_of(folder: Path, entries: dict[bytes, bytes]) -> Path:
    with lmdb.open(str(folder), map_size=1 << 27) as environment, environment.begin(write=True) as transaction:
        for key, value in entries.items():
            transaction.put(key, value)
    return folder


def numbered(folder: Path, pictures: list[np.ndarray], head: str, digits: int, form: str = "WEBP") -> Path:
    """An LMDB as Diff-AE's scripts make it."""
    entries = {f"{head}-{str(n).zfill(digits)}".encode(): encoded(image, form) for n, image in enumerate(pictures)}
    return lmdb_of(folder, entries | {b"length": str(len(pictures)).encode()})


def hashed(folder: Path, pictures: list[np.ndarray]) -> tuple[Path, list[bytes]]:
    """An LMDB with LSUN's keys, and the key of each picture."""
    keys = [hashlib.sha1(bytes([n])).hexdigest().encode() for n in range(len(pictures))]
    return lmdb_of(folder, {key: encoded(image) for key, image in zip(keys, pictures, strict=True)}), keys


def flags(count: int) -> np.ndarray:
    """[count, 40] of 0 and 1."""
    return np.random.default_rng(3).integers(2, size=(count, 40))


def attributes_text(names: list[str], known: np.ndarray, columns: tuple[str, ...] = NAMES) -> str:
    """list_attr_celeba.txt: names of pictures, and runs of spaces between values of -1 and 1."""
    rows = [
        f"{name} " + "".join(f"{2 * value - 1:3d}" for value in row) for name, row in zip(names, known, strict=True)
    ]
    return "\n".join([str(len(names)), " ".join(columns) + " ", *rows]) + "\n"


def attributes_csv(names: list[str], known: np.ndarray) -> str:
    """The same as Kaggle has it."""
    rows = [",".join([name, *map(str, 2 * row - 1)]) for name, row in zip(names, known, strict=True)]
    return "\r\n".join([",".join(["image_id", *NAMES]), *rows]) + "\r\n"
