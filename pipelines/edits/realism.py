"""Distances of decodes to real training images, on every feature extractor whose weights are on this machine."""

import numpy as np
import torch

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.fid import fd
from diffrep.metrics.images.kid import kd
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.metrics.uncertainty import block_interval
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.edits.extractors import extractors
from diffrep.pipelines.edits.references import ReferenceFeatures

SPREAD_BLOCKS = 5  # disjoint, of images and reference alike: what the spread of a distance is measured on
KERNEL_SUBSET = 1000  # images of a kernel distance's subsets, as published; all of them where there are fewer
DISTANCES = {"effnet_lite0": ("fd_effnet_lite0", "kd_effnet_lite0"), "inception": ("fid", "kid")}  # by extractor
EDITED, ADDED = "cf", "delta"  # of the edits, and beyond that of the null edits
REALISM = tuple(f"{kind}_{name}" for kind in (EDITED, ADDED) for names in DISTANCES.values() for name in names)


def realism(
    edited: np.ndarray, unedited: np.ndarray, reference: ReferenceFeatures, *, seed: int, device: torch.device
) -> Measured:
    """How far edits are from real images, and what the edit itself adds to that: `REALISM`.

    edited, unedited  [n, h, w, c] uint8, row i an edit and the null edit of one image
    reference         of n real training images, by the extractors whose weights are here
    device            of the extractors

    cf_<distance> of the edits; delta_<distance>: minus that of the unedited decodes at equal n, so that the biases
    cancel. Their intervals are from disjoint blocks.
    """
    found, parts = extractors(device), []
    for extractor, names in DISTANCES.items():
        if extractor not in reference:
            parts.append(missing([f"{kind}_{name}" for kind in (EDITED, ADDED) for name in names], MISSING))
            continue
        if extractor not in found or len(reference[extractor]) != len(edited):
            what = "has features of weights that are not here" if extractor not in found else "has other images"
            raise UserError(f"runs/<dataset>/references.npz {what} than this run: run diffrep references again")
        ours, null = (found[extractor](images) for images in (edited, unedited))
        parts.append(extractor_realism(ours, null, reference[extractor], extractor, seed=seed))
    return joined(*parts)


def extractor_realism(
    edited: np.ndarray, unedited: np.ndarray, reference: np.ndarray, extractor: str, *, seed: int
) -> Measured:
    """The same by one extractor; features [n, d] each."""
    whole = beyond_null(edited, unedited, reference, extractor, seed=seed)
    block = np.arange(len(edited)) % SPREAD_BLOCKS
    own = [block == i for i in range(SPREAD_BLOCKS)]
    spread = [beyond_null(edited[i], unedited[i], reference[i], extractor, seed=seed) for i in own]
    intervals = {name: block_interval([values[name] for values in spread], value) for name, value in whole.items()}
    return Measured(whole, intervals=intervals)


def beyond_null(
    edited: np.ndarray, unedited: np.ndarray, reference: np.ndarray, extractor: str, *, seed: int
) -> dict[str, float]:
    """cf_<distance> of edited features, delta_<distance> beyond the unedited ones'; all [n, d]."""
    ours, null = (distances(features, reference, extractor, seed=seed) for features in (edited, unedited))
    added = {f"{ADDED}_{name}": value - null[name] for name, value in ours.items()}
    return {f"{EDITED}_{name}": value for name, value in ours.items()} | added


def distances(features: np.ndarray, reference: np.ndarray, extractor: str, *, seed: int) -> dict[str, float]:
    """The Frechet and the kernel distance of two sets [n, d] of one extractor's features, under their own names."""
    n = len(features)
    frechet = fd(features, reference, extractor=extractor, allow_small=True)
    subsets = {"subsets": 1, "subset_size": n} if n <= KERNEL_SUBSET else {"subset_size": KERNEL_SUBSET}
    kernel = kd(features, reference, extractor=extractor, seed=seed, **subsets)
    return {name: measured[name] for name, measured in zip(DISTANCES[extractor], (frechet, kernel), strict=True)}


def floor_of_distances(other: ReferenceFeatures, reference: ReferenceFeatures, *, seed: int) -> Measured:
    """cf_<distance> of real images to other real images of the same n: no decode can be expected below it."""
    parts = []
    for extractor, names in DISTANCES.items():
        if extractor in other:
            found = distances(other[extractor], reference[extractor], extractor, seed=seed)
            parts.append(Measured({f"{EDITED}_{name}": value for name, value in found.items()}))
        else:
            parts.append(missing([f"{EDITED}_{name}" for name in names], MISSING))
    return joined(*parts)
