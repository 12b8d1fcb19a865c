"""Which combinations of a grid's factors are drawn: all alike, or some pairs correlated and some combinations held out.

Of correlated factors a representation may learn one for the other; whether it does shows in test images, which are
drawn as if nothing were correlated or held out (Träuble et al. 2021, arXiv:2006.07886; the ridge here is our own).
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le

from diffrep.datasets.files.drawn_splits import Counts, consecutive

Value = int | str  # of a factor: its number, or its word where the data set has words
Words = Mapping[str, tuple[str, ...]]
Propose = Callable[[np.random.Generator, int], np.ndarray]
LEAST = 100_000  # combinations proposed at a time
BARREN = 10  # such proposals in a row without a new combination: there are no more, or too few to wait for


@dataclass(frozen=True)
class Independent:
    """Every combination is as likely as any other, in all splits."""

    kind: Literal["independent"]


@dataclass(frozen=True)
class Pair:
    """Two factors whose values go together.

    strength  0: not at all; 1: the values' relative positions agree, the third of six with the second of four, say
    """

    factors: tuple[str, str]
    strength: Annotated[float, Ge(0), Le(1)]


@dataclass(frozen=True)
class Correlated:
    """Training and validation images with correlated factors; test images are drawn as if independent.

    pairs     no factor leads back to itself through them
    held_out  {factor: value, other: value}, by number or word: combinations that are in no training or validation image
    """

    kind: Literal["correlated"]
    pairs: tuple[Pair, ...]
    held_out: tuple[dict[str, Value], ...]


Joint = Independent | Correlated


def drawn(
    sizes: Mapping[str, int], counts: Counts, joint: Joint, seed: int, *, words: Words | None = None
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Combinations of a grid, none twice: their places in C order [n] int64, and the rows of each split among them.

    sizes   how many values each factor has, by name, in the grid's order
    words   of the values of a factor, where `held_out` may name them so

    Every factor keeps its values equally likely, and every pair its strength, but for what is held out and for what
    drawing without replacement takes from a grid that is nearly used up. The grid itself is never listed. ValueError
    for counts, factors or values that there are not, and where too few combinations are left.
    """
    each, total = [counts.train, counts.valid, counts.test], prod(sizes.values())
    if min(each) < 1 or sum(each) > total:
        told = " + ".join(f"{count:,}" for count in each)
        raise ValueError(f"train, valid and test are 1 or more, together at most {total:,}: got {told}")
    rng = np.random.default_rng(seed)
    if isinstance(joint, Independent):
        return rng.choice(total, sum(each), replace=False), consecutive(each)
    likely, held_out = _proposer(sizes, joint.pairs), [_held(sizes, words or {}, one) for one in joint.held_out]
    uniform = _Grid(tuple(sizes.values()), _proposer(sizes, ()), [])
    test = _unlike(uniform, rng, np.empty(0, np.int64), each[2])  # first, so that nothing is taken out of it
    seen = _unlike(_Grid(tuple(sizes.values()), likely, held_out), rng, test, sum(each[:2]))
    return np.concatenate([rng.permutation(seen), test]), consecutive(each)  # late draws are less correlated ones


def ridge(rows: int, columns: int, strength: float) -> np.ndarray:
    """How likely two factors' values are together [rows, columns] float64: `strength` of a ridge, the rest even.

    The ridge is where relative positions agree: a point of [0, 1) falls into one value of each factor.
    """
    ends = np.arange(rows + 1)[:, None] / rows, np.arange(columns + 1)[None, :] / columns
    shared = np.minimum(ends[0][1:], ends[1][:, 1:]) - np.maximum(ends[0][:-1], ends[1][:, :-1])
    return strength * shared.clip(0) + (1 - strength) / (rows * columns)


@dataclass(frozen=True)
class _Grid:
    """What is drawn from: combinations as they are proposed, without those that are held out."""

    sizes: tuple[int, ...]
    propose: Propose
    held_out: list[dict[int, int]]  # values by column

    def some(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Places in the grid of what is left of `count` proposals."""
        factors = self.propose(rng, count)
        for held in self.held_out:
            out = np.all([factors[:, column] == value for column, value in held.items()], axis=0)
            factors = factors[~out]
        return np.ravel_multi_index(tuple(factors.T), self.sizes)


def _unlike(grid: _Grid, rng: np.random.Generator, taken: np.ndarray, count: int) -> np.ndarray:
    """`count` places, none twice and none of `taken`, in the order in which they came."""
    found, barren = np.empty(0, np.int64), 0
    while len(found) < count:
        more = grid.some(rng, max(LEAST, count - len(found)))
        more = more[np.sort(np.unique(more, return_index=True)[1])]
        more = more[~np.isin(more, np.concatenate([taken, found]))]
        found = np.concatenate([found, more])
        barren = 0 if len(more) else barren + 1
        if barren == BARREN:
            raise ValueError(
                f"joint leaves {len(found):,} combinations to draw, asked for are {count:,}: ask for fewer, correlate "
                "less strongly or hold out less"
            )
    return found[:count]


def _proposer(sizes: Mapping[str, int], pairs: tuple[Pair, ...]) -> Propose:
    """What draws factors [n, k], each after the one that it is paired with."""
    each = list(sizes.values())
    steps = [
        (column, parent, _ends(each[parent], each[column], pairs[number].strength) if number >= 0 else None)
        for column, parent, number in _walk(sizes, pairs)
    ]

    def propose(rng: np.random.Generator, count: int) -> np.ndarray:
        factors = np.empty((count, len(each)), np.int64)
        for column, parent, ends in steps:
            if ends is None:
                factors[:, column] = rng.integers(each[column], size=count)
            else:
                factors[:, column] = (rng.random(count)[:, None] >= ends[factors[:, parent]]).sum(1)
        return factors

    return propose


def _walk(sizes: Mapping[str, int], pairs: tuple[Pair, ...]) -> list[tuple[int, int, int]]:
    """Every factor once, by column: the one it is drawn after, and the number of their pair; -1 where there is none.

    ValueError where pairs name a factor that there is not, or make a ring.
    """
    columns = {name: column for column, name in enumerate(sizes)}
    paired: list[list[tuple[int, int]]] = [[] for _ in columns]
    for number, pair in enumerate(pairs):
        one, other = (columns[_known(name, columns, "joint.pairs")] for name in pair.factors)
        paired[one].append((other, number))
        paired[other].append((one, number))
    steps: list[tuple[int, int, int]] = []
    met: set[int] = set()
    for root in columns.values():
        waiting = [] if root in met else [(root, -1, -1)]
        while waiting:
            column, parent, number = waiting.pop(0)
            if column in met:
                raise ValueError(f"joint.pairs make a ring that holds {list(columns)[column]!r}: leave one of them out")
            met.add(column)
            steps.append((column, parent, number))
            waiting += [(other, column, along) for other, along in paired[column] if along != number]
    return steps


def _ends(rows: int, columns: int, strength: float) -> np.ndarray:
    """Where in [0, 1) each value but the last of the one factor ends, given the other's [rows, columns - 1]."""
    return np.cumsum(ridge(rows, columns, strength) * rows, axis=1)[:, :-1]


def _held(sizes: Mapping[str, int], words: Words, one: dict[str, Value]) -> dict[int, int]:
    """A held-out combination by columns and numbers; ValueError for a factor or a value that there is not."""
    if not one:
        raise ValueError("joint.held_out has a combination of no factor: name a value of at least one")
    columns = {name: column for column, name in enumerate(sizes)}
    return {
        columns[_known(name, columns, "joint.held_out")]: _number(name, value, sizes[name], words.get(name, ()))
        for name, value in one.items()
    }


def _number(name: str, value: Value, size: int, words: tuple[str, ...]) -> int:
    if isinstance(value, str) and words:
        return words.index(_known(value, words, f"joint.held_out: {name}"))
    if isinstance(value, str) or not 0 <= value < size:
        raise ValueError(f"joint.held_out: {name} goes from 0 to {size - 1}: got {value!r}")
    return value


def _known(name: str, names: Mapping[str, int] | tuple[str, ...], place: str) -> str:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
        raise ValueError(f"{place}: no {name!r}: {hint}")
    return name
