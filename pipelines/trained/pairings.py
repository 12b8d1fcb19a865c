"""Pairs of factors that go together in training images, and which of their values do."""

from typing import NamedTuple

import numpy as np

from diffrep.datasets.files.ridge import ridge
from diffrep.datasets.prepared import Prepared

ROUNDING = 1e-9  # of shares that are equal


class Pairing(NamedTuple):
    """Two factors that go together in training images and, as all factors do, not in test images.

    name      the two names, in numbers of result files
    factors   their columns
    together  [values of the one, of the other] bool: which of them training shows together oftener than chance would
    """

    name: str
    factors: tuple[int, int]
    together: np.ndarray

    @property
    def both_ways(self) -> list[tuple[int, int, np.ndarray]]:
        """(factor, its partner, which values go together [of the factor, of the partner]), for either of the two."""
        one, other = self.factors
        return [(one, other, self.together), (other, one, self.together.T)]

    def agrees(self, factors: np.ndarray) -> np.ndarray:
        """Whether images of these factors [n, K] show values that go together, [n] bool."""
        one, other = self.factors
        return self.together[factors[:, one], factors[:, other]]


def pairings(data: Prepared) -> list[Pairing]:
    """Those of a data set; of one whose factors are independent, or not known, none."""
    names, sizes = data.card["factor_names"], data.card["factor_sizes"]
    found = []
    for pair in data.card.get("joint", {}).get("pairs", []):
        one, other = (names.index(name) for name in pair["factors"])
        full = ridge(sizes[one], sizes[other], 1)
        found.append(Pairing("_".join(pair["factors"]), (one, other), full * full.size > 1 + ROUNDING))
    return found
