"""What is known of images, column by column: attributes of 0 and 1, factors of a few values, targets of any numbers."""

from dataclasses import dataclass, field

import numpy as np

MOST_VALUES = 1000  # of a factor
SPLIT_WORDS = {  # numbers as CelebA has them
    "train": ("train", "training", "0"),
    "valid": ("valid", "validation", "val", "1"),
    "test": ("test", "testing", "2"),
}
NAMED = {word: name for name, words in SPLIT_WORDS.items() for word in words}


@dataclass
class Known:
    """Columns by their names, each [n]: of 0 and 1; places of values; floats; and the split of each image."""

    attributes: dict[str, np.ndarray] = field(default_factory=dict)
    factors: dict[str, np.ndarray] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    targets: dict[str, np.ndarray] = field(default_factory=dict)
    split: np.ndarray | None = None

    def pools(self, title: str) -> dict[str, np.ndarray]:
        """The images of each split, where a split is known; ValueError for no train or no test."""
        pools = {name: np.flatnonzero(self.split == name) for name in ("train", "valid", "test")}
        found = {name: rows for name, rows in pools.items() if len(rows)}
        if not {"train", "test"} <= set(found):
            raise ValueError(f"{title} has images of {', '.join(found)} alone: train and test, at least, would do")
        return found


def attribute(values: np.ndarray) -> np.ndarray | None:
    """0 and 1 of numbers 0 and 1 or -1 and 1, or truth values; None of others."""
    found = set(np.unique(values).tolist())
    return (values == 1).astype(np.uint8) if found <= {0, 1} or found <= {-1, 1} else None


def factor(values: np.ndarray, name: str) -> tuple[np.ndarray, int]:
    """The place of each value among those there are, numbers or words in their order, and how many there are."""
    there, places = np.unique(values, return_inverse=True)
    if len(there) < 2:
        raise ValueError(f"factor {name!r} has one value, {there[0]}, and nothing can be measured of it: leave it out")
    if len(there) > MOST_VALUES:
        raise ValueError(f"factor {name!r} has {len(there):,} values, {MOST_VALUES:,} at most: is it a target?")
    return places.reshape(-1).astype(np.int64), len(there)


def split(values: np.ndarray) -> np.ndarray:
    """The split of each image from words or from 0, 1, 2; ValueError names another word."""
    words = [(value.decode() if isinstance(value, bytes) else str(value)).strip().lower() for value in values]
    unknown = sorted(set(words) - set(NAMED))
    if unknown:
        raise ValueError(f"a split is called {unknown[0]!r}: train, valid, test, or 0, 1, 2 would do")
    return np.array([NAMED[word] for word in words])


def table(columns: dict[str, np.ndarray], rows: np.ndarray, kind: type) -> np.ndarray:
    """[n, columns] of these rows."""
    if not columns:
        return np.zeros((len(rows), 0), kind)
    return np.stack([column[rows] for column in columns.values()], axis=1).astype(kind)
