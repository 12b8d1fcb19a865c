"""Grids of factors: every combination is one image, in C order, the last factor fastest."""

from math import prod

import numpy as np

FEW = 12  # values of a factor that have an attribute each


def places_of(factors: np.ndarray, names: tuple[str, ...], sizes: tuple[int, ...]) -> np.ndarray:
    """Factors [n, k] int -> their places in a grid of these sizes [n] int64; a ValueError names one out of range."""
    factors = np.asarray(factors)
    if factors.ndim != 2 or factors.shape[1] != len(sizes):
        raise ValueError(f"factors are [n, {len(sizes)}], {', '.join(names)}: got shape {factors.shape}")
    for name, size, column in zip(names, sizes, factors.T, strict=True):
        outside = column[(column < 0) | (column >= size)]
        if len(outside):
            raise ValueError(f"{name} goes from 0 to {size - 1}: got {outside[0]}")
    return np.ravel_multi_index(tuple(factors.T.astype(np.int64)), sizes)


def factors_at(places: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Places in a grid [n] int -> factors [n, k] int64; a ValueError names one out of range."""
    places, count = np.asarray(places, np.int64), prod(sizes)
    outside = places[(places < 0) | (places >= count)]
    if len(outside):
        raise ValueError(f"there are {count} images, index 0 to {count - 1}: got {outside[0]}")
    return np.stack(np.unravel_index(places, sizes), axis=1)


class Grid:
    """The combinations of some factors, and binary attributes that are rules over them.

    sizes    how many values each factor has
    ordered  names of factors whose values are a range: of more than `FEW` values their upper half is an attribute;
             the others, if of more values, have none
    words    {factor: a word for each of its values}; without, its number
    """

    def __init__(
        self,
        names: tuple[str, ...],
        sizes: tuple[int, ...],
        *,
        ordered: tuple[str, ...] = (),
        words: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.names, self.sizes, self.words = names, sizes, words or {}
        self.rules: dict[str, tuple[str, int, np.ndarray]] = {}  # factor, its column, which values
        for column, (name, size) in enumerate(zip(names, sizes, strict=True)):
            values = np.arange(size)
            if size <= FEW:
                told = self.words.get(name, tuple(map(str, values)))
                self.rules |= {f"{name}_{word}": (name, column, values == n) for n, word in enumerate(told)}
            elif name in ordered:
                self.rules[f"{name}_upper_half"] = (name, column, values >= size / 2)

    def __len__(self) -> int:
        return prod(self.sizes)

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Places in the grid [n] -> factors [n, k] int64."""
        return factors_at(index, self.sizes)

    def index(self, factors: np.ndarray) -> np.ndarray:
        """Factors [n, k] -> places in the grid [n] int64."""
        return places_of(factors, self.names, self.sizes)

    def attributes(self, factors: np.ndarray) -> np.ndarray:
        """Factors [n, k] -> [n, a] uint8, 0 or 1, in the order of `rules`."""
        return np.stack([having[factors[:, column]] for _, column, having in self.rules.values()], axis=1).astype(
            np.uint8
        )

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """One for each rule."""
        return tuple(self.rules)

    @property
    def attribute_groups(self) -> tuple[str, ...]:
        """The factor of each rule."""
        return tuple(name for name, _, _ in self.rules.values())

    @property
    def attribute_sources(self) -> tuple[str, ...]:
        """What each was taken from."""
        return ("factor rule",) * len(self.rules)
