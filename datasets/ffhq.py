"""Seventy thousand faces without attributes: FFHQ (Karras, Laine and Aila 2019, arXiv:1812.04948)."""

from typing import Literal

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.readers.official_splits import chosen
from diffrep.datasets.readers.photographs import Photographs
from diffrep.datasets.readers.pictures import Resampling
from diffrep.datasets.readers.stores import numbers_in, store_at

COUNT = 70_000
HELD_OUT = 10_000
Which = Literal["official", "diffae", "drawn"]


class FFHQ(Photographs):
    """FFHQ at any of its sizes; nothing is known of the faces.

    pictures  a folder of 00000.png to 69999.png, with or without subfolders (images1024x1024, thumbnails128x128, or
              any copy that keeps the numbers), a zip of it, or Diff-AE's LMDB (keys like 256-00000)
    splits    official: the last 10,000 are held out, which the authors call validation, and are `test` here; diffae:
              the first 10,000 are, the other way round, as in Diff-AE and PDAE, whose released models have seen all
              70,000; drawn: from all pictures. Of the first two `valid` is drawn from the other 60,000; `train` and
              `test` of 0 are all that are left
    size      pixels of the side, to which pictures come by `resampling`
    """

    about = About(
        title="FFHQ",
        citation="Karras, Laine and Aila, A Style-Based Generator Architecture for GANs, CVPR 2019",
        licence="CC BY-NC-SA 4.0; single pictures have licences of their own, which ffhq-dataset-v2.json names",
        size="thumbnails128x128, 1.95 GB, or images1024x1024, 89.1 GB; 70,000 pictures",
        place="`pictures`: the folder thumbnails128x128 or images1024x1024, or Diff-AE's ffhq256.lmdb; "
        "ffhq-dataset-v2.json has an md5 of each picture. LMDB: pip install 'diffrep[data]'",
    )
    licence = about.licence
    checksum = "none stated for the whole: known by the number of pictures, their names and their size"

    def __init__(
        self,
        *,
        pictures: str,
        size: int,
        resampling: Resampling,
        splits: Which,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        super().__init__(store_at(pictures), size, resampling)
        names = self._store.names()
        numbers = numbers_in(names, self._store.path)
        absent = np.setdiff1d(np.arange(COUNT), numbers)
        if splits != "drawn" and (len(absent) or len(numbers) != COUNT):
            which = f"not number {absent[0]}" if len(absent) else f"up to number {numbers.max()}"
            raise ValueError(
                f"{self._store.path} has {len(numbers):,} pictures, {which}: splits: {splits} is of all {COUNT:,}, "
                f"numbers 0 to {COUNT - 1}; splits: drawn takes what is there"
            )
        pools = pools_of(numbers, splits)
        how: Literal["official", "drawn"] = "drawn" if splits == "drawn" else "official"
        places, self._splits = chosen(pools, Counts(train, valid, test), how, seed, "FFHQ's pictures")
        self._names = names[places]
        width, height = self._sides()
        whole = f"all {COUNT:,}" if len(names) == COUNT else f"{len(names):,} of the {COUNT:,}"
        self.source = f"FFHQ, {whole} pictures, stored at {width}x{height}, {splits} splits"


def pools_of(numbers: np.ndarray, splits: Which) -> dict[str, np.ndarray]:
    """Places [m] of the pictures of training and test among all, by their numbers [n]."""
    held_out = numbers < HELD_OUT if splits == "diffae" else numbers >= COUNT - HELD_OUT
    return {"train": np.flatnonzero(~held_out), "test": np.flatnonzero(held_out)}
