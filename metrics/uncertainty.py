"""How sure a number is: training seed, evaluation sample and estimator seed, three sources that are never one ±.

A table's entry is the mean and standard deviation over training seeds (`seed_spread`). How much the test rows decide is
`row_bootstrap` where a metric allows it and `sample_spread` where it does not; how much an estimator's own chance
decides is `estimator_spread`. Methods are compared seed by seed (`paired_differences`), never by overlapping intervals.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import stats

from diffrep.metrics.measured import Measured

LEVEL = 0.95  # of every interval
LEAST_SEEDS = 3
LEAST_UNITS = 20  # rows or clusters to resample: percentiles of fewer are far too narrow
LEAST_RESAMPLES = 100
SHARE_TO_AVERAGE = 0.25  # of the sample's deviation: an estimator's above it is averaged over seeds
PLUG_IN = (
    "mig",
    "med_",
    "modularity",
    "sap",
    "info_m",
    "info_c",
    "irs",
    "gaussian_",
    "mutual_info_score",
    "dci_disentanglement",
    "dci_completeness",
)  # first words of names; repeated rows move these scores by more than the sample does
GENERATED = ("fid", "clean_fid", "kid", "clean_kid", "fd_", "kd_", "cf_fid", "cf_kid", "cf_fd_", "cf_kd_", "delta_")

Score = Callable[[np.ndarray], float]  # row numbers [m] -> the metric on those rows


def seed_spread(values: Sequence[float]) -> Measured:
    """Mean and spread of one score over training seeds, the first source.

    values   [s] finite: one trained model each, s at least 3, 5 where affordable
    returns  `mean`, `sd` (s - 1 in the denominator), `low` and `high`: the 95 % t-interval of the mean, `seeds`

    ValueError for fewer than 3 values or values that are not finite.

    >>> found = seed_spread([0.5, 0.6, 0.7])
    >>> {name: round(value, 3) for name, value in found.items()}
    {'mean': 0.6, 'sd': 0.1, 'low': 0.352, 'high': 0.848, 'seeds': 3.0}
    """
    kept = _checked(values, "training seeds")
    sd = kept.std(ddof=1)
    low, high = _t_interval(kept.mean(), sd, len(kept))
    return Measured({"mean": kept.mean(), "sd": sd, "low": low, "high": high, "seeds": len(kept)})


def row_bootstrap(
    metric: str,
    score: Score,
    rows: int,
    *,
    seed: int,
    clusters: np.ndarray | None = None,
    resamples: int = 1000,
) -> Measured:
    """Percentile bootstrap of test rows with fitted predictors fixed, the second source for metrics that allow it.

    metric    name of the result; what may not be bootstrapped is refused by its name
    score     row numbers [m] -> value on those rows of the test part; nan where they leave it undefined
    rows      n: how many test rows there are
    clusters  [n] labels (identity, pair): rows of one are drawn together; without them every row is on its own
    returns   `value` on all rows, `low` and `high`: 2.5 and 97.5 % of the resamples, `sd` of the resamples, `units`
              drawn each time, `undefined_resamples`: how many gave nan and are left out

    ValueError for names of plug-in and neighbour metrics and of distances between sets of images, for fewer than
    20 units or 100 resamples.

    >>> errors = np.arange(100.0)
    >>> found = row_bootstrap("mse", lambda rows: errors[rows].mean(), 100, seed=0)
    >>> found["value"], 43 < found["low"] < 45, 2.7 < found["sd"] < 3.1
    (49.5, True, True)
    """
    _refuse_plug_in(metric)
    units = _units(np.arange(rows) if clusters is None else np.asarray(clusters), rows)
    if len(units) < LEAST_UNITS or resamples < LEAST_RESAMPLES:
        raise ValueError(
            f"{len(units)} rows or clusters, {resamples} resamples; give at least {LEAST_UNITS} and {LEAST_RESAMPLES}"
        )
    generator = np.random.default_rng(seed)
    draws = (generator.integers(len(units), size=len(units)) for _ in range(resamples))
    scores = np.array([score(np.concatenate([units[i] for i in drawn])) for drawn in draws])
    defined = scores[~np.isnan(scores)]
    known = len(defined) >= LEAST_RESAMPLES
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if known else (np.nan, np.nan)
    values = {
        "value": score(np.arange(rows)),
        "low": low,
        "high": high,
        "sd": defined.std(ddof=1) if known else np.nan,
        "units": len(units),
        "undefined_resamples": len(scores) - len(defined),
    }
    return Measured(values, reasons=dict.fromkeys(values, f"{metric} is undefined on these rows"))


def sample_spread(score: Score, pool_rows: int, *, seed: int, rows: int = 10_000, draws: int = 5) -> Measured:
    """Spread of a score over samples that share no row, the second source for metrics that allow no bootstrap.

    score      row numbers [m] -> value on those rows of the pool
    pool_rows  how many rows there are; fewer than draws · rows, and each sample is the pool's share, of a smaller n
    returns    `mean`, `sd` (draws - 1 in the denominator) of one sample's value, `rows`: n of each sample, to be stated
               beside them since these metrics depend on n, `draws`

    ValueError for fewer than 3 draws, fewer than 20 rows each, or a score that is not finite.

    >>> pool = np.random.default_rng(0).normal(size=50_000)
    >>> found = sample_spread(lambda rows: pool[rows].mean(), 50_000, seed=0)
    >>> found["rows"], 0.003 < found["sd"] < 0.03
    (10000.0, True)
    """
    size = min(rows, pool_rows // max(draws, 1))
    if size < LEAST_UNITS:
        raise ValueError(f"{draws} samples of {size} rows each; give a pool of at least {draws * LEAST_UNITS} rows")
    order = np.random.default_rng(seed).permutation(pool_rows)
    kept = _checked([score(order[i * size : (i + 1) * size]) for i in range(draws)], "draws")
    return Measured({"mean": kept.mean(), "sd": kept.std(ddof=1), "rows": size, "draws": draws})


def estimator_spread(values: Sequence[float], *, sample_sd: float) -> Measured:
    """What to report of a score that an estimator's own seed changes, the third source.

    values     [s] finite: the score of one model on one sample under s estimator seeds, at least 3
    sample_sd  at least 0: the deviation that the second source gives
    returns    `value`: the mean where `sd` is more than a quarter of `sample_sd`, else the first seed's; `averaged`:
               1 or 0, which of both; `sd`

    ValueError for fewer than 3 values, values that are not finite, a negative or unknown `sample_sd`.

    >>> estimator_spread([0.50, 0.52, 0.54], sample_sd=0.01)
    {'value': 0.52, 'averaged': 1.0, 'sd': 0.020000000000000018}
    """
    kept = _checked(values, "estimator seeds")
    if not sample_sd >= 0:
        raise ValueError(f"sample_sd = {sample_sd}; give the deviation of the score over samples of rows")
    sd = kept.std(ddof=1)
    averaged = sd > SHARE_TO_AVERAGE * sample_sd
    return Measured({"value": kept.mean() if averaged else kept[0], "averaged": averaged, "sd": sd})


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
    kept = {name: _checked(values, "training seeds") for name, values in scores.items()}
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


def _checked(values: Sequence[float], what: str) -> np.ndarray:
    kept = np.asarray(values, dtype=np.float64)
    if kept.ndim != 1 or len(kept) < LEAST_SEEDS or not np.isfinite(kept).all():
        raise ValueError(f"{kept.tolist()}: give the values of at least {LEAST_SEEDS} {what}, all of them finite")
    return kept


def _t_interval(mean: float, sd: float, n: int) -> tuple[float, float]:
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * sd / np.sqrt(n)
    return mean - half, mean + half


def _refuse_plug_in(metric: str) -> None:
    if metric.startswith(GENERATED):
        raise ValueError(f"{metric} must not be bootstrapped: its bias depends on n; generate with 5 disjoint seeds")
    if metric.startswith(PLUG_IN):
        raise ValueError(f"{metric} must not be bootstrapped: repeated rows move it; use sample_spread on fresh rows")


def _units(clusters: np.ndarray, rows: int) -> list[np.ndarray]:
    """Row numbers of each cluster."""
    if clusters.shape != (rows,):
        raise ValueError(f"clusters {clusters.shape} for {rows} rows; give one label for each row")
    _, label, counts = np.unique(clusters, return_inverse=True, return_counts=True)
    return np.split(np.argsort(label, kind="stable"), np.cumsum(counts)[:-1])


def _compared(differences: np.ndarray) -> dict[str, float]:
    mean, sd, n = differences.mean(), differences.std(ddof=1), len(differences)
    low, high = _t_interval(mean, sd, n)
    p = 2 * stats.t.sf(abs(mean) / (sd / np.sqrt(n)), n - 1) if sd > 0 else float(mean == 0)
    return {"difference": mean, "low": low, "high": high, "p_value": p}
