"""Combinations of a grid as they are proposed, none twice, and the cells of some factors as full as was proposed.

Without the cells, likely combinations would be refused more often than others, as being drawn already: the more of a
grid is drawn, the less would its factors go together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from diffrep.datasets.files.held_out import Held, showing

Propose = Callable[[np.random.Generator, int], np.ndarray]
LEAST = 100_000  # combinations proposed at a time
BARREN = 10  # such proposals in a row without a new combination: there are no more, or too few to wait for


@dataclass(frozen=True)
class Proposals:
    """What is drawn from: combinations as they are proposed, without those that are held out.

    propose  (generator, n) -> factors [n, k] int64
    paired   columns of which every cell keeps the share that is proposed of it
    """

    sizes: tuple[int, ...]
    propose: Propose
    paired: tuple[int, ...]
    held_out: list[Held]

    def some(self, rng: np.random.Generator) -> np.ndarray:
        """Places in the grid of what is left of `LEAST` proposals."""
        factors = self.propose(rng, LEAST)
        return np.ravel_multi_index(tuple(factors[~showing(factors, self.held_out)].T), self.sizes)

    def first(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """As many places, some of them twice; fewer where all that is proposed is held out."""
        found = self.some(rng)
        while 0 < len(found) < count:
            found = np.concatenate([found, self.some(rng)])
        return found[:count]

    def cells(self, places: np.ndarray, columns: tuple[int, ...]) -> np.ndarray:
        """The number of the cell of these columns that each place lies in; one for all without columns."""
        factors = np.unravel_index(places, self.sizes)
        chosen = tuple(factors[column] for column in columns), tuple(self.sizes[column] for column in columns)
        return np.ravel_multi_index(*chosen) if columns else np.zeros(len(places), np.int64)


def unlike(grid: Proposals, rng: np.random.Generator, taken: np.ndarray, count: int) -> np.ndarray:
    """`count` places, none twice and none of `taken`: every cell as full as proposed, as far as it has so many.

    ValueError where there are not so many places.
    """
    asked, found = grid.first(rng, count), np.empty(0, np.int64)
    for columns in (grid.paired, ()):  # then whatever there is
        found = _filled(grid, rng, taken, asked, found, columns)
    if len(found) < count:
        raise ValueError(
            f"joint leaves {len(found):,} combinations to draw, asked for are {count:,}: ask for fewer, correlate "
            "less strongly or hold out less"
        )
    return found


def _filled(
    grid: Proposals,
    rng: np.random.Generator,
    taken: np.ndarray,
    asked: np.ndarray,
    found: np.ndarray,
    columns: tuple[int, ...],
) -> np.ndarray:
    """`found` and more places, until every cell of `columns` holds as many as in `asked`, or no more of it comes."""
    names, wanted = np.unique(grid.cells(asked, columns), return_counts=True)
    more, barren = asked, 0
    while len(found) < len(asked) and barren < BARREN:
        more = more[np.sort(np.unique(more, return_index=True)[1])]
        more = more[~np.isin(more, np.concatenate([taken, found]))]
        room = wanted - np.bincount(np.searchsorted(names, grid.cells(found, columns)), minlength=len(names))
        more = more[_within(grid.cells(more, columns), names, room)]
        found, barren = np.concatenate([found, more]), 0 if len(more) else barren + 1
        more = grid.some(rng)
    return found


def _within(cells: np.ndarray, names: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Which of [n] cells are among the first of their name that there is room for.

    >>> _within(np.array([5, 7, 5, 5, 6]), np.array([5, 7]), np.array([2, 0])).tolist()
    [True, False, True, False, False]
    """
    at = np.searchsorted(names, cells).clip(max=len(names) - 1)
    order = np.argsort(cells, kind="stable")
    rank = np.empty(len(cells), np.int64)
    rank[order] = np.arange(len(cells)) - np.searchsorted(cells[order], cells[order])
    return (names[at] == cells) & (rank < room[at])
