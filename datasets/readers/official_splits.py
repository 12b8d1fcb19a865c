"""Splits as a data set's authors made them, or drawn anew from all of its images."""

from typing import Literal

import numpy as np

from diffrep.datasets.files.drawn_splits import SPLITS, Counts, consecutive

Splits = Literal["official", "drawn"]


def chosen(
    pools: dict[str, np.ndarray], counts: Counts, splits: Splits, seed: int, title: str
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The images that are used, train, valid and test in this order, and the rows of each split.

    pools   the places [m] of the images of "train" and "test", and of "valid" where the authors made one
    splits  official: so many images of each pool, 0 for all of it; without a pool, "valid" is drawn from "train".
            drawn: as `Counts.drawn_from` all pools together

    Within a split the images stand in an order that `seed` decides, since files are often sorted by class. ValueError
    where more are asked for than there are.
    """
    if splits == "drawn":
        return counts.drawn_from(np.concatenate([pools[name] for name in SPLITS if name in pools]), seed, title)
    generator = np.random.default_rng(seed)
    left = {name: generator.permutation(pools[name]) for name in SPLITS if name in pools}
    asked = {"train": counts.train, "valid": counts.valid, "test": counts.test}
    if "valid" not in pools:
        if not 0 < counts.valid < len(left["train"]):
            raise ValueError(
                f"valid is drawn from the {len(left['train']):,} training images of {title}, which has no validation "
                f"images of its own: from 1 to {len(left['train']) - 1:,}, got {counts.valid:,}"
            )
        left["valid"], left["train"] = np.split(left["train"], [counts.valid])
    for name, count in asked.items():
        if not 0 <= count <= len(left[name]):
            raise ValueError(f"{name} is from 0, for all, to the {len(left[name]):,} of {title}: got {count:,}")
    taken = [left[name][: asked[name] or None] for name in SPLITS]
    return np.concatenate(taken), consecutive([len(rows) for rows in taken])
