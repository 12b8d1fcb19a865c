"""What a person's own data sets have alike, whether arrays or folders of pictures."""

from typing import Any

import numpy as np

from diffrep.datasets.files.drawn_splits import Counts
from diffrep.datasets.readers.columns import Known, table
from diffrep.datasets.readers.official_splits import Splits, chosen


class OwnImages:
    """Rows are training, validation and test images in this order; a reader says which by `_describe`.

    to_begin_with  keys of a section with which most begin
    """

    to_begin_with: dict[str, Any] = {"splits": "drawn", "train": 700, "valid": 150, "test": 150}  # noqa: RUF012 - never changed
    factor_names: tuple[str, ...]
    factor_sizes: tuple[int, ...]
    attribute_names: tuple[str, ...]
    attribute_groups: tuple[str, ...]
    attribute_sources: tuple[str, ...]
    target_names: tuple[str, ...]

    def _describe(
        self, known: Known, count: int, counts: Counts, splits: Splits, seed: int, title: str, source: str
    ) -> None:
        """Take so many of `count` images; attributes were taken from `source`, and an error calls them `title`."""
        if splits == "official" and known.split is None:
            raise ValueError(f"{title} says of no image which split it is in: splits is drawn")
        pools = known.pools(title) if splits == "official" else {"train": np.arange(count)}
        self._drawn, self._splits = chosen(pools, counts, splits, seed, title)
        self._known = known
        self.factor_names, self.factor_sizes = tuple(known.factors), tuple(known.sizes.values())
        self.attribute_names, self.target_names = tuple(known.attributes), tuple(known.targets)
        self.attribute_groups = (source,) * len(self.attribute_names)
        self.attribute_sources = (source,) * len(self.attribute_names)

    def __len__(self) -> int:
        return len(self._drawn)

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        return dict(self._splits)

    def factors(self, rows: np.ndarray) -> np.ndarray | None:
        """[n] -> [n, k] int64; None where none are known."""
        return table(self._known.factors, self._drawn[rows], np.int64) if self.factor_names else None

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, a] uint8, 0 or 1; a may be 0."""
        return table(self._known.attributes, self._drawn[rows], np.uint8)

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, r] float32, as they were given; r may be 0."""
        return table(self._known.targets, self._drawn[rows], np.float32)
