"""TAD: how many attributes single scalars of a code detect, and by how much each beats every other scalar.

Yeats et al. 2022 (NashAE), arXiv:2209.10677, section 4.
"""

import numpy as np
import torch

from diffrep.metrics.codes import active_dimensions, checked_codes, whole
from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.information import entropy, mutual_information
from diffrep.metrics.probes.scores import auroc_of_dimensions

LEAST_CASES = 5  # positives and negatives: with fewer the AUROC of an attribute says nothing
LEAST_AUROC = 0.75  # of the best dimension, for an attribute to be captured
MOST_SHARED = 0.2  # of an attribute's entropy may another one tell, for it to be captured
LEAST_DEVIATION = 0.01  # of the largest standard deviation: up to it, a dimension is not looked at
LEAST_RANGE = 0.2  # the same in published code, on the code's own scale
CHANCE = 0.5
NO_ATTRIBUTE = "no attribute has the positives and negatives that an AUROC takes"


def tad(codes: np.ndarray, attributes: np.ndarray, *, compat: bool = False, thresholds: int = 101) -> Measured:
    """By how much the best detector of each captured attribute beats the runner-up, summed over attributes.

    codes       [n, L] float: scalars; where a code holds N dimensions a token, its tokens' first principal components
    attributes  [n, A] in {0, 1}; with fewer than 5 positives or 5 negatives one is skipped, with none left it is nan
    compat      as published: AUROC from cuts of equal distance over a dimension's range, all in float32, so that the
                last may pass the maximum; dimensions of a range up to 0.2 left out, no attribute skipped that has both
                values, and with L = 1 a runner-up of 0 and not 0.5
    thresholds  how many cuts with `compat`: 101 in NashAE, 11 in DisDiff and EncDiff, whose numbers are on another
                scale; by default the AUROC is exact and this says nothing
    returns     `tad`: sum over captured attributes of (best AUROC - runner-up), in [0, A / 2], higher is better
                `tad_captured`: how many those are, in [0, A], chance 0 for both: a best AUROC of at least 0.75,
                and no other attribute that tells more than 0.2 of the entropy
                `tad_skipped_attributes`, and `tad_active_dims`: dimensions looked at, those of more than 0.01 of the
                largest deviation
    arrays      `auroc` [L, A]: the better of both signs, 0.5 for dimensions not looked at; `gaps` [A] whether captured
                or not; `entropy_reduction` [A]; `captured` bool [A]

    ValueError for codes that `checked_codes` refuses, attributes other than 0 and 1, fewer than 2 thresholds.

    11 cuts give a heavy-tailed dimension that tells nothing an AUROC near 0.9: attributes are captured by chance.

    >>> attributes = np.random.default_rng(0).integers(2, size=(2000, 3))
    >>> codes = attributes.astype(float)
    >>> round(tad(codes, attributes)["tad"], 1), tad(codes, attributes)["tad_captured"]
    (1.5, 3.0)
    >>> tad(np.hstack([codes, codes]), attributes)["tad"]
    0.0
    """
    codes, attributes = checked_codes(codes, attributes), _checked_attributes(attributes)
    codes = codes.astype(np.float32) if compat else codes
    if thresholds < 2:
        raise ValueError(f"{thresholds} threshold cannot span a range; give at least 2")
    kept = _cases(attributes) >= (1 if compat else LEAST_CASES)
    shared = entropy_reduction(attributes)
    dims = np.ptp(codes, axis=0) > LEAST_RANGE if compat else _wide(codes)
    detected = np.full((codes.shape[1], kept.sum()), CHANCE)
    if compat:
        detected[dims] = _cut_auroc(codes[:, dims], attributes[:, kept], thresholds)
    else:
        detected[dims] = np.abs(auroc_of_dimensions(codes[:, dims], attributes[:, kept]) - CHANCE) + CHANCE
    ranked = np.sort(np.vstack([np.full((2, kept.sum()), 0.0 if compat else CHANCE), detected]), axis=0)
    gaps, captured = ranked[-1] - ranked[-2], (ranked[-1] >= LEAST_AUROC) & (shared[kept] <= MOST_SHARED)
    values = {
        "tad": gaps[captured].sum() if kept.any() else np.nan,
        "tad_captured": captured.sum() if kept.any() else np.nan,
        "tad_skipped_attributes": (~kept).sum(),
        "tad_active_dims": dims.sum(),
    }
    arrays = {
        "auroc": whole(detected, np.ones(len(dims), dtype=bool), kept),
        "gaps": whole(gaps, kept),
        "entropy_reduction": shared,
        "captured": whole(captured, kept) == 1,
    }
    return Measured(values, reasons=dict.fromkeys(values, NO_ATTRIBUTE), arrays=arrays)


def entropy_reduction(attributes: np.ndarray) -> np.ndarray:
    """Which share of each attribute's entropy the other attribute that tells most of it tells: [n, A] -> [A].

    In [0, 1]; 0 where there is no other attribute, nan for an attribute of one value.

    >>> entropy_reduction(np.array([[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]))
    array([1., 1., 0.])
    """
    attributes = _checked_attributes(attributes)
    shared, alone = mutual_information(attributes, attributes), entropy(attributes)
    np.fill_diagonal(shared, 0.0)
    return shared.max(axis=0) / np.where(alone > 0, alone, np.nan)


def _checked_attributes(attributes: np.ndarray) -> np.ndarray:
    attributes = np.asarray(attributes)
    if attributes.ndim != 2 or not attributes.size or not np.isin(attributes, (0, 1)).all():
        raise ValueError(f"attributes {attributes.shape} must be [n, A], 0 or 1; turn other values into one each")
    return attributes.astype(np.int64)


def _cases(attributes: np.ndarray) -> np.ndarray:
    """Rows of the rarer value of each attribute, [A]."""
    positives = attributes.sum(axis=0)
    return np.minimum(positives, len(attributes) - positives)


def _wide(codes: np.ndarray) -> np.ndarray:
    deviation = codes.std(axis=0)
    return active_dimensions(codes) & (deviation > LEAST_DEVIATION * deviation.max(initial=0.0))


def _cut_auroc(codes: np.ndarray, attributes: np.ndarray, thresholds: int) -> np.ndarray:
    """The better sign's area under the curve of so many cuts, each step as high as its right end, [L, A]."""
    positives = attributes.sum(axis=0)
    shares = torch.arange(0.0, 1.0001, 1 / (thresholds - 1)).numpy()  # torch's own rounding, as published
    areas = np.empty((codes.shape[1], attributes.shape[1]))
    for mine, z in zip(areas, codes.T, strict=True):
        order = np.argsort(z)
        below = np.searchsorted(z[order], shares * np.ptp(z) + z.min())
        true = np.vstack([np.zeros_like(positives), attributes[order].cumsum(axis=0)])[below]
        false = (below[:, None] - true) / (len(attributes) - positives)
        true = true / positives
        # neither curve is whole: one lacks the corner (1, 1), the other (0, 0)
        mine[:] = np.maximum(_area(false, true), _area(1 - false[::-1], 1 - true[::-1]))
    return areas


def _area(false: np.ndarray, true: np.ndarray) -> np.ndarray:
    return (true[1:] * np.diff(false, axis=0)).sum(axis=0)
