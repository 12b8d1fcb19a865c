"""mini-ImageNet (Vinyals et al. 2016, arXiv:1606.04080): 100 classes of ImageNet, 600 images of each, of 84 pixels."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.kinds import fault_of_file
from diffrep.datasets.readers.class_photographs import ClassPhotographs, one_hot
from diffrep.datasets.readers.csv_table import read_table
from diffrep.datasets.readers.official_splits import chosen
from diffrep.datasets.readers.picture_files import read_pictures
from diffrep.datasets.readers.pictures import SUFFIXES, Resampling

TABLES = {"train": 64, "val": 16, "test": 20}  # classes in each list of Ravi and Larochelle
EACH = 600  # images of a class
LEARNT = 500  # of them the training images of LaplaceNet's protocol; the others test
CITATION = "Vinyals et al. 2016, arXiv:1606.04080; lists of Ravi and Larochelle 2017"
LICENCE = "ImageNet's terms: non-commercial research and education"
TITLE = "mini-ImageNet"
Listed = list[tuple[str, str, str]]  # the path of an image, its class, its list or folder


class MiniImageNet(ClassPhotographs):
    """Photographs with a class each, which are the attributes, by ImageNet's numbers.

    folder  either images/ with all pictures, in folders of their classes or not, and train.csv, val.csv and test.csv of
            Ravi and Larochelle (filename, label), beside it or in split/; or train/ and test/ with a folder for each
            class, as LaplaceNet and DRL have it
    size    pixels: 84 is as published, others by `resampling`, of the largest square in the middle
    splits  few_shot: the three lists, whose classes are unlike: what a probe learns of one says nothing of another.
            per_class: of each of the 100 classes 500 images train, 100 test; `valid` are drawn from the training ones.
            So many of each, 0 for all. drawn: from all 60,000

    Assumed, since no source of it was at hand: LaplaceNet's and DRL's lists of 500 and 100 images are not published;
    where train/ and test/ do not say them, the first 500 of each class, by the names of the files, train.

    FileNotFoundError, ValueError or Faults.
    """

    about = About(
        title=TITLE,
        citation=CITATION,
        licence=LICENCE,
        size="about 3 GB, 60,000 images",
        place="folder: images/ with train.csv, val.csv and test.csv; or train/ and test/ with a folder for each class",
    )
    licence = LICENCE
    checksum = "none stated; known by its 100 classes of 600 images"

    def __init__(
        self,
        *,
        folder: str,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        splits: Literal["few_shot", "per_class", "drawn"],
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        self._place = Path(folder).expanduser()
        listed, tables = _listed(self._place)
        if splits == "few_shot" and not tables:
            raise ValueError(f"{self._place} has no train.csv, val.csv and test.csv, which say what is few_shot")
        names, labels = np.unique([name for _, name, _ in listed], return_inverse=True)
        parts = np.array([part for _, _, part in listed])
        if splits == "per_class" and tables:
            parts = np.where(_rank(labels) < LEARNT, "train", "test")
        pools = {
            name: np.flatnonzero(parts == part)
            for name, part in (("train", "train"), ("valid", "val"), ("test", "test"))
        }
        pools = {name: rows for name, rows in pools.items() if len(rows)}
        kind: Literal["official", "drawn"] = "drawn" if splits == "drawn" else "official"
        drawn, rows = chosen(pools, Counts(train, valid, test), kind, seed, TITLE)
        self._paths = [listed[place][0] for place in drawn]
        expect_none(filter(None, (fault_of_file(self._place / path) for path in self._paths)))
        self._resampling, self.image_shape = resampling, (3, size, size)
        self._describe(one_hot(labels[drawn], len(names)), {"class": tuple(map(str, names))}, rows)
        told = "lists of Ravi and Larochelle" if tables else "folders train and test"
        self.source = f"{TITLE}, {len(listed):,} images, {told}, {splits} splits"

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8; Faults for all of them that cannot be decoded."""
        paths = (self._place / self._paths[row] for row in rows)
        return read_pictures(paths, len(rows), self.image_shape[1], 3, self._resampling)


def _listed(place: Path) -> tuple[Listed, bool]:
    """All images, in the order of their paths, and whether tables say which there are."""
    tables = next((base for base in (place, place / "split") if (base / "train.csv").is_file()), None)
    if tables is not None and (place / "images").is_dir():
        return sorted(_of_tables(place, tables)), True
    if (place / "train").is_dir() and (place / "test").is_dir():
        return sorted(_of_folders(place)), False
    raise FileNotFoundError(f"no images/ with train.csv, and no train/ and test/ in {place}: folder has either")


def _of_tables(place: Path, tables: Path) -> Listed:
    there = {path.name: path.relative_to(place).as_posix() for path in (place / "images").rglob("*")}
    found: Listed = []
    faults: list[str] = []
    for part, count in TABLES.items():
        table = read_table(tables / f"{part}.csv")
        if "label" not in table.columns:
            raise ValueError(f"{table.path} has no column 'label': it is filename,label")
        labels = table.columns["label"]
        faults += [f"{table.path}: there is no {key} in {place / 'images'}" for key in table.keys if key not in there]
        found += [(there[key], label, part) for key, label in zip(table.keys, labels, strict=True) if key in there]
        if len(set(labels)) != count:
            faults.append(f"{table.path} has {len(set(labels))} classes, the list of Ravi and Larochelle has {count}")
    faults += _faults_of_counts(found, {"": EACH}, place)
    expect_none(faults)
    return found


def _of_folders(place: Path) -> Listed:
    found = [
        (path.relative_to(place).as_posix(), path.parent.name, part)
        for part in ("train", "test")
        for path in (place / part).glob("*/*")
        if path.name.lower().endswith(SUFFIXES)
    ]
    expect_none(_faults_of_counts(found, {"train": LEARNT, "test": EACH - LEARNT}, place))
    return found


def _faults_of_counts(found: Listed, asked: dict[str, int], place: Path) -> list[str]:
    """Classes that have not so many images in a part, "" for all parts together."""
    classes = sorted({name for _, name, _ in found})
    faults = [f"{place} has {len(classes)} classes, {TITLE} has {sum(TABLES.values())}"]
    faults = faults if len(classes) != sum(TABLES.values()) else []
    for part, count in asked.items():
        names, times = np.unique([name for _, name, of in found if part in ("", of)], return_counts=True)
        has = dict(zip(names.tolist(), times.tolist(), strict=True))
        odd = [name for name in classes if has.get(name, 0) != count]
        where = f"{place / part}: class" if part else f"{place}: class"
        faults += [f"{where} {name} has {has.get(name, 0)} images, not {count}" for name in odd]
    return faults


def _rank(labels: np.ndarray) -> np.ndarray:
    """The place of each image among those of its class."""
    ranks = np.empty(len(labels), int)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        ranks[rows] = np.arange(len(rows))
    return ranks
