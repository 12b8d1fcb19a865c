"""Whether methods differ by more than chance: seed by seed, with the p-values corrected for how many are compared."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from diffrep.metrics.measured import Measured
from diffrep.metrics.uncertainty import checked_values, t_interval


def paired_differences(scores: Mapping[str, Sequence[float]], *, reference: str) -> dict[str, Measured]:
    """By how much each method differs from the reference, seed by seed, and whether that is more than chance.

    scores     method -> [s] finite: one score a training seed, the same seeds, rows and noise for all, s at least 3
    reference  the method that the others are compared with
    returns    other method -> `difference`: its mean over seeds, positive where the other is larger, `low` and `high`:
               the 95 % t-interval, `p_value` of the paired t-test (two-sided), `p_holm`: the same corrected for all
               methods of this call; below 0.05 the difference may be called one

    The intervals are not corrected. Differences that are the same for every seed have p 0, or 1 where they are zero.
    ValueError for fewer than 3 seeds, values that are not finite, other numbers of seeds, an unknown reference.

    >>> scores = {"vae": [0.1, 0.2, 0.3], "mine": [0.3, 0.5, 0.6], "same": [0.1, 0.3, 0.2]}
    >>> found = paired_differences(scores, reference="vae")
    >>> {name: (round(row["difference"], 2), round(row["p_holm"], 2)) for name, row in found.items()}
    {'mine': (0.27, 0.03), 'same': (0.0, 1.0)}
    """
    if reference not in scores:
        raise ValueError(f"no {reference!r} to compare with; there are {sorted(scores)}")
    kept = {name: checked_values(values, "training seeds") for name, values in scores.items()}
    if len({len(values) for values in kept.values()}) > 1:
        raise ValueError(f"numbers of seeds differ: { {name: len(values) for name, values in kept.items()} }")
    rows = {name: _compared(values - kept[reference]) for name, values in kept.items() if name != reference}
    corrected = holm(np.array([row["p_value"] for row in rows.values()]))
    return {name: Measured({**row, "p_holm": p}) for (name, row), p in zip(rows.items(), corrected, strict=True)}


def holm(p_values: np.ndarray) -> np.ndarray:
    """P-values of several tests, corrected so that one false finding among all is as rare as the level says.

    p_values  [m] in [0, 1]
    returns   [m] in [0, 1], in the order given: the smallest times m, the next times m - 1, never below the one before

    Holm 1979, "A simple sequentially rejective multiple test procedure".

    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    return np.minimum(stepped, 1.0)[np.argsort(order)]


def _compared(differences: np.ndarray) -> dict[str, float]:
    mean, sd, n = differences.mean(), differences.std(ddof=1), len(differences)
    low, high = t_interval(differences, mean)
    p = 2 * stats.t.sf(abs(mean) / (sd / np.sqrt(n)), n - 1) if sd > 0 else float(mean == 0)
    return {"difference": mean, "low": low, "high": high, "p_value": p}
