"""Distances of decodes to real training images, on every feature extractor whose weights are on this machine."""

import numpy as np

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.fid import fd
from diffrep.metrics.images.kid import kd
from diffrep.metrics.uncertainty import block_interval
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits.extractors import extractors

BLOCKS = 5  # disjoint, of images and reference alike: what the spread of a distance is measured on
SUBSET = 1000  # images of a kernel distance's subsets, as published; all of them where there are fewer

NAMES = {"effnet_lite0": ("fd_effnet_lite0", "kd_effnet_lite0"), "inception": ("fid", "kid")}


def distances(features: np.ndarray, reference: np.ndarray, extractor: str, *, seed: int) -> dict[str, float]:
    """The Frechet and the kernel distance of two sets [n, d] of one extractor's features, under their own names."""
    n = len(features)
    frechet = fd(features, reference, extractor=extractor, allow_small=True)
    subsets = {"subsets": 1, "subset_size": n} if n <= SUBSET else {"subset_size": SUBSET}
    kernel = kd(features, reference, extractor=extractor, seed=seed, **subsets)
    return {name: measured[name] for name, measured in zip(NAMES[extractor], (frechet, kernel), strict=True)}


def fill_realism(
    filled: Result, edited: np.ndarray, unedited: np.ndarray, reference: dict[str, np.ndarray], *, seed: int
) -> None:
    """Fill in how far edits are from real images, and what the edit itself adds to that.

    edited, unedited  [n, h, w, c] uint8, row i an edit and the null edit of one image
    reference         extractor -> features [n, d] of real training images, for those whose weights are here

    cf_<distance> of the edits; delta_<distance>: minus that of the unedited decodes at equal n, so that the biases
    cancel. Their intervals are from disjoint blocks.
    """
    found = extractors()
    for extractor, names in NAMES.items():
        if extractor not in reference:
            missing = [f"{kind}_{name}" for kind in ("cf", "delta") for name in names]
            filled.update(dict.fromkeys(missing))
            filled["reasons"].update(dict.fromkeys(missing, MISSING))
            continue
        if extractor not in found or len(reference[extractor]) != len(edited):
            what = "has features of weights that are not here" if extractor not in found else "has other images"
            raise UserError(f"runs/<dataset>/oracle/real.npz {what} than this run: run diffrep oracle again")
        ours, null = (found[extractor](images) for images in (edited, unedited))
        real = reference[extractor]
        whole = against(ours, null, real, extractor, seed)
        block = np.arange(len(edited)) % BLOCKS
        own = [block == i for i in range(BLOCKS)]
        spread = [against(ours[i], null[i], real[i], extractor, seed) for i in own]
        filled.update(whole)
        filled.add_intervals({k: block_interval([values[k] for values in spread], v) for k, v in whole.items()})


def against(
    edited: np.ndarray, unedited: np.ndarray, reference: np.ndarray, extractor: str, seed: int
) -> dict[str, float]:
    """cf_<distance> of edited features, delta_<distance> beyond the unedited ones'; all [n, d]."""
    ours, null = (distances(x, reference, extractor, seed=seed) for x in (edited, unedited))
    return {f"cf_{name}": value for name, value in ours.items()} | {
        f"delta_{name}": value - null[name] for name, value in ours.items()
    }
