"""Edits of rendered scenes against the scene as it truly looks with that one factor changed; no oracle is asked."""

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.exact import (
    MSE,
    PERCEPTUAL,
    changed_pixels,
    errors,
    exact,
    exact_perceptual,
    exact_scores,
    squared_error,
)
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.perceptual import perceptual_map
from diffrep.metrics.means import means_of_factors, ratio
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.edits.intervals import resampled
from diffrep.pipelines.edits.scenes import Scenes
from diffrep.pipelines.edits.session import Session
from diffrep.pipelines.edits.swaps import Swaps

REGIONS = ("", "_changed", "_stayed")  # of an image: all of it, what had to change, what had to stay
SQUARED_ERRORS = tuple(f"{MSE}{region}{of}" for of in ("", "_null") for region in REGIONS)
PERCEPTUAL_ERRORS = tuple(f"{PERCEPTUAL}{region}{of}" for of in ("", "_null") for region in REGIONS)
EDIT_ERRORS = (*SQUARED_ERRORS, "exact_gain", "exact_spill", *PERCEPTUAL_ERRORS)
REACHABLE_ERRORS = tuple(f"{MSE}{region}_reachable" for region in REGIONS)
FACTORS_MOVED = "exact_factors_moved"
LEAST_MADE = 0.05  # of the error, taken away by a part that is said to move its factor
NO_PIXELS = "no judged case has such pixels"


def edit_errors(known: Scenes, edited: np.ndarray, *, seed: int) -> Measured:
    """How far edits of one kind are from the truth, and their intervals over pairs: `EDIT_ERRORS`.

    edited  [n, h, w, c] uint8
    arrays  the errors of every case, [n] each; its pair and factor
    """
    measured = exact(known.truth, known.source, edited, known.null, factor=known.factor)
    mask = measured.arrays.pop("mask")
    arrays, unknown = measured.arrays, missing(PERCEPTUAL_ERRORS, effnet_lite0.MISSING)
    if effnet_lite0.weights_installed():
        ours, null = (perceptual_map(known.truth, images) for images in (edited, known.null))
        found = exact_perceptual(ours, null, mask, factor=known.factor).arrays
        arrays, unknown = arrays | {name: found[name] for name in PERCEPTUAL_ERRORS}, Measured({})
    cases = {"exact_pair": known.pairs, "exact_factor": known.factor}
    names = [name for name in EDIT_ERRORS if name not in unknown]
    return joined(error_means(arrays, known, names, seed=seed), unknown, Measured({}, arrays=arrays | cases))


def error_means(arrays: dict[str, np.ndarray], known: Scenes, names: list[str], *, seed: int) -> Measured:
    """What `names` names of the means of errors [n] over cases, and their intervals over pairs."""

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        found = exact_scores(arrays, known.factor, weights)
        return {name: found[name] for name in names}

    return resampled(score, known.pairs, seed=seed, reasons=dict.fromkeys(names, NO_PIXELS))


def reachable_errors(session: Session, known: Scenes) -> Measured:
    """Errors of the true images themselves, encoded and decoded from their own starts: `REACHABLE_ERRORS`."""
    codes = session.encode(known.truth)
    start = session.starts(session.a[known.pairs], known.truth, codes)
    drawn = image_bytes(session.draw(codes, start))
    found = errors(squared_error(known.truth, drawn), changed_pixels(known.truth, known.source), MSE, "_reachable")
    return error_means(found, known, list(REACHABLE_ERRORS), seed=session.seed)


def parts_by_truth(known: Scenes, swaps: Swaps, count: int) -> Measured:
    """The part that brings what had to change of each factor nearest to the truth, on these cases; no oracle is asked.

    count    K: how many factors there are; one without cases has the first part
    returns  how many factors' part takes away at least a twentieth of the error: of the others none does anything
    arrays   assigned_by_truth [K]
    """
    mask = changed_pixels(known.truth, known.source)
    # the mean error of each part's swaps [s, K], infinite where a factor has no case
    found = np.zeros((len(swaps.edited), count))
    for part, edited in enumerate(swaps.edited):
        distance = squared_error(known.truth, image_bytes(edited)[known.pairs])
        changed = errors(distance, mask, MSE)[f"{MSE}_changed"]
        for k in range(count):
            cases = changed[known.factor == k]
            found[part, k] = cases[~np.isnan(cases)].mean() if np.isfinite(cases).any() else np.inf
    # the share of the null edit's error that the best part takes away
    null = errors(squared_error(known.truth, known.null), mask, MSE)[f"{MSE}_changed"]
    needed = means_of_factors(null, known.factor, np.ones((1, len(null))))[:, 0]
    made = 1 - ratio(found.min(0)[np.unique(known.factor)], needed)
    moved = Measured({FACTORS_MOVED: (made >= LEAST_MADE).sum()})
    return joined(moved, Measured({}, arrays={"assigned_by_truth": found.argmin(0)}))


def swap_images(known: Scenes, swaps: Swaps, served: np.ndarray) -> np.ndarray:
    """The swap [n, h, w, c] uint8 of every case: of the part that serves its factor, [K]."""
    return image_bytes(swaps.edited[served[known.factor], known.pairs])
