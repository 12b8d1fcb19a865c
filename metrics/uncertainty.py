"""How sure a number is: training seed, evaluation sample and estimator seed, three sources that are never one ±.

A table's entry is the mean and standard deviation over training seeds (`seed_spread`). How much the test rows decide is
`row_bootstrap` where a metric allows it and `sample_spread` where it does not; how much an estimator's own chance
decides is `estimator_spread`. Distances between sets of images have no rows to draw again: `block_interval`.
Methods are compared seed by seed (comparison.py), never by overlapping intervals.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

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
WeightedScores = Callable[[np.ndarray], Mapping[str, np.ndarray]]  # how often rows count [b, n] -> name -> [b]


def seed_spread(values: Sequence[float]) -> Measured:
    """Mean and spread of one score over training seeds, the first source.

    values   [s] finite: one trained model each, s at least 3, 5 where affordable
    returns  `mean`, `sd` (s - 1 in the denominator), `low` and `high`: the 95 % t-interval of the mean, `seeds`

    ValueError for fewer than 3 values or values that are not finite.

    >>> found = seed_spread([0.5, 0.6, 0.7])
    >>> {name: round(value, 3) for name, value in found.items()}
    {'mean': 0.6, 'sd': 0.1, 'low': 0.352, 'high': 0.848, 'seeds': 3.0}
    """
    kept = checked_values(values, "training seeds")
    low, high = t_interval(kept, kept.mean())
    return Measured({"mean": kept.mean(), "sd": kept.std(ddof=1), "low": low, "high": high, "seeds": len(kept)})


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
    units = _units(rows, clusters, resamples)
    scores = np.array([score(drawn) for drawn in _resamples(units, seed, resamples)])
    low, high = _percentiles(scores)
    defined = scores[~np.isnan(scores)]
    values = {
        "value": score(np.arange(rows)),
        "low": low,
        "high": high,
        "sd": np.nan if np.isnan(low) else defined.std(ddof=1),
        "units": len(units),
        "undefined_resamples": len(scores) - len(defined),
    }
    return Measured(values, reasons=dict.fromkeys(values, f"{metric} is undefined on these rows"))


def row_intervals(
    score: WeightedScores,
    rows: int,
    *,
    seed: int,
    clusters: np.ndarray | None = None,
    resamples: int = 1000,
) -> dict[str, tuple[float, float]]:
    """The interval of `row_bootstrap` of several metrics at once, all of them on the same resamples.

    score     how often each row counts [b, n], a line for each resample -> name -> values [b]; all resamples are asked
              for in one call, so that sums over rows are products of matrices
    returns   name -> 2.5 and 97.5 % of the resamples, in the metric's own units; nan and nan where fewer than 100 of
              them leave it defined

    Other arguments and errors as there; a name that may not be bootstrapped is refused before anything is resampled.

    >>> errors = np.random.default_rng(0).normal(size=100)
    >>> found = row_intervals(lambda weights: {"mse": weights @ errors**2 / weights.sum(1)}, 100, seed=0)
    >>> 0.6 < found["mse"][0] < 0.8, 1.1 < found["mse"][1] < 1.4
    (True, True)
    """
    units = _units(rows, clusters, resamples)
    for name in score(np.ones((1, rows))):
        _refuse_plug_in(name)
    drawn = _resamples(units, seed, resamples)
    found = score(np.stack([np.bincount(each, minlength=rows) for each in drawn]).astype(np.float64))
    return {name: _percentiles(values) for name, values in found.items()}


def block_interval(values: Sequence[float], value: float) -> tuple[float, float]:
    """Interval of a distance between sets of images, which must not be bootstrapped, from disjoint blocks of them.

    values   [r] finite: the distance on each of r blocks of one size that share no image, r at least 3
    value    finite: the distance on all images, the centre; the blocks' mean is above it, as their bias is (smaller n)
    returns  value - h, value + h with h = t(.975, r - 1) · sd / sqrt(r), 95 %, in the units of the distance

    ValueError for fewer than 3 blocks or values that are not finite.

    >>> low, high = block_interval([3.0, 4.0, 5.0], 3.5)
    >>> round(low, 2), round(high, 2)
    (1.02, 5.98)
    """
    if not np.isfinite(value):
        raise ValueError(f"value = {value}; give the distance on all images")
    return t_interval(checked_values(values, "disjoint blocks"), value)


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
    kept = checked_values([score(order[i * size : (i + 1) * size]) for i in range(draws)], "draws")
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
    kept = checked_values(values, "estimator seeds")
    if not sample_sd >= 0:
        raise ValueError(f"sample_sd = {sample_sd}; give the deviation of the score over samples of rows")
    sd = kept.std(ddof=1)
    averaged = sd > SHARE_TO_AVERAGE * sample_sd
    return Measured({"value": kept.mean() if averaged else kept[0], "averaged": averaged, "sd": sd})


def checked_values(values: Sequence[float], what: str) -> np.ndarray:
    """Values as float64 [s], once there are 3 of them or more, all finite; else a ValueError that says of `what`.

    >>> checked_values([1, 2, 4], "training seeds")
    array([1., 2., 4.])
    """
    kept = np.asarray(values, dtype=np.float64)
    if kept.ndim != 1 or len(kept) < LEAST_SEEDS or not np.isfinite(kept).all():
        raise ValueError(f"{kept.tolist()}: give the values of at least {LEAST_SEEDS} {what}, all of them finite")
    return kept


def t_interval(values: np.ndarray, centre: float) -> tuple[float, float]:
    """Student's 95 % interval around `centre`, as wide as the spread of the values makes it: [n] -> low, high.

    >>> low, high = t_interval(np.array([0.5, 0.6, 0.7]), 0.6)
    >>> round(low, 3), round(high, 3)
    (0.352, 0.848)
    """
    half = stats.t.ppf((1 + LEVEL) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(centre - half), float(centre + half)


def _refuse_plug_in(metric: str) -> None:
    if metric.startswith(GENERATED):
        raise ValueError(f"{metric} must not be bootstrapped: its bias depends on n; generate with 5 disjoint seeds")
    if metric.startswith(PLUG_IN):
        raise ValueError(f"{metric} must not be bootstrapped: repeated rows move it; use sample_spread on fresh rows")


def _units(rows: int, clusters: np.ndarray | None, resamples: int) -> list[np.ndarray]:
    """Row numbers of each cluster, or of each row, once there are enough to resample."""
    labels = np.arange(rows) if clusters is None else np.asarray(clusters)
    if labels.shape != (rows,):
        raise ValueError(f"clusters {labels.shape} for {rows} rows; give one label for each row")
    _, label, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(counts) < LEAST_UNITS or resamples < LEAST_RESAMPLES:
        raise ValueError(
            f"{len(counts)} rows or clusters, {resamples} resamples; give at least {LEAST_UNITS} and {LEAST_RESAMPLES}"
        )
    return np.split(np.argsort(label, kind="stable"), np.cumsum(counts)[:-1])


def _resamples(units: list[np.ndarray], seed: int, resamples: int) -> Iterator[np.ndarray]:
    """As many units as there are, drawn with replacement: the row numbers of each resample."""
    generator = np.random.default_rng(seed)
    for _ in range(resamples):
        yield np.concatenate([units[i] for i in generator.integers(len(units), size=len(units))])


def _percentiles(scores: np.ndarray) -> tuple[float, float]:
    """Where the middle 95 % of the defined ones lie, nan where too few are."""
    defined = scores[~np.isnan(scores)]
    if len(defined) < LEAST_RESAMPLES:
        return np.nan, np.nan
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
