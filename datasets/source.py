"""What a data set offers to be prepared: the contract of every class in datasets/, and of one from outside."""

from typing import Protocol

import numpy as np


class Source(Protocol):
    """See `Shapes3DRendered`, which draws its images, and `FashionMNIST`, which reads them.

    image_shape        (channels, height, width)
    factor_names       none, or one for each column of `factors`, with its number of values, at least 2, in factor_sizes
    attribute_names    none, or one for each column of `attributes`, with its group, and what it was taken from in
                       ..._sources
    source, licence    words for the card; checksum is that of the archive the images were read from

    Row i is always the same image. `writing.write` refuses what keeps this not: contract.py says in which words. Images
    are asked for by several processes at a time, each with a copy of the source: it can be pickled.

    Real-valued targets are told by two members more, `target_names` and `targets(rows)` -> [n, r] float32. Where images
    can be drawn anew with one factor changed, `redrawn(factors, original)` does. Where factors go together, or
    combinations are held out of training, `joint` says so (files/joint.py, values by number). Where images are unpacked
    beside their archive when they are first asked for, `packed` says how many still are to be, and `read_through()`
    reads them all and keeps nothing.
    """

    image_shape: tuple[int, int, int]
    factor_names: tuple[str, ...]
    factor_sizes: tuple[int, ...]
    attribute_names: tuple[str, ...]
    attribute_groups: tuple[str, ...]
    attribute_sources: tuple[str, ...]
    source: str
    licence: str
    checksum: str

    def __len__(self) -> int: ...
    def splits(self) -> dict[str, np.ndarray]:
        """Rows [n] int64 of "train", "valid" and "test"; each has some, none is in two."""
        ...

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, h, w, c] uint8."""
        ...

    def factors(self, rows: np.ndarray) -> np.ndarray | None:
        """[n] -> [n, k] int64, each from 0 to its size - 1; None where there are no factor_names."""
        ...

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, a] uint8, 0 or 1."""
        ...


def target_names(source: Source) -> tuple[str, ...]:
    """The names of a data set's real-valued targets; most have none."""
    return tuple(getattr(source, "target_names", ()))
