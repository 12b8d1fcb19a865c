"""Which images of a data set are used, and for what, where a person says how many."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge

Seed = Annotated[int, Ge(0)]
SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Counts:
    """How many images each split has; 0 in a data set whose own splits are kept whole."""

    train: int
    valid: int
    test: int

    def drawn_from(self, pool: np.ndarray, seed: int, title: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Images of `pool` [n], drawn without replacement, and the rows of them in each split.

        ValueError where more are asked for than there are, or none.
        """
        counts = [self.train, self.valid, self.test]
        if min(counts) < 1 or sum(counts) > len(pool):
            raise ValueError(
                f"train, valid and test are 1 or more, together at most the {len(pool):,} of {title}: "
                f"got {self.train:,} + {self.valid:,} + {self.test:,}"
            )
        drawn = np.random.default_rng(seed).choice(pool, sum(counts), replace=False)
        return drawn, consecutive(counts)


def consecutive(counts: list[int]) -> dict[str, np.ndarray]:
    """Rows of train, valid and test, one split after the other."""
    ends = np.cumsum(counts)
    return {name: np.arange(end - n, end) for name, n, end in zip(SPLITS, counts, ends, strict=True)}
