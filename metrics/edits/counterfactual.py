"""Does swapping one part of a code change what it should, and nothing else?

An oracle reads decodes of pairs (a, b): y_a of a's code, y_b of b's code, y_cf of a's code with one part taken from
b, all from the starting noise of a. Decodes are compared with decodes, so that blur cancels. The scores are this
suite's own, not those of any method's paper.
"""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.means import defined_mean, factor_mean, ratio
from diffrep.metrics.measured import Measured

REASONS = {
    "efficacy": "no judged factor differs between the images of any pair",
    "preservation": "no second factor that could be preserved",
    "faithfulness": "needs both efficacy and preservation",
    "cf_gap": "no second part to compare with",
    "distinct_parts": "no part was assigned to any factor",
}


class Rates(NamedTuple):
    """What happens to each factor when each part is swapped, in each of b resamples; nan where no pair tells."""

    arrived: np.ndarray  # T [b, parts, k]: the oracle reads b's value, of the pairs in which a's and b's differ
    changed: np.ndarray  # X [b, parts, k]: the oracle reads another value than a's
    noise: np.ndarray  # N [b, k]: it does so under a second noise, with no part swapped


def rates(
    y_a: np.ndarray,
    y_b: np.ndarray,
    y_cf: np.ndarray,
    y_noise: np.ndarray,
    *,
    differs: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> Rates:
    """How often each swap changes each factor.

    y_a, y_b  [m, k] int: what the oracle reads from the decodes of a's and of b's code
    y_cf      [parts, m, k] int: the same after each swap
    y_noise   [m, k] int: the decode of a's code from a second noise
    differs   [m, k] bool: whether the real images a and b differ, default all. Where they do but no two decodes do,
              the decoder does not draw the factor from its code: nothing can arrive and T is 0, not nan
    weights   [b, m]: how often each pair counts in each of b resamples; default once in a single one
    returns   `Rates`, each in [0, 1]; of a decoder that ignores its code T is 0 and X the noise alone

    ValueError on shapes that do not fit.

    >>> one, other = np.zeros((2, 1), int), np.ones((2, 1), int)
    >>> rates(one, other, np.stack([other, one]), one).arrived[0]  # one part brings everything, the other nothing
    array([[1.],
           [0.]])
    """
    _check(y_a, y_b, y_cf, y_noise)
    differs = np.ones(y_a.shape, bool) if differs is None else differs
    weights = np.ones((1, len(y_a))) if weights is None else weights
    total, asked = weights.sum(1)[:, None], y_a != y_b
    arrived = ratio(_count(weights, (y_cf == y_b) & asked), _count(weights, np.broadcast_to(asked, y_cf.shape)))
    silent = ~asked.any(0) & differs.any(0)  # of all pairs: a resample that misses the factor tells nothing of it
    arrived[:, :, silent] = 0.0
    return Rates(arrived, _count(weights, y_cf != y_a) / total[:, None], weights @ (y_noise != y_a) / total)


def assign(arrived: np.ndarray) -> np.ndarray:
    """The part that brings over each factor most often.

    arrived  [parts, k]: of `Rates`, one resample
    returns  [k] int; the first of equals; -1 where every part is nan

    >>> assign(np.array([[0.1, np.nan], [0.3, np.nan]]))
    array([ 1, -1])
    """
    filled = np.where(np.isnan(arrived), -1.0, arrived)
    return np.where(filled.max(0) < 0, -1, filled.argmax(0))


def counterfactual(
    y_a: np.ndarray,
    y_b: np.ndarray,
    y_cf: np.ndarray,
    y_noise: np.ndarray,
    *,
    differs: np.ndarray | None = None,
    counted: np.ndarray | None = None,
) -> Measured:
    """Scores of the swaps: parts are assigned to factors on the first half of the pairs, and judged on the other.

    The arrays are those of `rates`.
    counted  [k, k] bool: whether a change of factor j (column) counts against an edit of factor k (row), default all;
             for binary attributes those whose labels correlate by less than 0.2 with k's
    returns  efficacy: how often the change arrives; preservation: 1 - how often another factor changes;
             faithfulness: their harmonic mean, all in [0, 1], higher is better. cf_gap: by how much the assigned part
             beats the best other one, in [-1, 1]. distinct_parts: how many parts serve the factors.
             noise_floor: how often a second noise alone changes a factor, in [0, 1]: that much no swap is to blame for
             A decoder that ignores its code: 0, 1, 0. Everything swapped at once: efficacy 1, preservation low.
             nan: no pair tells, no second part (cf_gap) or no second factor (preservation)
    arrays   arrived, changed [parts, k] and noise [k] as in `Rates`, of the judged half; assigned [k], -1 for none

    >>> y_a, y_b = np.zeros((4, 2), int), np.ones((4, 2), int)
    >>> y_cf = np.stack([np.where([True, False], y_b, y_a), np.where([False, True], y_b, y_a)])  # a part for each
    >>> found = counterfactual(y_a, y_b, y_cf, y_a)
    >>> found["efficacy"], found["preservation"], found["cf_gap"], found["distinct_parts"]
    (1.0, 1.0, 1.0, 2.0)
    """
    half = len(y_a) // 2
    differs = np.ones(y_a.shape, bool) if differs is None else differs
    first, second = (
        rates(y_a[s], y_b[s], y_cf[:, s], y_noise[s], differs=differs[s]) for s in (slice(half), slice(half, None))
    )
    assigned = assign(first.arrived[0])
    values = {name: found[0] for name, found in swap_scores(second, assigned, counted=counted).items()}
    arrays = {name: found[0] for name, found in second._asdict().items()}
    return Measured(values, reasons=REASONS, arrays=arrays | {"assigned": assigned})


def swap_scores(judged: Rates, assigned: np.ndarray, *, counted: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """`counterfactual`'s numbers from `rates` of pairs that the assignment has not seen, for many resamples at once.

    assigned  [k]: of `assign`
    returns   name -> [b]

    >>> one = np.zeros((4, 1), int)
    >>> judged = rates(one, one + 1, np.stack([one + 1, one]), one, weights=np.ones((3, 4)))
    >>> swap_scores(judged, np.array([0]))["efficacy"]
    array([1., 1., 1.])
    """
    counted = np.ones((len(assigned),) * 2, bool) if counted is None else counted
    served = np.flatnonzero(assigned >= 0)
    parts = assigned[served]
    arrived = judged.arrived[:, parts, served]
    efficacy = defined_mean(arrived, axis=1)
    others = counted[served] & (np.arange(len(assigned)) != served[:, None])
    collateral = ratio((judged.changed[:, parts] * others).sum(2), np.broadcast_to(others.sum(1), arrived.shape))
    preservation = 1 - defined_mean(collateral, axis=1)
    rivals = judged.arrived[:, :, served].copy()
    rivals[:, parts, np.arange(len(served))] = np.nan
    best = np.where(np.isnan(rivals), -np.inf, rivals).max(1, initial=-np.inf)
    gap = np.where(np.isfinite(best), arrived - np.where(np.isfinite(best), best, 0.0), np.nan)
    return {
        "efficacy": efficacy,
        "preservation": preservation,
        "faithfulness": harmonic(efficacy, preservation),
        "cf_gap": defined_mean(gap, axis=1),
        "distinct_parts": np.full(len(efficacy), len(set(parts)) or np.nan),
        "noise_floor": judged.noise.mean(1),
    }


def edit_scores(
    y_a: np.ndarray,
    y_edit: np.ndarray,
    factor: np.ndarray,
    wanted: np.ndarray,
    *,
    counted: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Scores of edits that name their target, one factor of each image, for many resamples at once.

    y_a, y_edit  [n, k] int: what the oracle reads from the unedited decodes and from the edits
    factor       [n] int: which factor the edit of each image wants to change
    wanted       [n] int: to which value; images where the unedited decode has it already do not count for efficacy
    counted      [k, k] as in `counterfactual`
    weights      [b, n]: how often each image counts in each of b resamples; default once in a single one
    returns      [b] each: efficacy, how often the wanted value is read; preservation, 1 - how often another factor's
                 reading changes; both mean over the images of a factor, then over factors; faithfulness, their harmonic
                 mean. In [0, 1], higher is better; a decoder that ignores its code has 0, 1, 0; nan where nothing tells

    >>> y_a, y_edit = np.array([[0, 0], [0, 0]]), np.array([[1, 0], [1, 1]])
    >>> found = edit_scores(y_a, y_edit, np.array([0, 0]), np.array([1, 1]))
    >>> found["efficacy"], found["preservation"]
    (array([1.]), array([0.5]))
    """
    n, k = y_a.shape
    rows = np.arange(n)
    counted = np.ones((k, k), bool) if counted is None else counted
    weights = np.ones((1, n)) if weights is None else weights
    hit = np.where(y_a[rows, factor] == wanted, np.nan, y_edit[rows, factor] == wanted)
    others = counted[factor] & (np.arange(k) != factor[:, None])
    collateral = ratio(((y_edit != y_a) & others).sum(1).astype(float), others.sum(1))
    efficacy, preservation = (factor_mean(x, factor, weights) for x in (hit, 1 - collateral))
    return {"efficacy": efficacy, "preservation": preservation, "faithfulness": harmonic(efficacy, preservation)}


def oracle_fails(agreement: np.ndarray, accuracy: np.ndarray, majority: np.ndarray) -> np.ndarray:
    """Which factors the oracle does not read off decodes, so that what it says of edits is not to be trusted.

    agreement  [k] in [0, 1]: how often it reads an image's true value from its unedited decode
    accuracy   [k]: how often from the real image
    majority   [k]: the share of the most frequent value, which is what answering without looking gives
    returns    [k] bool: agreement is nearer to not looking than to the real image

    >>> oracle_fails(np.array([0.9, 0.5]), np.array([0.99, 0.99]), np.array([0.1, 0.3]))
    array([False,  True])
    """
    return agreement < (majority + accuracy) / 2


def harmonic(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """2ab / (a + b), 0 where both are 0, nan where one is.

    >>> harmonic(np.array([0.0, 0.5]), np.array([0.0, 1.0]))
    array([0.        , 0.66666667])
    """
    total = a + b
    return np.where(total == 0, 0.0, 2 * a * b / np.where(total == 0, 1.0, total))


def _count(weights: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """How often, [b, m] and [parts, m, k] -> [b, parts, k]."""
    parts, m, k = happened.shape
    return (weights @ happened.transpose(1, 0, 2).reshape(m, -1)).reshape(len(weights), parts, k)


def _check(y_a: np.ndarray, y_b: np.ndarray, y_cf: np.ndarray, y_noise: np.ndarray) -> None:
    """Refuse readings of different pairs or factors."""
    if y_a.ndim != 2 or y_cf.ndim != 3 or not y_a.shape == y_b.shape == y_noise.shape == y_cf.shape[1:]:
        raise ValueError(
            f"y_a {y_a.shape}, y_b {y_b.shape}, y_noise {y_noise.shape} must be [m, k] and y_cf {y_cf.shape} "
            "[parts, m, k] over the same pairs and factors"
        )
    if not len(y_a):
        raise ValueError("no pairs: give at least 2, one for either half")
