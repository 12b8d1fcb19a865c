"""MNIST and its kin: grey signs of 28 x 28 pixels, in the IDX files that MNIST came in."""

import hashlib
from typing import Annotated

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.readers.idx_photographs import IdxPhotographs, idx_files
from diffrep.datasets.readers.official_splits import Splits

RELEASES = {  # md5 of the published training images, gzipped: title, classes, licence
    "f68b3c2dcbeaaa9fbdd348bbdeb94873": ("MNIST", (), "none stated in its files; CC BY-SA 3.0 is often named"),
    "bdb82020997e1d708af4cf47b453dcf7": (
        "Kuzushiji-MNIST",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        "CC BY-SA 4.0, as its authors ask; not stated in its files",
    ),
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d": (
        "Fashion-MNIST",
        ("t_shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle_boot"),
        "MIT, copyright 2017 Zalando SE",
    ),
}
UNKNOWN = ("IDX files", (), "not known: no release that this reader knows by its sum")


class MNIST(IdxPhotographs):
    """Digits, cursive kana, letters: a class each, which are its attributes; no ground-truth factors.

    folder       has four files, gzipped or not: ...train-images-idx3-ubyte, ...train-labels-idx1-ubyte, and the same
                 with t10k or test. MNIST, Kuzushiji-MNIST and Fashion-MNIST are known by the md5 of their training
                 images as published; EMNIST and others are read as what their headers say
    transposed   EMNIST stores its images with rows and columns exchanged [by general knowledge; look at some]: true
                 exchanges them again
    size         28, or an even number of pixels more: padded with background
    splits       official: so many of its training and test images, 0 for all; `valid` are drawn from the training
                 images. drawn: train, valid and test are drawn from all images
    class_names  words for the classes in the order of their labels; without: what is published, or else the labels

    FileNotFoundError, or ValueError for what is no such file.
    """

    about = About(
        title="MNIST, Kuzushiji-MNIST, EMNIST",
        citation="LeCun et al. 1998; Clanuwat et al. 2018, arXiv:1812.01718; Cohen et al. 2017, arXiv:1702.05373",
        licence="by release: see the card",
        size="11 MB, 70,000 images; EMNIST to 814,255",
        place="folder: the four IDX files of one of them, gzipped or not",
    )

    def __init__(
        self,
        *,
        folder: str,
        transposed: bool,
        size: Annotated[int, Ge(1)],
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
        class_names: tuple[str, ...] = (),
    ) -> None:
        files = idx_files(folder, "MNIST or its kin")
        with files["train images"].open("rb") as file:
            md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        title, names, self.licence = RELEASES.get(md5, UNKNOWN)
        counts = Counts(train, valid, test)
        self._read(files, size, counts, splits, seed, title, class_names or names)
        if transposed:
            self._images = np.ascontiguousarray(self._images.transpose(0, 2, 1))
        told = f"{title}, {len(self.attribute_names)} classes, {splits} splits"
        self.source = f"{told}, rows and columns exchanged" if transposed else told
        self.checksum = f"{'' if md5 in RELEASES else 'none stated; '}md5 of the training images {md5}"
