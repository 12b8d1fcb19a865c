"""What data sets of photographs with classes have alike: the classes are binary attributes, there are no factors."""

import numpy as np


class ClassPhotographs:
    """Rows are training, validation and test images in this order; a reader says which by `_describe`."""

    factor_names: tuple[str, ...] = ()
    factor_sizes: tuple[int, ...] = ()
    attribute_names: tuple[str, ...]
    attribute_groups: tuple[str, ...]
    attribute_sources: tuple[str, ...]

    def _describe(self, known: np.ndarray, groups: dict[str, tuple[str, ...]], splits: dict[str, np.ndarray]) -> None:
        """known [n, a] of 0 and 1, one row for each image; groups {group: its attributes}, in the order of columns."""
        self._known = known.astype(np.uint8)
        self._splits = splits
        self.attribute_names = tuple(name for names in groups.values() for name in names)
        self.attribute_groups = tuple(group for group, names in groups.items() for _ in names)
        self.attribute_sources = ("class label",) * len(self.attribute_names)

    def __len__(self) -> int:
        return len(self._known)

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        return dict(self._splits)

    def factors(self, rows: np.ndarray) -> None:
        """Photographs have no ground-truth factors."""
        return None

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, a] uint8, 0 or 1."""
        return self._known[rows]


def one_hot(labels: np.ndarray, count: int) -> np.ndarray:
    """Classes [n] from 0 to `count` - 1 -> [n, count] uint8."""
    return (labels[:, None] == np.arange(count)).astype(np.uint8)
