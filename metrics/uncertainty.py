"""How sure a number is on the rows or images that it was measured on.

How much the test rows decide is `row_intervals`, where a metric allows it; distances between sets of images have no
rows to draw again: `block_interval`. That is never one ± with the spread over training seeds, which tables have, and
methods are compared over training seeds (comparison.py), never by overlapping intervals.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from scipy import stats

LEVEL = 0.95  # of every interval
LEAST_SEEDS = 3
LEAST_UNITS = 20  # rows or clusters to resample: percentiles of fewer are far too narrow
LEAST_RESAMPLES = 100
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

WeightedScores = Callable[[np.ndarray], Mapping[str, np.ndarray]]  # how often rows count [b, n] -> name -> [b]


def row_intervals(
    score: WeightedScores,
    rows: int,
    *,
    seed: int,
    clusters: np.ndarray | None = None,
    resamples: int = 1000,
) -> dict[str, tuple[float, float]]:
    """Percentile bootstrap of test rows with fitted predictors fixed, of several metrics on the same resamples.

    score     how often each row counts [b, n], a line for each resample -> name -> values [b]; all resamples are asked
              for in one call, so that sums over rows are products of matrices
    rows      n: how many test rows there are
    clusters  [n] labels (identity, pair): rows of one are drawn together; without them every row is on its own
    returns   name -> 2.5 and 97.5 % of the resamples, in the metric's own units; nan and nan where fewer than 100 of
              them leave it defined

    ValueError for names of plug-in and neighbour metrics and of distances between sets of images, before anything is
    resampled, and for fewer than 20 units or 100 resamples.

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
        raise ValueError(f"{metric} must not be bootstrapped: its bias depends on n; use block_interval")
    if metric.startswith(PLUG_IN):
        raise ValueError(f"{metric} must not be bootstrapped: repeated rows move it; take fresh rows")


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
