"""Millions of pictures of one kind of scene or thing: LSUN (Yu et al. 2015, arXiv:1506.03365)."""

from pathlib import Path
from typing import Literal

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.readers.lmdb_pictures import LMDBPictures
from diffrep.datasets.readers.photographs import Photographs
from diffrep.datasets.readers.pictures import Resampling

COUNTS = {"bedroom": 3_033_042, "horse": 2_000_340}


class LSUN(Photographs):
    """One category of LSUN, the largest square in the middle of each picture; nothing is known of them.

    pictures  the folder of an LMDB: LSUN's own (bedroom_train_lmdb, horse), or that of Diff-AE's script (keys like
              256-0000000)
    category  bedroom and horse are known by their number of pictures; other: any LMDB of these forms
    size      pixels of the side, to which the square comes by `resampling`

    Pictures have the order of their keys; `train`, `valid` and `test` of them are drawn by `seed`. LSUN's own splits
    are not used by the papers of this field: they train and score on the training pictures.
    """

    about = About(
        title="LSUN",
        citation="Yu, Seff, Zhang, Song, Funkhouser and Xiao, LSUN: Construction of a Large-scale Image Dataset, 2015",
        licence="not known to this suite: ask its authors' page",
        size="bedroom_train_lmdb.zip, 3,033,042 pictures; horse, 2,000,340 pictures",
        place="`pictures`: the folder of the LMDB, unpacked: it has data.mdb in it",
        extra="data",
    )
    licence = about.licence
    checksum = "none stated: known by the number of pictures and the form of their keys"

    def __init__(
        self,
        *,
        pictures: str,
        category: Literal["bedroom", "horse", "other"],
        size: int,
        resampling: Resampling,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        store = LMDBPictures(Path(pictures))
        super().__init__(store, size, resampling)
        if len(store) != COUNTS.get(category, len(store)):
            raise ValueError(
                f"{store.path} has {len(store):,} pictures, LSUN's {category} {COUNTS[category]:,}: copy it again, or "
                "say category: other"
            )
        title = "LSUN" if category == "other" else f"LSUN {category}"
        places, self._splits = Counts(train, valid, test).drawn_from(np.arange(len(store)), seed, f"{title}'s pictures")
        self._names = store.names(places)
        width, height = self._sides()
        keys = "numbers for keys, as Diff-AE's script makes it" if store.numbered else "LSUN's own hashes for keys"
        self.source = f"{title}, an LMDB of {len(store):,} pictures with {keys}, the first at {width}x{height}"
