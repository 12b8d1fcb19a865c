"""MedMNIST (Yang et al. 2023, arXiv:2110.14795): small pictures of medicine, with one class or several labels each."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.kinds import expect_file
from diffrep.datasets.files.npy import Stored, stored_in
from diffrep.datasets.readers.class_photographs import ClassPhotographs, one_hot
from diffrep.datasets.readers.medmnist_releases import RELEASES
from diffrep.datasets.readers.official_splits import Splits, chosen
from diffrep.datasets.readers.pictures import Resampling, squares

PARTS = {"train": "train", "valid": "val", "test": "test"}  # a split, and what the file calls it
KEYS = tuple(f"{part}_{what}" for part in PARTS.values() for what in ("images", "labels"))
SUMMED = 200 << 20  # bytes of a file whose md5 is taken
CITATION = "Yang et al. 2023, MedMNIST v2, Scientific Data 10:41, arXiv:2110.14795"
LICENCE = "CC BY 4.0; DermaMNIST CC BY-NC 4.0"


class MedMNIST(ClassPhotographs):
    """One of its twelve flat data sets, of 28, 64, 128 or 224 pixels; which, the numbers of its images tell.

    file    the .npz as published, with {train,val,test}_images and _labels: labels [n, 1] are classes, which become an
            attribute each; labels [n, k] of 0 and 1 are attributes as they are
    size    pixels: that of the file, or brought to it by `resampling`
    splits  official: so many of its training, validation and test images, 0 for all of them. drawn: from all images

    Versions 2 and 3 of the organs are told apart by their numbers of images; `source` says which a file is. Of other
    images than the published, names are the numbers of classes. What is compressed, as published files are, is
    unpacked when the first image is asked for: to memory, or, of more than 256 MiB, to a file beside it.
    FileNotFoundError, ValueError or Faults.
    """

    about = About(
        title="MedMNIST",
        citation=CITATION,
        licence=LICENCE,
        size="about 0.5 to 210 MB at 28 pixels; 780 to 236,386 images",
        place="file: an npz from https://zenodo.org/records/10519652, which is version 3; those of version 2 are read "
        "too, of which the three of organs have other numbers of images",
        may_be_shown=True,
    )
    licence = LICENCE

    def __init__(
        self,
        *,
        file: str,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        path = expect_file(Path(file).expanduser(), "npz")
        stored = stored_in(path)
        expect_none(f"{path} has no {key!r}, and is no MedMNIST" for key in KEYS if key not in stored)
        self._images = {part: stored[f"{part}_images"] for part in PARTS.values()}
        labels = [stored[f"{part}_labels"].array() for part in PARTS.values()]
        expect_none(_faults(self._images, labels))
        first = self._images["train"].shape
        self._resampling, self.image_shape = resampling, (3 if len(first) == 4 else 1, size, size)
        counts = [len(stored) for stored in self._images.values()]
        self._starts = np.cumsum([0, *counts])
        places = dict(zip(PARTS, np.split(np.arange(sum(counts)), self._starts[1:-1]), strict=True))
        title, classes = _release(counts, self.image_shape[0])
        self._drawn, rows = chosen(places, Counts(train, valid, test), splits, seed, title)
        known = _known(np.concatenate(labels))
        if len(classes) != known.shape[1]:
            title, classes = "a data set in MedMNIST's format", tuple(map(str, range(known.shape[1])))
        group = "label" if labels[0].shape[1] > 1 else "class"
        self._describe(known[self._drawn], {group: classes}, rows)
        self.source = f"{title}, {sum(counts):,} images of {first[1]} pixels, {splits} splits"
        self.checksum = _checksum(path, title)

    @property
    def packed(self) -> int:
        """How many images are still to be unpacked beside the file."""
        return sum(stored.packed for stored in self._images.values())

    def read_through(self) -> Iterator[int]:
        """Read the file as if to unpack it, and keep nothing: how many images have been read so far."""
        done = 0
        for stored in self._images.values():
            if stored.packed:
                yield from (done + read for read in stored.read_through())
                done += len(stored)

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, c] uint8."""
        drawn = self._drawn[rows]
        shape = self._images["train"].shape[1:]
        found = np.empty((len(drawn), *shape), np.uint8)
        for part, start, end in zip(self._images, self._starts, self._starts[1:], strict=False):
            here = np.flatnonzero((drawn >= start) & (drawn < end))
            if len(here):
                found[here] = self._images[part][drawn[here] - start]
        return squares(found if len(shape) == 3 else found[..., None], self.image_shape[1], self._resampling)


def _faults(images: dict[str, Stored], labels: list[np.ndarray]) -> list[str]:
    """What keeps arrays from being pictures with labels."""
    faults = [fault for stored in images.values() if (fault := stored.fault())]
    for stored, known in zip(images.values(), labels, strict=True):
        shape = list(stored.shape)
        flat = len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)
        if stored.dtype != np.uint8 or not flat or shape[1] != shape[2] or not shape[0]:
            volume = ": it is of three dimensions, the flat ones would do" if len(shape) == 4 and not flat else ""
            faults.append(f"{stored} has {stored.dtype} {shape}, not bytes [n, s, s] or [n, s, s, 3]{volume}")
        elif shape[1:] != list(images["train"].shape[1:]):
            faults.append(f"{stored} has images {shape[1:]}, the training images are {list(images['train'].shape[1:])}")
        if known.ndim != 2 or not known.size or known.dtype.kind not in "iu" or len(known) != len(stored):
            faults.append(
                f"{stored} has labels {list(known.shape)} {known.dtype}: whole numbers [{len(stored)}, k] would do"
            )
        elif known.shape[1] != labels[0].shape[-1] or (known.shape[1] > 1 and known.max() > 1) or known.min() < 0:
            faults.append(f"{stored} has labels from {known.min()} to {known.max()}: classes [n, 1], or 0 and 1 [n, k]")
    return faults


def _known(labels: np.ndarray) -> np.ndarray:
    """Classes [n, 1] one-hot, labels [n, k] as they are."""
    if labels.shape[1] > 1:
        return labels.astype(np.uint8)
    return one_hot(labels[:, 0], int(labels.max()) + 1)


def _release(counts: list[int], channels: int) -> tuple[str, tuple[str, ...]]:
    """The name and classes of the data set with so many images; "" and () where there is none."""
    for name, release in RELEASES.items():
        if release.counts == tuple(counts) and release.channels == channels:
            return name, release.classes
    return "MedMNIST", ()


def _checksum(path: Path, title: str) -> str:
    """The md5 of a file that is not large, and whether it is the published one."""
    if path.stat().st_size > SUMMED:
        return "none taken of so large a file; known by its numbers of images"
    with path.open("rb") as file:
        md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    published = RELEASES[title].md5 if title in RELEASES else None
    if published == "":
        return f"md5 {md5}; none to compare with is known"
    return f"md5 {md5}" + (", as published" if md5 == published else ", not that published for 28 pixels")
