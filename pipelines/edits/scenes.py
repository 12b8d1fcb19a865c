"""Edits of rendered scenes against the scene as it truly looks with that one factor changed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.exact import MSE, PERCEPTUAL, changed_pixels, errors, exact, exact_perceptual, exact_scores
from diffrep.metrics.edits.exact import squared_error as pixel_error
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.perceptual import perceptual_map
from diffrep.metrics.means import means_of_factors, ratio
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits.intervals import fill_intervals
from diffrep.pipelines.edits.session import Editing
from diffrep.pipelines.edits.swaps import Swaps
from diffrep.pipelines.edits.truth import differing, one_each, true_images

SPLIT = ("", "_changed", "_stayed")
LEAST_MADE = 0.05  # of the needed change, by a part that is said to move its factor
OF_EDITS = (*(f"{kind}{part}" for kind in (MSE, PERCEPTUAL) for part in SPLIT), "exact_gain", "exact_spill")
OF_NULL = [f"{kind}{part}_null" for kind in (MSE, PERCEPTUAL) for part in SPLIT]
OF_REACHABLE = [f"{MSE}{part}_reachable" for part in SPLIT]


@dataclass(frozen=True)
class Scenes:
    """Cases of edits whose true outcome is known: images [n, h, w, c] uint8.

    pairs, factor  [n] whose edit it is, and which of the data set's factors it brings to the donor's value
    truth          that scene, with the source's nuisance
    source, null   the real source, and its unedited decode
    """

    pairs: np.ndarray
    factor: np.ndarray
    truth: np.ndarray
    source: np.ndarray
    null: np.ndarray


def scenes(redrawn: Any, cell: Editing, pairs: np.ndarray, factor: np.ndarray) -> Scenes:
    """The cases of these pairs and factors, [n] each."""
    truth = true_images(redrawn, *factors_of(cell, pairs), factor)
    return Scenes(pairs, factor, truth, cell.images(cell.a[pairs]), image_bytes(cell.original[pairs]))


def all_scenes(redrawn: Any, cell: Editing, pairs: np.ndarray) -> Scenes:
    """Every factor in which the images of these pairs differ."""
    rows, factor = differing(*factors_of(cell, pairs))
    return scenes(redrawn, cell, pairs[rows], factor)


def one_scene_each(redrawn: Any, cell: Editing, pairs: np.ndarray) -> Scenes:
    """One factor of each of these pairs, all factors about equally often."""
    rows, factor = one_each(*factors_of(cell, pairs))
    return scenes(redrawn, cell, pairs[rows], factor)


def factors_of(cell: Editing, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True factors [n, K] of sources and donors."""
    factors = np.asarray(cell.data.factors)
    return factors[cell.rows(cell.a[pairs])], factors[cell.rows(cell.b[pairs])]


def parts_by_truth(known: Scenes, swaps: Swaps, count: int) -> tuple[np.ndarray, int]:
    """The part that brings what had to change of each factor nearest to the truth, on these cases; no judge is asked.

    count    K: how many factors there are; one without cases has the first part
    returns  [K], and how many factors' part makes at least a twentieth of the change: of the others none does anything
    """
    mask = changed_pixels(known.truth, known.source)
    found = np.zeros((len(swaps.edited), count))
    for part, edited in enumerate(swaps.edited):
        distance = pixel_error(known.truth, image_bytes(edited)[known.pairs])
        changed = errors(distance, mask, MSE)[f"{MSE}_changed"]
        for k in range(found.shape[1]):
            cases = changed[known.factor == k]
            found[part, k] = cases[~np.isnan(cases)].mean() if np.isfinite(cases).any() else np.inf
    null = errors(pixel_error(known.truth, known.null), mask, MSE)[f"{MSE}_changed"]
    needed = means_of_factors(null, known.factor, np.ones((1, len(null))))[:, 0]
    made = 1 - ratio(found.min(0)[np.unique(known.factor)], needed)
    return found.argmin(0), int((made >= LEAST_MADE).sum())


def swap_images(known: Scenes, swaps: Swaps, served: np.ndarray) -> np.ndarray:
    """The swap [n, h, w, c] uint8 of every case: of the part that serves its factor, [K]."""
    return image_bytes(swaps.edited[served[known.factor], known.pairs])


def reachable(known: Scenes, cell: Editing) -> dict[str, np.ndarray]:
    """Errors [n] of the true images themselves, encoded and decoded from their own starts: no edit, no swap."""
    codes = cell.encode(known.truth)
    start = cell.starts(cell.a[known.pairs], known.truth, codes)
    drawn = image_bytes(cell.decoder.decode(codes, start, cell.settings.decode_steps))
    return errors(pixel_error(known.truth, drawn), changed_pixels(known.truth, known.source), MSE, "_reachable")


def fill_exact(filled: Result, known: Scenes, edited: np.ndarray, suffix: str, seed: int) -> dict[str, np.ndarray]:
    """Fill in the errors of one kind of edit and their intervals over pairs; the errors of every case, [n] each.

    edited  [n, h, w, c] uint8
    """
    measured = exact(known.truth, known.source, edited, known.null, factor=known.factor)
    mask = measured.arrays.pop("mask")
    arrays = measured.arrays
    if effnet_lite0.weights_installed():
        ours, null = (perceptual_map(known.truth, images) for images in (edited, known.null))
        seen = exact_perceptual(ours, null, mask, factor=known.factor).arrays
        arrays |= {name: values for name, values in seen.items() if name != "mask"}
    else:
        missing = [f"{PERCEPTUAL}{part}{suffix}" for part in SPLIT]
        filled.update(dict.fromkeys(missing))
        filled["reasons"].update(dict.fromkeys(missing, effnet_lite0.MISSING))
    kept = [name for name in (*OF_EDITS, *OF_NULL) if name in measured or name in arrays]
    fill_means(filled, arrays, known, kept, suffix, seed)
    cases = {"exact_pair": known.pairs, "exact_factor": known.factor}
    return {f"{name}{suffix}": values for name, values in (arrays | cases).items()}


def fill_means(
    filled: Result, arrays: dict[str, np.ndarray], known: Scenes, kept: list[str], suffix: str, seed: int
) -> None:
    """Fill in what `kept` names of the means over cases, and their intervals over pairs."""

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        found = exact_scores(arrays, known.factor, weights)
        return {name: found[name] for name in kept}

    values = {name: found[0] for name, found in score(np.ones((1, len(known.factor)))).items()}
    filled.update({f"{name}{suffix}": value for name, value in values.items()})
    unknown = [f"{name}{suffix}" for name, value in values.items() if np.isnan(value)]
    filled["reasons"].update(dict.fromkeys(unknown, "no judged case has such pixels"))
    fill_intervals(filled, score, known.pairs, seed=seed, suffix=suffix)
