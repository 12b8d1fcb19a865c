"""How far an edited image is from the true counterfactual, where the data can be drawn anew with one factor changed.

The truth differs from its source in what the edit has to change, and equals it to the bit wherever it has to leave the
image alone: every error is split by that mask. The scores are this suite's own, not those of any method's paper.

A case is the edit of one factor of one image. The null edit, its source decoded unedited, is what the edit starts from:
what it lacks of the truth had to be changed, and what it has wrong elsewhere is the decoder's fault and not the edit's.
"""

from collections.abc import Mapping

import numpy as np

from diffrep.metrics.means import defined_mean, factor_mean, means_of_factors, ratio
from diffrep.metrics.measured import Measured

MSE = "exact_mse"
PERCEPTUAL = "exact_pd_effnet_lite0"
NOTHING_CHANGED = "no case has a pixel that had to change"
NOTHING_STAYED = "no case has a pixel that had to stay"
NOTHING_MISSING = "no case has a pixel that had to change and was wrong in the null edit"


def exact(
    truth: np.ndarray,
    source: np.ndarray,
    edited: np.ndarray,
    null: np.ndarray,
    *,
    factor: np.ndarray | None = None,
) -> Measured:
    """Squared error of edits to the true counterfactual, where the image had to change and where it had to stay.

    truth, source  [n, h, w, c] uint8, or float in [0, 1]: the true counterfactual of each case, and the real image that
                   is edited, drawn with the same nuisance
    edited, null   [n, h, w, c] uint8 or float: the edit, and the source decoded unedited; floats are clamped to [0, 1]
    factor         [n] int: which factor each case edits; default one for all
    returns        means over the cases of a factor, then over factors:
                   exact_mse, exact_mse_changed, exact_mse_stayed in [0, 1], lower is better: over all pixels, over
                   those where truth and source differ, over the others; the same three of the null edit with `_null`
                   exact_gain, at most 1, higher is better: the share of the error that the edit takes away,
                   1 - exact_mse_changed / exact_mse_changed_null of each factor, then mean over factors, so that
                   a factor of few or faint pixels counts like any other; 0 for no edit at all, 0.75 for half of the
                   way, below 0 for a wrong one
                   exact_spill in [-1, 1], lower is better: exact_mse_stayed - exact_mse_stayed_null; 0 for no edit
    arrays         each error [n], nan where a case has no such pixel; `mask` [n, h, w] bool: what had to change

    nan, with a reason: no case has such pixels. ValueError for shapes that differ, no cases, truth and source of two
    types or outside [0, 1], values that are not finite.

    >>> source, truth = np.zeros((1, 2, 2, 3)), np.zeros((1, 2, 2, 3))
    >>> truth[0, 0] = 1.0  # the upper row has to turn white
    >>> found = exact(truth, source, edited=truth / 2, null=source)
    >>> found["exact_mse"], found["exact_mse_changed"], found["exact_gain"], found["exact_spill"]
    (0.125, 0.25, 0.75, 0.0)
    """
    mask = changed_pixels(truth, source)
    arrays = errors(squared_error(truth, edited), mask, MSE)
    arrays |= errors(squared_error(truth, null), mask, MSE, "_null")
    return _measured(arrays, mask, factor)


def exact_perceptual(
    edited: np.ndarray, null: np.ndarray, mask: np.ndarray, *, factor: np.ndarray | None = None
) -> Measured:
    """The same split of perceptual distances to the true counterfactual.

    edited, null  [n, h, w] float: `perceptual_map` of truth and edit, and of truth and null edit
    mask          [n, h, w] bool: `changed_pixels`, also among the arrays of `exact`
    factor        as in `exact`
    returns       exact_pd_effnet_lite0, with `_changed` and `_stayed`, at least 0, lower is better; the same of the
                  null edit with `_null`
    arrays        as in `exact`

    A perceptual distance looks beyond its pixel, as far as the deepest features reach: what changes beside a pixel that
    had to stay counts there too, so compare with the null edit. ValueError for shapes that differ or no cases.

    >>> far, near = np.full((1, 2, 2), 0.5), np.full((1, 2, 2), 0.25)
    >>> found = exact_perceptual(near, far, np.array([[[True, True], [False, False]]]))
    >>> found["exact_pd_effnet_lite0_changed"], found["exact_pd_effnet_lite0_changed_null"]
    (0.25, 0.5)
    """
    arrays = errors(edited, mask, PERCEPTUAL) | errors(null, mask, PERCEPTUAL, "_null")
    return _measured(arrays, mask, factor)


def changed_pixels(truth: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Where the true counterfactual differs from its source in any channel: what an edit has to change.

    truth, source  [n, h, w, c] uint8, or float in [0, 1], both of one type
    returns        [n, h, w] bool

    ValueError for shapes or types that differ, no images, values outside [0, 1] or not finite.

    >>> changed_pixels(np.zeros((1, 1, 2, 3)), np.array([[[[0.0, 0.0, 0.5], [0.0, 0.0, 0.0]]]]))
    array([[[ True, False]]])
    """
    if truth.ndim != 4 or truth.shape != source.shape or not len(truth):
        raise ValueError(
            f"truth {truth.shape} and source {source.shape}: give [n, h, w, c] of the same cases, one or more"
        )
    if truth.dtype != source.dtype:
        raise ValueError(
            f"truth is {truth.dtype}, source {source.dtype}: give both as drawn, equal ones differ otherwise"
        )
    for name, images in (("truth", truth), ("source", source)):
        if images.dtype != np.uint8 and not (images.min() >= 0 and images.max() <= 1):  # nan too
            raise ValueError(f"{name} lies in [{images.min()}, {images.max()}]: give uint8, or floats in [0, 1]")
    return (truth != source).any(-1)


def squared_error(truth: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Squared error of each pixel, mean over channels.

    truth    [n, h, w, c] uint8, or float in [0, 1]
    images   [n, h, w, c] uint8 or float; floats are clamped to [0, 1]
    returns  [n, h, w] float64 in [0, 1]

    ValueError for shapes that differ, values that are not finite.

    >>> squared_error(np.zeros((1, 1, 2, 1)), np.array([[[[0.5], [3.0]]]]))
    array([[[0.25, 1.  ]]])
    """
    if truth.shape != images.shape:
        raise ValueError(f"truth {truth.shape} and images {images.shape}: give the same cases at the same size")
    if not np.isfinite(images).all():
        raise ValueError("images hold values that are not finite: look at what decoded them")
    return np.square(_unit(images) - _unit(truth)).mean(-1)


def errors(distance: np.ndarray, mask: np.ndarray, name: str, suffix: str = "") -> dict[str, np.ndarray]:
    """One distance of each case over all pixels, over those that had to change and over the others.

    distance      [n, h, w] float: of each pixel to the truth
    mask          [n, h, w] bool: `changed_pixels`
    name, suffix  of what is measured, around the part: `<name>_changed<suffix>`
    returns       `<name><suffix>` over all pixels, `<name>_changed<suffix>` and `<name>_stayed<suffix>`, [n] float64
                  each, in the unit of the distance; nan for a case without such pixels

    ValueError for shapes that differ or no cases.

    >>> errors(np.array([[[0.5, 0.1]]]), np.array([[[True, False]]]), "mse", "_null")["mse_changed_null"]
    array([0.5])
    """
    if distance.ndim != 3 or distance.shape != mask.shape or not len(mask):
        raise ValueError(
            f"distance {distance.shape} and mask {mask.shape}: give [n, h, w] of the same cases, one or more"
        )
    parts = {"": np.ones_like(mask), "_changed": mask, "_stayed": ~mask}
    return {f"{name}{part}{suffix}": _mean_over(distance, where) for part, where in parts.items()}


def exact_scores(
    arrays: Mapping[str, np.ndarray], factor: np.ndarray | None = None, weights: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Means of the errors of some cases, and what follows from them, for many resamples at once.

    arrays   name -> [n] float: what `errors` returns, any number of them joined
    factor   [n] int: which factor each case edits; default one for all
    weights  [b, n]: how often each case counts in each of b resamples; default once in a single one
    returns  under its name [b], the mean of each array over the cases of a factor, then over factors; where the arrays
             of `exact` are among them also exact_gain and exact_spill, as there. nan where no case tells

    >>> exact_scores({"exact_mse": np.array([0.1, 0.3, 0.5])}, np.array([0, 0, 1]), np.array([[0, 2, 1]]))
    {'exact_mse': array([0.4])}
    """
    n = len(next(iter(arrays.values())))
    factor = np.zeros(n, np.int64) if factor is None else factor
    weights = np.ones((1, n)) if weights is None else weights
    means = {name: factor_mean(values, factor, weights) for name, values in arrays.items()}
    if f"{MSE}_changed_null" in means:
        changed, null = (means_of_factors(arrays[f"{MSE}_changed{of}"], factor, weights) for of in ("", "_null"))
        means["exact_gain"] = defined_mean(1 - ratio(changed, null), axis=0)
        means["exact_spill"] = means[f"{MSE}_stayed"] - means[f"{MSE}_stayed_null"]
    return means


def _measured(arrays: dict[str, np.ndarray], mask: np.ndarray, factor: np.ndarray | None) -> Measured:
    if factor is not None and np.shape(factor) != (len(mask),):
        raise ValueError(f"factor {np.shape(factor)} for {len(mask)} cases; give one factor for each case")
    means = {name: values[0] for name, values in exact_scores(arrays, factor).items()}
    return Measured(means, reasons={name: _reason(name) for name in means}, arrays={**arrays, "mask": mask})


def _reason(name: str) -> str:
    """Why a mean over all cases can be nan."""
    if name == "exact_gain":
        return NOTHING_MISSING
    return NOTHING_CHANGED if "_changed" in name else NOTHING_STAYED


def _unit(images: np.ndarray) -> np.ndarray:
    """As float64 in [0, 1]."""
    return images / 255 if images.dtype == np.uint8 else images.astype(np.float64).clip(0, 1)


def _mean_over(distance: np.ndarray, where: np.ndarray) -> np.ndarray:
    """[n, h, w] twice -> [n], nan where nothing is chosen."""
    count = where.sum((1, 2))
    total = np.where(where, distance, 0.0).sum((1, 2), dtype=np.float64)
    return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
