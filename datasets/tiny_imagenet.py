"""Tiny ImageNet (Stanford's CS231n): 64 x 64 pixels, 200 classes, 500 training and 50 validation images of each."""

from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.kinds import expect_file, fault_of_file
from diffrep.datasets.readers.class_photographs import ClassPhotographs, one_hot
from diffrep.datasets.readers.official_splits import Splits, chosen
from diffrep.datasets.readers.picture_files import read_pictures
from diffrep.datasets.readers.pictures import Resampling

CLASSES, TRAIN, VALID = 200, 500, 50  # images of each class
FOLDER, ANNOTATIONS, END = "tiny-imagenet-200", "val_annotations.txt", ".JPEG"
LONGEST = 50  # characters of a class's name
CITATION = "Le and Yang 2015, Tiny ImageNet visual recognition challenge, CS231n"
LICENCE = "ImageNet's terms: non-commercial research and education"


class TinyImageNet(ClassPhotographs):
    """Photographs with a class each, which are the attributes, by its first word in words.txt.

    folder      tiny-imagenet-200, or the folder in which it lies
    size        pixels: 64 is as published, others by `resampling`
    splits      official: the images of `train` train, `valid` of them validate; the published test images have no
                labels, so those of `val` are the test images. So many of each, 0 for all. drawn: from both together

    Some images are grey, and become colour images of equal channels. The class of an image of `val` stands in
    val_annotations.txt: its folder says none. FileNotFoundError, ValueError or Faults.
    """

    about = About(
        title="Tiny ImageNet",
        citation=CITATION,
        licence=LICENCE,
        size="237 MiB, 110,000 images with labels",
        place="folder: tiny-imagenet-200, unpacked from http://cs231n.stanford.edu/tiny-imagenet-200.zip",
    )
    licence = LICENCE
    checksum = "none stated; known by its 200 classes of 500 and 50 images"

    def __init__(
        self,
        *,
        folder: str,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        place = Path(folder).expanduser()
        self._place = place / FOLDER if (place / FOLDER).is_dir() else place
        if not (self._place / "train").is_dir() or not (self._place / "val").is_dir():
            raise FileNotFoundError(f"no train and val in {self._place}: folder is {FOLDER}, unpacked")
        classes = sorted(path.name for path in (self._place / "train").iterdir() if path.is_dir())
        if len(classes) != CLASSES:
            raise ValueError(
                f"{self._place / 'train'} has {len(classes)} classes, {FOLDER} has {CLASSES}: unpack it again"
            )
        self._resampling, self.image_shape = resampling, (3, size, size)
        learnt, shown = self._of_train(classes), self._of_val(classes)
        paths = [*learnt, *shown]
        pools = {"train": np.arange(len(learnt)), "test": np.arange(len(learnt), len(paths))}
        drawn, rows = chosen(pools, Counts(train, valid, test), splits, seed, "Tiny ImageNet")
        self._paths = [paths[place][0] for place in drawn]
        expect_none(filter(None, (fault_of_file(self._place / path, "JPEG") for path in self._paths)))
        labels = np.array([label for _, label in paths])[drawn]
        self._describe(one_hot(labels, CLASSES), {"class": _words(self._place / "words.txt", classes)}, rows)
        self.source = f"Tiny ImageNet, {len(paths):,} images with labels, {splits} splits"

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8; Faults for all of them that cannot be decoded."""
        paths = (self._place / self._paths[row] for row in rows)
        return read_pictures(paths, len(rows), self.image_shape[1], 3, self._resampling)

    def _of_train(self, classes: list[str]) -> list[tuple[str, int]]:
        """Paths of the training images with their classes."""
        found, faults = [], []
        for label, name in enumerate(classes):
            folder = self._place / "train" / name / "images"
            names = sorted(path.name for path in folder.glob(f"*{END}"))
            if len(names) != TRAIN:
                faults.append(f"{folder} has {len(names)} images *{END}, not {TRAIN}: unpack it again")
            found += [(f"train/{name}/images/{picture}", label) for picture in names]
        expect_none(faults)
        return found

    def _of_val(self, classes: list[str]) -> list[tuple[str, int]]:
        """The same of val, whose images the annotations name."""
        path, labels = self._place / "val" / ANNOTATIONS, {name: label for label, name in enumerate(classes)}
        there = {picture.name for picture in (self._place / "val" / "images").glob(f"*{END}")}
        found: dict[str, int] = {}
        faults = []
        for number, line in enumerate(expect_file(path).read_text().splitlines(), start=1):
            name, _, rest = line.partition("\t")
            label = labels.get(rest.partition("\t")[0])
            if label is None or name in found:
                faults.append(f"{path}, line {number}: {line[:40]!r} is no image and its class, or told twice")
            elif name not in there:
                faults.append(f"{path}, line {number}: there is no {name} in {self._place / 'val' / 'images'}")
            else:
                found[name] = label
        faults += [
            f"{self._place / 'val' / 'images' / name} has no line in {path}" for name in sorted(there - set(found))
        ]
        if not faults and len(found) != VALID * CLASSES:
            faults.append(f"{path} has {len(found):,} images, not {VALID * CLASSES:,}: unpack it again")
        expect_none(faults)
        return [(f"val/images/{name}", found[name]) for name in sorted(found)]


def _words(path: Path, classes: list[str]) -> tuple[str, ...]:
    """The first word for each class, with its number where two have the same; without such a file the numbers."""
    if not path.is_file():
        return tuple(classes)
    lines = (line.partition("\t") for line in path.read_text(encoding="utf-8").splitlines())
    words = {name: told.split(",")[0].strip()[:LONGEST] for name, _, told in lines}
    first = [words.get(name) or name for name in classes]
    return tuple(
        word if first.count(word) == 1 else f"{word} {name}" for word, name in zip(first, classes, strict=True)
    )
