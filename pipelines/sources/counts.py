"""What a prepared data set has of everything: images, attributes, factors, targets; and where it comes from."""

import dataclasses
from typing import Any

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.prepared import Prepared

DIGITS = 6  # of shares and means
OF_CARD = ("source", "source_checksum", "licence", "image_shape")


def counts(data: Prepared) -> dict[str, int]:
    """How many images each split has."""
    return {f"n_{name}": len(rows) for name, rows in data.splits.items()}


def described(data: Prepared, source: Any) -> dict[str, Any]:
    """Where a data set comes from, and what is known of its images, split by split.

    about       title, citation and the like, where the class of `source` says so
    attributes  {name: {group, source, share of images that have it in each split}}
    factors     {name: number of values}
    targets     {name: {mean, sd}} over training images
    alike       {split: names of attributes that all or none of its images have}, where there are some
    joint       what was asked of a joint distribution of factors and what images show of it, where there is one
    """
    about = getattr(source, "about", None)
    return {
        **({"alike": alike} if (alike := same_throughout(data)) else {}),
        **{key: data.card[key] for key in OF_CARD},
        "about": dataclasses.asdict(about) if isinstance(about, About) else {},
        "attributes": attributes(data),
        "factors": dict(zip(data.card["factor_names"], data.card["factor_sizes"], strict=True)),
        "targets": targets(data),
        **{key: data.card[key] for key in ("joint",) if key in data.card},
    }


def same_throughout(data: Prepared) -> dict[str, list[str]]:
    """Of each split the attributes that all or none of its images have; splits without any are left out."""
    found = {split: data.alike(split) for split in data.splits}
    return {split: names for split, names in found.items() if names}


def attributes(data: Prepared) -> dict[str, dict[str, Any]]:
    """The group and source of each attribute, and the share of images that have it in each split."""
    shares = {split: rounded(data.attributes[rows].mean(0)) for split, rows in data.splits.items()}
    known = zip(*(data.card[f"attribute_{kind}"] for kind in ("names", "groups", "sources")), strict=True)
    return {
        name: {"group": group, "source": source, **{split: share[column] for split, share in shares.items()}}
        for column, (name, group, source) in enumerate(known)
    }


def targets(data: Prepared) -> dict[str, dict[str, float]]:
    """Mean and standard deviation of each target over the training images."""
    if data.targets is None:
        return {}
    values = data.targets[data.splits["train"]].astype(np.float64)
    pairs = zip(rounded(values.mean(0)), rounded(values.std(0)), strict=True)
    return {name: {"mean": m, "sd": sd} for name, (m, sd) in zip(data.card["target_names"], pairs, strict=True)}


def rounded(values: np.ndarray) -> list[float]:
    """Numbers as the file holds them."""
    return [round(float(value), DIGITS) for value in values]
