"""Combinations of factor values that are held out of training: how they are named, and which images show one."""

import difflib
from collections.abc import Mapping, Sequence

import numpy as np

Value = int | str  # of a factor: its number, or its word where the data set has words
Words = Mapping[str, tuple[str, ...]]
Held = dict[int, int]  # values by column


def showing(factors: np.ndarray, held_out: Sequence[Held]) -> np.ndarray:
    """Which rows show a combination that is held out: [n, k] int -> [n] bool.

    >>> showing(np.array([[0, 1], [0, 2], [1, 1]]), [{0: 0, 1: 1}])
    array([ True, False, False])
    """
    found = np.zeros(len(factors), dtype=bool)
    for held in held_out:
        found |= np.all([factors[:, column] == value for column, value in held.items()], axis=0)
    return found


def by_column(names: Sequence[str], one: Mapping[str, Value]) -> Held:
    """A combination of numbers by the columns of its factors.

    >>> by_column(["hue", "shape"], {"shape": 3})
    {1: 3}
    """
    return {names.index(name): int(value) for name, value in one.items()}


def by_number(sizes: Mapping[str, int], words: Words, one: Mapping[str, Value]) -> dict[str, Value]:
    """A combination with the numbers of its values; ValueError for a factor or a value that there is not."""
    if not one:
        raise ValueError("joint.held_out has a combination of no factor: name a value of at least one")
    return {
        known(name, sizes, "joint.held_out"): _number(name, value, sizes[name], words.get(name, ()))
        for name, value in one.items()
    }


def known(name: str, names: Mapping[str, int] | tuple[str, ...], place: str) -> str:
    """A name that is one of `names`; ValueError, with the nearest, for another."""
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
        raise ValueError(f"{place}: no {name!r}: {hint}")
    return name


def _number(name: str, value: Value, size: int, words: tuple[str, ...]) -> int:
    if isinstance(value, str) and words:
        return words.index(known(value, words, f"joint.held_out: {name}"))
    if isinstance(value, str) or not 0 <= value < size:
        raise ValueError(f"joint.held_out: {name} goes from 0 to {size - 1}: got {value!r}")
    return value
