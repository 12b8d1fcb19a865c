"""Aligned faces with forty attributes: CelebA (Liu, Luo, Wang and Tang 2015, arXiv:1411.7766)."""

from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from diffrep.datasets.celeba_attributes import GROUP_OF, NAMES, SOURCES
from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import SPLITS, Counts, Seed
from diffrep.datasets.files.faults import each
from diffrep.datasets.readers.flag_table import Table, read_attributes, read_partition, unmatched
from diffrep.datasets.readers.lmdb_pictures import LMDBPictures
from diffrep.datasets.readers.official_splits import Splits, chosen
from diffrep.datasets.readers.photographs import Photographs
from diffrep.datasets.readers.pictures import Resampling, square
from diffrep.datasets.readers.published import told_md5
from diffrep.datasets.readers.stores import Store, numbers_in, store_at

ALIGNED = (178, 218)  # width and height of every picture
COUNT = 202_599
D2C = (25, 57, 153, 185)  # left, top, right, bottom
SHORT, CENTRE = 96, 64  # the short side after resizing, and the square in its middle
PUBLISHED = {  # md5 of the two tables
    "75e246fa4810816ffd6ee81facbd244c": "list_attr_celeba.txt",
    "d32c9cbf5e040fd4025c592c306e6668": "list_eval_partition.txt",
}
Crop = Literal["d2c", "centre64", "none"]


class CelebA(Photographs):
    """Aligned CelebA with its forty attributes, 0 or 1.

    pictures    a folder with 000001.jpg and so on, img_align_celeba.zip, or the LMDB of Diff-AE's script (keys like
                None-0000000, one less than the number in the picture's name)
    attributes  list_attr_celeba.txt, or the same as a CSV, as Kaggle has it
    partition   list_eval_partition.txt, or its CSV
    crop        d2c: the 128 pixels of side from 57 below the top and 25 from the left, as D2C, Diff-AE and PDAE have
                it; centre64: the short side brought to 96 and 64 cut from the middle, as NashAE and EncDiff; none: the
                whole picture, pressed into a square
    size        pixels of the side, to which the cut comes by `resampling`
    splits      official: those of the partition, `train`, `valid` and `test` of each, drawn by `seed`, 0 for all;
                drawn: from all pictures

    Pictures and rows of the tables meet by the number in the picture's name. Boxes of list_bbox_celeba.txt belong to
    other pictures, not to the aligned ones, and are not read.
    """

    attribute_names = NAMES
    attribute_groups = tuple(GROUP_OF[name] for name in NAMES)
    attribute_sources = SOURCES
    about = About(
        title="CelebA, aligned",
        citation="Liu, Luo, Wang and Tang, Deep Learning Face Attributes in the Wild, ICCV 2015",
        licence="for non-commercial research; pictures may not be passed on",
        size="img_align_celeba.zip, 202,599 pictures; list_attr_celeba.txt; list_eval_partition.txt",
        place="`pictures`: the folder img_align_celeba, its zip (md5 00d2c5bc6d35e252742224ab0c1e8fcb) or Diff-AE's "
        "LMDB; `attributes`: list_attr_celeba.txt; `partition`: list_eval_partition.txt. Where the official Drive "
        "folder says that its quota is used up, fetch them by hand on another day. LMDB: pip install 'diffrep[data]'",
    )
    licence = about.licence

    def __init__(
        self,
        *,
        pictures: str,
        attributes: str,
        partition: str,
        crop: Crop,
        size: int,
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        store, flags, parts = each(
            lambda: store_at(pictures),
            lambda: read_attributes(Path(attributes), NAMES),
            lambda: read_partition(Path(partition)),
            also=apart,
        )
        super().__init__(store, size, resampling)
        names = self._store.names()
        numbers = picture_numbers(names, self._store)
        part = parts.at(numbers)[:, 0]
        pools = {name: np.flatnonzero(part == code) for code, name in enumerate(SPLITS)}
        places, self._splits = chosen(pools, Counts(train, valid, test), splits, seed, "CelebA's pictures")
        self._names, self._flags, self._crop = names[places], flags.at(numbers[places]), crop
        self._expect_aligned(self._sides(), self._told(self._names[0]))
        whole = f"all {COUNT:,}" if len(names) == COUNT else f"{len(names):,} of the {COUNT:,}"
        self.source = f"CelebA, {whole} aligned pictures, {splits} splits, crop {crop}"
        self.checksum = "; ".join(told_md5(table.path, PUBLISHED) for table in (flags, parts))

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 40] uint8, 0 or 1."""
        return self._flags[rows]

    def _cut(self, image: Image.Image, name: str) -> np.ndarray:
        self._expect_aligned(image.size, name)
        return cut(image, self._crop, self.image_shape[1], self._resampling)

    def _expect_aligned(self, sides: tuple[int, int], name: str) -> None:
        if sides != ALIGNED:
            raise ValueError(
                f"{name} has {sides[0]}x{sides[1]} pixels, CelebA's aligned pictures {ALIGNED[0]}x{ALIGNED[1]}"
            )


def cut(image: Image.Image, crop: Crop, size: int, resampling: Resampling) -> np.ndarray:
    """[size, size, 3] uint8: the part of an aligned picture that a crop names."""
    if crop == "d2c":
        return square(image, size, box=D2C, resampling=resampling)
    if crop == "none":
        return square(image, size, box=(0, 0, *image.size), resampling=resampling)
    width, height = image.size
    tall = image.resize((SHORT, SHORT * height // width), Image.Resampling[resampling.upper()])
    left, top = (round((side - CENTRE) / 2) for side in tall.size)
    return square(tall, size, box=(left, top, left + CENTRE, top + CENTRE), resampling=resampling)


def apart(store: Store | None, *tables: Table | None) -> list[str]:
    """What pictures and tables do not have of each other, of those that could be read."""
    if store is None:
        return []
    numbers = picture_numbers(store.names(), store)
    return [fault for table in tables if table is not None for fault in unmatched(numbers, store.path, table)]


def picture_numbers(names: np.ndarray, store: Store) -> np.ndarray:
    """[n] int64: CelebA's numbers of pictures, which begin with 1; Diff-AE's LMDB counts them from 0."""
    return numbers_in(names, store.path) + isinstance(store, LMDBPictures)
