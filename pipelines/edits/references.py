"""Features of two disjoint sets of real training images, the reference of all distances to them and their floor."""

from pathlib import Path

import numpy as np
import torch

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_arrays
from diffrep.pipelines.edits.extractors import extractors

REFERENCE_SET, OTHER_SET = "reference", "other"
ReferenceFeatures = dict[str, np.ndarray]  # by extractor, [n, d] each


def reference_features(data: Prepared, count: int, seed: int, device: torch.device) -> ReferenceFeatures:
    """Features [count, d] of both sets by every extractor whose weights are here, "<extractor>_<set>"."""
    rows = np.random.default_rng(seed).permutation(data.splits["train"])
    if len(rows) < 2 * count:
        needed = f"evaluate.counterfactual.images = {count} needs {2 * count} training images"
        raise UserError(f"{needed}, there are {len(rows)}")
    sets = {REFERENCE_SET: data.images[rows[:count]], OTHER_SET: data.images[rows[count : 2 * count]]}
    return {f"{name}_{side}": features(sets[side]) for name, features in extractors(device).items() for side in sets}


def read_references(path: Path, side: str) -> ReferenceFeatures:
    """The features of one set, `REFERENCE_SET` or `OTHER_SET`, by extractor."""
    again, end = f"run diffrep references --dataset {path.parent.name}", f"_{side}"
    if not path.exists():
        raise UserError(f"no features of real images in {path}: {again}")
    sets = read_arrays(path, lambda names: [name for name in names if name.endswith(end)], again)
    return {name.removesuffix(end): features for name, features in sets.items()}
