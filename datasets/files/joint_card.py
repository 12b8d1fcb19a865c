"""What the card of a data set says of a joint distribution: what was asked for, and what its images show of it."""

from typing import Any

import numpy as np

from diffrep.datasets.files.held_out import by_column, showing
from diffrep.datasets.files.joint import Correlated, Pair
from diffrep.datasets.files.ridge import reached
from diffrep.datasets.source import Source

DIGITS = 6  # of strengths


def joint_card(source: Source, factors: np.ndarray | None, splits: dict[str, np.ndarray]) -> dict[str, Any]:
    """{"joint": ...} of a data set whose factors go together or of which combinations are held out; of others nothing.

    factors  [n, k] int, of all rows

    pairs            of each its factors, the strength asked for, and the one that each split's images show: near 0 in
                     test images, which are drawn as if nothing went together
    held_out         {factor: value, ...} of each combination, by number
    images_held_out  how many images of each split show one: none of training and validation
    """
    joint = getattr(source, "joint", None)
    if factors is None or not isinstance(joint, Correlated):
        return {}
    named = list(source.factor_names), [int(size) for size in source.factor_sizes]
    rows = {split: factors[rows] for split, rows in splits.items()}
    held = [by_column(named[0], one) for one in joint.held_out]
    told = {
        "pairs": [
            {"factors": list(pair.factors), "asked": pair.strength}
            | {split: strength(known, pair, *named) for split, known in rows.items()}
            for pair in joint.pairs
        ],
        "held_out": [dict(one) for one in joint.held_out],
        "images_held_out": {split: int(showing(known, held).sum()) for split, known in rows.items()},
    }
    return {"joint": told}


def strength(factors: np.ndarray, pair: Pair, names: list[str], sizes: list[int]) -> float:
    """How strongly a pair goes together in images of these factors [n, k]."""
    one, other = (names.index(name) for name in pair.factors)
    return round(reached(factors[:, one], factors[:, other], sizes[one], sizes[other]).strength, DIGITS)
