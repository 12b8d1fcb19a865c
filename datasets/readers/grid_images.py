"""What the readers of files that hold every combination of some factors share."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from diffrep.datasets.files.drawn_splits import Counts
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.joint import Joint, drawn, numbered
from diffrep.datasets.files.unpacked import Unpacked


class GridImages(ABC):
    """Images drawn from a file that has one for each place of a grid: factors, attributes, and exact counterfactuals.

    A reader sets `_grid`, `_unpacked`, `_drawn` (the place of each row) and `_splits` while it is made, the last two,
    and `joint`, by `_draw` where all rows are drawn alike, and says in `_at` how the image of a place is had, in
    `_blocks` how those of the archive are, in their order.
    """

    factor_names: tuple[str, ...]
    factor_sizes: tuple[int, ...]
    image_shape: tuple[int, int, int]
    published_md5: str = ""  # of the archive
    joint: Joint  # its held-out values by number
    _grid: Grid
    _unpacked: Unpacked
    _drawn: np.ndarray
    _splits: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self._drawn)

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """One for each column of `attributes`."""
        return self._grid.attribute_names

    @property
    def attribute_groups(self) -> tuple[str, ...]:
        """The factor of each attribute."""
        return self._grid.attribute_groups

    @property
    def attribute_sources(self) -> tuple[str, ...]:
        """What each attribute was taken from."""
        return self._grid.attribute_sources

    @property
    def checksum(self) -> str:
        """The archive's md5 and whether it is the published one, once it is unpacked; till then how it is known."""
        found = self._unpacked.md5
        if self._unpacked.summed is None:
            return f"none stated for files by themselves: their content is known by {self._identity}"
        if not found:
            return f"not summed yet, its content is known by {self._identity}"
        if not self.published_md5:
            return f"md5 {found}; none is published; {self._identity}"
        same = "as published" if found == self.published_md5 else f"not the published {self.published_md5}"
        return f"md5 {found}, {same}; {self._identity}"

    @property
    def packed(self) -> int:
        """How many images of the archive are still to be unpacked, all or none."""
        return self._unpacked.packed

    def read_through(self) -> Iterator[int]:
        """Read the archive as if to unpack it, and keep nothing: how many images have been read so far."""
        for start, images in self._blocks():
            yield start + len(images)

    @property
    def _identity(self) -> str:
        return self._unpacked.identity

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        return dict(self._splits)

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, h, w, c] uint8; the first call ever unpacks the archive beside it."""
        return self._at(self._drawn[rows])

    def factors(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, k] int64."""
        return self._grid.factors(self._drawn[rows])

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, a] uint8, 0 or 1."""
        return self._grid.attributes(self.factors(rows))

    def redrawn(self, factors: np.ndarray, original: np.ndarray) -> np.ndarray:
        """The file's own image of edited factors: an exact counterfactual; of photographs, another shot with its noise.

        factors   [n, k] int, each from 0 to its size - 1; ValueError for others
        original  [n, k] int, of the unedited images: not needed, as the grid has one image for all factors
        returns   [n, h, w, c] uint8
        """
        return self._at(self._grid.index(factors))

    def _draw(self, counts: Counts, joint: Joint, seed: int) -> None:
        """Draw the rows of all splits, see files/joint.py."""
        sizes = dict(zip(self.factor_names, self.factor_sizes, strict=True))
        self.joint = numbered(sizes, joint, self._grid.words)
        self._drawn, self._splits = drawn(sizes, counts, self.joint, seed)

    @abstractmethod
    def _at(self, places: np.ndarray) -> np.ndarray:
        """Images [n, h, w, c] uint8 of places [n] of the grid."""

    @abstractmethod
    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """First row and images of each block of the archive."""
