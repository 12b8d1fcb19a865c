"""How much there is to score, and what chance gives on it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """How much there is to score.

    values       of each factor or attribute that varies, how many values it takes
    frequent     of each of them, the share of its most frequent value on the test rows
    prevalences  of each attribute that varies on the test rows, the share of ones there
    """

    n_train: int
    n_test: int
    dims: int
    values: tuple[int, ...]
    frequent: tuple[float, ...] = ()
    prevalences: tuple[float, ...] = ()

    def sizes(self) -> dict[str, int]:
        """What a cost may grow with, by name."""
        counts = {"n_train": self.n_train, "n_test": self.n_test, "dims": self.dims}
        return {**counts, "targets": len(self.values), "values": sum(self.values)}


def one_factor(sample: Sample) -> float:
    """Guessing which factor it is: 1 / K, nan without two factors that vary.

    >>> one_factor(Sample(100, 50, 8, values=(10, 4)))
    0.5
    """
    return 1 / len(sample.values) if len(sample.values) > 1 else math.nan


def most_frequent(sample: Sample) -> float:
    """Guessing each factor's most frequent value; mean over factors.

    >>> most_frequent(Sample(100, 50, 8, values=(2, 2), frequent=(0.75, 0.5)))
    0.625
    """
    return _mean(sample.frequent)


def prevalence(sample: Sample) -> float:
    """Ranking rows at random: precision is the prevalence at every recall; mean over attributes.

    >>> prevalence(Sample(100, 50, 8, values=(2, 2), prevalences=(0.25, 0.5)))
    0.375
    """
    return _mean(sample.prevalences)


def pooled_positive(sample: Sample) -> float:
    """F1 of calling every row positive, of the counts of all attributes together.

    >>> pooled_positive(Sample(100, 50, 8, values=(2, 2), prevalences=(0.5, 0.1)))  # TP 0.6, called 2, positives 0.6
    0.4615384615384615
    """
    mean = prevalence(sample)
    return 2 * mean / (1 + mean)


def all_positive(sample: Sample) -> float:
    """F1 of calling every row positive; mean over attributes.

    >>> all_positive(Sample(100, 50, 8, values=(2,), prevalences=(0.25,)))
    0.4
    """
    return _mean(tuple(2 * p / (1 + p) for p in sample.prevalences))


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values) if values else math.nan
