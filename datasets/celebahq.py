"""Faces of CelebA in high resolution: CelebA-HQ (Karras, Aila, Laine and Lehtinen 2018, arXiv:1710.10196)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from diffrep.datasets.celeba_attributes import GROUP_OF, NAMES
from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import SPLITS, Counts, Seed
from diffrep.datasets.files.faults import each
from diffrep.datasets.readers.flag_table import (
    Table,
    lacking,
    read_attributes,
    read_mapping,
    read_partition,
    unmatched,
)
from diffrep.datasets.readers.official_splits import Splits, chosen
from diffrep.datasets.readers.photographs import Photographs
from diffrep.datasets.readers.pictures import Resampling
from diffrep.datasets.readers.published import told_md5
from diffrep.datasets.readers.stores import Store, numbers_in, store_at

COUNT = 30_000


class CelebAHQ(Photographs):
    """CelebA-HQ with CelebA's forty attributes, 0 or 1.

    pictures    a folder with 0.jpg to 29999.jpg (CelebA-HQ-img of CelebAMask-HQ), a zip of it, or Diff-AE's LMDB (keys
                like 256-00000, with the number in the picture's name)
    attributes  CelebAMask-HQ-attribute-anno.txt
    mapping     CelebA-HQ-to-CelebA-mapping.txt, with a column idx and a column orig_file, which say what picture of
                CelebA each was made of (assumed: no copy of it was seen); read for the official splits alone, else ""
    partition   CelebA's list_eval_partition.txt or its CSV; the same
    splits      official: the split of a picture is that of its original in CelebA, `train`, `valid` and `test` of each,
                drawn by `seed`, 0 for all; drawn: from all pictures
    size        pixels of the side, to which pictures come by `resampling`

    Pictures and rows of the tables meet by number, never by their order: names sorted as words put 10.jpg before 2.jpg.
    """

    attribute_names = NAMES
    attribute_groups = tuple(GROUP_OF[name] for name in NAMES)
    attribute_sources = ("CelebAMask-HQ's annotation",) * len(NAMES)
    about = About(
        title="CelebA-HQ",
        citation="Karras, Aila, Laine and Lehtinen, Progressive Growing of GANs, ICLR 2018; attributes: Lee et al., "
        "MaskGAN, CVPR 2020",
        licence="for non-commercial research; pictures may not be passed on",
        size="CelebAMask-HQ.zip, 30,000 pictures",
        place="`pictures`: the folder CelebA-HQ-img or Diff-AE's celebahq256.lmdb; `attributes`: "
        "CelebAMask-HQ-attribute-anno.txt; `mapping`: CelebA-HQ-to-CelebA-mapping.txt; `partition`: CelebA's "
        "list_eval_partition.txt. LMDB: pip install 'diffrep[data]'",
    )
    licence = about.licence

    def __init__(
        self,
        *,
        pictures: str,
        attributes: str,
        mapping: str,
        partition: str,
        size: int,
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        store, flags, *tables = each(
            lambda: store_at(pictures),
            lambda: read_attributes(Path(attributes), NAMES),
            *(split_tables(mapping, partition) if splits == "official" else []),
            also=apart,
        )
        super().__init__(store, size, resampling)
        names = self._store.names()
        numbers = numbers_in(names, self._store.path)
        pools = {"train": np.arange(len(names)), "test": np.arange(0)}
        if splits == "official":
            originals, parts = tables
            part = parts.at(originals.at(numbers)[:, 0])[:, 0]
            pools = {name: np.flatnonzero(part == code) for code, name in enumerate(SPLITS)}
        places, self._splits = chosen(pools, Counts(train, valid, test), splits, seed, "CelebA-HQ's pictures")
        self._names, self._flags = names[places], flags.at(numbers[places])
        width, height = self._sides()
        whole = f"all {COUNT:,}" if len(names) == COUNT else f"{len(names):,} of the {COUNT:,}"
        self.source = f"CelebA-HQ, {whole} pictures, stored at {width}x{height}, {splits} splits"
        self.checksum = f"{told_md5(flags.path, {})}; none is stated by its authors"

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 40] uint8, 0 or 1."""
        return self._flags[rows]


def split_tables(mapping: str, partition: str) -> list[Callable[[], Table]]:
    """What reads the original of each picture, and the splits of originals; ValueError where a file is not named."""
    if not mapping or not partition:
        raise ValueError("official splits of CelebA-HQ are those of CelebA: mapping and partition name two files")
    return [lambda: read_mapping(Path(mapping)), lambda: read_partition(Path(partition))]


def apart(
    store: Store | None, flags: Table | None, originals: Table | None = None, parts: Table | None = None
) -> Iterator[str]:
    """What pictures and tables do not have of each other, of those that could be read."""
    if store is None:
        return
    numbers = numbers_in(store.names(), store.path)
    if flags is not None and (faults := unmatched(numbers, store.path, flags)):
        yield from faults
        if numbers.min() == 1:
            yield "names that count from 1 are those of a copy with other numbers, which attributes do not fit"
    if originals is not None:
        without = np.setdiff1d(numbers, originals.numbers)
        yield from lacking(without, f"{store.path} has pictures of which {originals.path} has no rows")
        if parts is not None:
            wanted = originals.values[np.isin(originals.numbers, numbers), 0]
            without = np.setdiff1d(wanted, parts.numbers)
            yield from lacking(without, f"{parts.path} has no rows of originals in CelebA")
