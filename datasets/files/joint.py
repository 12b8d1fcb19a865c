"""Which combinations of a grid's factors are drawn: all alike, or some pairs correlated and some combinations held out.

Of correlated factors a representation may learn one for the other; whether it does shows in test images, which are
drawn as if nothing were correlated or held out (Träuble et al. 2021, arXiv:2006.07886; the ridge here is our own).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le

from diffrep.datasets.files.distinct import Proposals, Propose, unlike
from diffrep.datasets.files.drawn_splits import Counts, consecutive
from diffrep.datasets.files.held_out import Value, Words, by_column, by_number, known
from diffrep.datasets.files.ridge import reached, ridge

LOST = 0.05  # of a strength may go with combinations that are used up: little beside what strengths are told apart by
ERRORS = 4  # standard errors more may be chance: one draw in ten thousand lies further off


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


def numbered(sizes: Mapping[str, int], joint: Joint, words: Words | None = None) -> Joint:
    """The same distribution with every held-out value by its number; ValueError for one that there is not.

    words   of the values of a factor, where `held_out` names them so
    """
    if isinstance(joint, Independent):
        return joint
    return replace(joint, held_out=tuple(by_number(sizes, words or {}, one) for one in joint.held_out))


def drawn(
    sizes: Mapping[str, int], counts: Counts, joint: Joint, seed: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Combinations of a grid, none twice: their places in C order [n] int64, and the rows of each split among them.

    sizes   how many values each factor has, by name, in the grid's order
    joint   as `numbered` gives it

    Every factor keeps its values equally likely, and every pair its strength, but for what is held out. The grid itself
    is never listed. ValueError for counts, factors or values that there are not, where too few combinations are left,
    and where those that are left are too few for the strength of a pair.
    """
    each, total = [counts.train, counts.valid, counts.test], prod(sizes.values())
    if min(each) < 1 or sum(each) > total:
        told = " + ".join(f"{count:,}" for count in each)
        raise ValueError(f"train, valid and test are 1 or more, together at most {total:,}: got {told}")
    rng = np.random.default_rng(seed)
    if isinstance(joint, Independent):
        return rng.choice(total, sum(each), replace=False), consecutive(each)
    asked = _proposals(sizes, joint.pairs, joint.held_out)
    test = unlike(_proposals(sizes, (), ()), rng, np.empty(0, np.int64), each[2])  # first, so that it is even
    seen = rng.permutation(unlike(asked, rng, test, sum(each[:2])))  # late draws fill up what is left
    _expect_strengths(sizes, joint.pairs, seen[: each[0]], asked.some(np.random.default_rng(seed)))
    return np.concatenate([seen, test]), consecutive(each)


def _proposals(sizes: Mapping[str, int], pairs: tuple[Pair, ...], held_out: tuple[dict[str, Value], ...]) -> Proposals:
    """What combinations are drawn from."""
    propose, names = _proposer(sizes, pairs), list(sizes)
    paired = {names.index(name) for pair in pairs for name in pair.factors}
    held = [by_column(names, one) for one in held_out]
    return Proposals(tuple(sizes.values()), propose, tuple(sorted(paired)), held)


def _expect_strengths(sizes: Mapping[str, int], pairs: tuple[Pair, ...], drawn: np.ndarray, free: np.ndarray) -> None:
    """Raise ValueError for a pair that goes together less in what was drawn than in a grid that is never used up.

    drawn, free  places in the grid; what is held out is missing from both
    """
    names, shape = list(sizes), tuple(sizes.values())
    here, there = np.unravel_index(drawn, shape), np.unravel_index(free, shape)
    for pair in pairs:
        a, b = (names.index(name) for name in pair.factors)
        one, other = (reached(factors[a], factors[b], shape[a], shape[b]) for factors in (here, there))
        if other.strength - one.strength > LOST + ERRORS * np.hypot(one.error, other.error):
            raise ValueError(
                f"joint.pairs: {' and '.join(pair.factors)} are to go together with strength {pair.strength:g} and "
                f"come to {one.strength:.2f} in {len(drawn):,} training images, for which too few combinations are "
                "left: ask for fewer images or for less strength"
            )


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
        one, other = (columns[known(name, columns, "joint.pairs")] for name in pair.factors)
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
