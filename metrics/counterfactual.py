"""Does swapping one part of a code change what it should, and nothing else?

An oracle reads decodes of pairs (a, b): y_a of a's code, y_b of b's code, y_cf of a's code with one part taken from
b, all from the starting noise of a. Decodes are compared with decodes, so that blur cancels. The scores are this
suite's own, not those of any method's paper.
"""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.measured import Measured

REASONS = {
    "efficacy": "no judged factor differs between the images of any pair",
    "preservation": "no second factor that could be preserved",
    "faithfulness": "needs both efficacy and preservation",
    "cf_gap": "no second part to compare with",
    "distinct_parts": "no part was assigned to any factor",
}


class Rates(NamedTuple):
    """What happens to each factor when each part is swapped; nan where no pair tells."""

    arrived: np.ndarray  # T [parts, k]: the oracle reads b's value, of the pairs in which a's and b's differ
    changed: np.ndarray  # X [parts, k]: the oracle reads another value than a's
    noise: np.ndarray  # N [k]: it does so under a second noise, with no part swapped


def rates(
    y_a: np.ndarray,
    y_b: np.ndarray,
    y_cf: np.ndarray,
    y_noise: np.ndarray,
    *,
    differs: np.ndarray | None = None,
) -> Rates:
    """How often each swap changes each factor.

    y_a, y_b  [m, k] int: what the oracle reads from the decodes of a's and of b's code
    y_cf      [parts, m, k] int: the same after each swap
    y_noise   [m, k] int: the decode of a's code from a second noise
    differs   [m, k] bool: whether the real images a and b differ, default all. Where they do but no two decodes do,
              the decoder does not draw the factor from its code: nothing can arrive and T is 0, not nan
    returns   `Rates`, each in [0, 1]
    raises    ValueError on shapes that do not fit
    """
    _check(y_a, y_b, y_cf, y_noise)
    differs = np.ones(y_a.shape, bool) if differs is None else differs
    arrived = _share(y_cf == y_b, np.broadcast_to(y_a != y_b, y_cf.shape))
    silent = ~(y_a != y_b).any(0) & differs.any(0)
    arrived[:, silent] = 0.0
    return Rates(arrived, (y_cf != y_a).mean(1), (y_noise != y_a).mean(0))


def assign(arrived: np.ndarray) -> np.ndarray:
    """The part that brings over each factor most often.

    arrived  [parts, k] as in `Rates`
    returns  [k] int; the first of equals; -1 where every part is nan
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
    """
    half = len(y_a) // 2
    differs = np.ones(y_a.shape, bool) if differs is None else differs
    first, second = (
        rates(y_a[s], y_b[s], y_cf[:, s], y_noise[s], differs=differs[s]) for s in (slice(half), slice(half, None))
    )
    return scores(second, assign(first.arrived), counted=counted)


def scores(judged: Rates, assigned: np.ndarray, *, counted: np.ndarray | None = None) -> Measured:
    """`counterfactual`'s numbers from `rates` of pairs that `assigned` [k] has not seen."""
    counted = np.ones((len(assigned),) * 2, bool) if counted is None else counted
    served = np.flatnonzero(assigned >= 0)
    efficacy = _mean([judged.arrived[assigned[k], k] for k in served])
    preservation = 1 - _mean([_collateral(judged.changed[assigned[k]], counted[k], int(k)) for k in served])
    values = {
        "efficacy": efficacy,
        "preservation": preservation,
        "faithfulness": _harmonic(efficacy, preservation),
        "cf_gap": _mean([_gap(judged.arrived[:, k], assigned[k]) for k in served]),
        "distinct_parts": len(set(assigned[served])) or float("nan"),
        "noise_floor": float(judged.noise.mean()),
    }
    return Measured(values, reasons=REASONS, arrays=judged._asdict() | {"assigned": assigned})


def _collateral(changed: np.ndarray, counted: np.ndarray, target: int) -> float:
    """How often the counted factors [k] other than the target changed, on average."""
    others = counted & (np.arange(len(changed)) != target)
    return _mean(changed[others])


def _gap(arrived: np.ndarray, part: int) -> float:
    """By how much `part` beats the best of the others in `arrived` [parts]."""
    others = np.delete(arrived, part)
    others = others[~np.isnan(others)]
    return float(arrived[part] - others.max()) if len(others) else float("nan")


def _harmonic(a: float, b: float) -> float:
    """2ab / (a + b), 0 where both are 0."""
    return 0.0 if a + b == 0 else 2 * a * b / (a + b)


def _mean(values: list[float] | np.ndarray) -> float:
    """The mean of what is defined, nan where nothing is."""
    defined = [value for value in values if not np.isnan(value)]
    return float(np.mean(defined)) if defined else float("nan")


def _share(happened: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The share over pairs [parts, m, k] -> [parts, k], nan where none was asked."""
    total = asked.sum(1)
    return np.divide((happened & asked).sum(1), total, out=np.full(total.shape, np.nan), where=total > 0)


def _check(y_a: np.ndarray, y_b: np.ndarray, y_cf: np.ndarray, y_noise: np.ndarray) -> None:
    """Refuse readings of different pairs or factors."""
    if y_a.ndim != 2 or y_cf.ndim != 3 or not y_a.shape == y_b.shape == y_noise.shape == y_cf.shape[1:]:
        raise ValueError(
            f"y_a {y_a.shape}, y_b {y_b.shape}, y_noise {y_noise.shape} must be [m, k] and y_cf {y_cf.shape} "
            "[parts, m, k] over the same pairs and factors"
        )
    if not len(y_a):
        raise ValueError("no pairs: give at least 2, one for either half")
