"""A data set on disk: arrays that open as memory maps, and a card that says what they are and holds their checksums.

A folder has images.npy (or images.png and ends.npy, see files/encoded.py), attributes.npy, splits.npz, factors.npy and
targets.npy where there are some, and card.json. The card is written last and names the sha256 of itself and of every
other file, so a folder without a card, with an altered one, or with files of another card, is never taken for a whole
one.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, cast

import numpy as np

from diffrep.datasets.files.encoded import Encoded
from diffrep.datasets.files.sums import seal
from diffrep.datasets.files.verified import Verified

ARRAY, ENCODED = {"images.npy"}, {"images.png", "ends.npy"}  # the files that hold images, either way


class Prepared:
    """A folder that `writing.write` made: sizes and sha256 of every file are checked, once for as long as none changes.

    images      [n, h, w, c] uint8, memory map, or `Encoded`, of which rows are asked for alike
    attributes  [n, a] uint8, memory map; a = 0 where the data set has none
    factors     [n, k] int64; None where the data set has none
    targets     [n, r] float32; None where the data set has none
    splits      rows [m] int64 of "train", "valid", "test"
    card        what card.json says: names, groups, sources, prevalences, licence, sizes
    checksum    sha256 over the checksums of the files: two folders that agree in it hold the same data

    A missing file is a FileNotFoundError, a truncated or altered one a ValueError.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.card, verified = read_card(self.folder), Verified(self.folder)
        for name, known in self.card["files"].items():
            self._verify(name, known["bytes"], known["sha256"], verified)
        self.images = self._images()
        self.attributes = self._array("attributes.npy")
        self.factors = self._array("factors.npy") if self.card["factor_names"] else None
        self.targets = self._array("targets.npy") if self.card["target_names"] else None
        with np.load(self.folder / "splits.npz") as splits:
            self.splits = {name: splits[name] for name in splits.files}
        joined = "".join(f"{name} {known['sha256']}\n" for name, known in sorted(self.card["files"].items()))
        self.checksum = hashlib.sha256(joined.encode()).hexdigest()

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        channels, height, width = self.card["image_shape"]
        return channels, height, width

    def alike(self, split: str) -> list[str]:
        """The attributes that no image of a split has, or every one: they can be neither learnt there nor scored."""
        known = np.asarray(self.attributes[self.splits[split]])
        return [str(name) for name in np.array(self.card["attribute_names"])[known.min(0) == known.max(0)]]

    def _verify(self, name: str, size: int, sha256: str, verified: Verified) -> None:
        path = self.folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: {again(self.folder)}")
        if path.stat().st_size < size:
            raise ValueError(f"{path} is truncated, {path.stat().st_size} of {size} bytes: {again(self.folder)}")
        if verified.sha256(name) != sha256:
            raise ValueError(f"{path} is altered, its sha256 is not the card's: {again(self.folder)}")

    def _images(self) -> np.ndarray:
        if "images.npy" in self.card["files"]:
            return self._array("images.npy")
        channels, height, width = self.image_shape
        encoded = Encoded(self.folder / "images.png", self._array("ends.npy"), (height, width, channels))
        return cast("np.ndarray", encoded)  # as far as anyone asks

    def _array(self, name: str) -> np.ndarray:
        return np.load(self.folder / name, mmap_mode="r")


def read_card(folder: Path) -> dict[str, Any]:
    """What a prepared folder says of itself; FileNotFoundError without a card, ValueError for an altered one."""
    path = folder / "card.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: {again(folder)}")
    try:
        card = json.loads(path.read_text())
        sealed, files = card.pop("sha256") == seal(card), set(card["files"])
        whole = sealed and {"attributes.npy", "splits.npz"} <= files and (files >= ARRAY or files >= ENCODED)
        whole = whole and {"image_shape", "factor_names", "attribute_names", "target_names"} <= set(card)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise ValueError(f"{path} is truncated or altered: {again(folder)}")
    return card


def again(folder: Path) -> str:
    """The command that makes a folder anew."""
    return f"run `diffrep prepare --dataset {folder.name}` again"
