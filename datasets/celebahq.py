"""Faces of CelebA in high resolution: CelebA-HQ (Karras, Aila, Laine and Lehtinen 2018, arXiv:1710.10196)."""

from pathlib import Path

import numpy as np

from diffrep.datasets.celeba_attributes import GROUP_OF, NAMES
from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import SPLITS, Counts, Seed
from diffrep.datasets.files.faults import each, expect_none
from diffrep.datasets.files.flag_table import lacking, read_attributes, read_mapping, read_partition, unmatched
from diffrep.datasets.files.official_splits import Splits, chosen
from diffrep.datasets.files.photographs import Photographs
from diffrep.datasets.files.pictures import Resampling
from diffrep.datasets.files.published import told_md5
from diffrep.datasets.files.stores import numbers_in, store_at

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
        store, flags = each(lambda: store_at(pictures), lambda: read_attributes(Path(attributes), NAMES))
        super().__init__(store, size, resampling)
        names = self._store.names()
        numbers = numbers_in(names, self._store.path)
        faults = unmatched(numbers, self._store.path, flags)
        if faults and numbers.min() == 1:
            faults.append("names that count from 1 are those of a copy with other numbers, which attributes do not fit")
        expect_none(faults)
        pools = {"train": np.arange(len(names)), "test": np.arange(0)}
        if splits == "official":
            part = parts_of(numbers, self._store.path, mapping, partition)
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


def parts_of(numbers: np.ndarray, store: Path, mapping: str, partition: str) -> np.ndarray:
    """The split [n] of the originals of some pictures: 0 training, 1 validation, 2 test."""
    if not mapping or not partition:
        raise ValueError("official splits of CelebA-HQ are those of CelebA: mapping and partition name two files")
    originals, parts = each(lambda: read_mapping(Path(mapping)), lambda: read_partition(Path(partition)))
    without = np.setdiff1d(numbers, originals.numbers)
    expect_none(lacking(without, f"{store} has pictures of which {originals.path} has no rows"))
    wanted = originals.at(numbers)[:, 0]
    expect_none(lacking(np.setdiff1d(wanted, parts.numbers), f"{parts.path} has no rows of originals in CelebA"))
    return parts.at(wanted)[:, 0]
