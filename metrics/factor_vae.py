"""The FactorVAE score: does the dimension that varies least name the factor that was held?"""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_codes, varying_factors, whole
from diffrep.metrics.measured import Measured

VARIANCE_ROWS = 10_000  # rows of the pool that give each dimension's own variance
LEAST_DEVIATION = 0.01  # of the largest standard deviation: below it, a dimension is not looked at
CHUNK = 1 << 21  # code values gathered at a time


class _Votes(NamedTuple):
    factors: np.ndarray  # [votes] which factor was held
    rows: np.ndarray  # [votes, batch] rows that share one value of it


def factor_vae(
    codes: np.ndarray,
    factors: np.ndarray,
    *,
    seed: int,
    train_votes: int = 10_000,
    test_votes: int = 5_000,
    batch_size: int = 64,
) -> Measured:
    """How often the least varying dimension of a batch that shares one factor value tells which factor that is.

    codes    [n, L] float: a pool of rows to draw batches from, with replacement within a factor value
    factors  [n, K] int: their ground-truth values; a factor that never varies is left out, and with none left the
             score is nan
    returns  `factor_vae`, in [0, 1], higher is better, chance 1 / K; 0 where no dimension varies
             `factor_vae_active_dims`: dimensions looked at, those with at least 0.01 of the largest deviation
    arrays   `votes` [L, K]: training votes

    Kim and Mnih 2018, arXiv:1802.05983, section 4. There a dimension is left out below an absolute deviation, which
    makes the score depend on the scale of the code; here the bound is relative.
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    kept = varying_factors(factors)
    if not kept.any():
        names = ("factor_vae", "factor_vae_active_dims")
        return Measured(dict.fromkeys(names, np.nan), reasons=dict.fromkeys(names, CONSTANT_FACTORS))
    generator = np.random.default_rng(seed)
    dims, deviation = _dimensions(codes, generator)
    if not dims.any():
        return Measured({"factor_vae": 0.0, "factor_vae_active_dims": 0})
    scaled = codes[:, dims] / deviation[dims]
    drawn = _draw(factors[:, kept], train_votes + test_votes, batch_size, generator)
    least = _least_varying(scaled, drawn.rows)
    votes = np.zeros((dims.sum(), kept.sum()))
    np.add.at(votes, (least[:train_votes], drawn.factors[:train_votes]), 1)
    told = votes.argmax(axis=1)[least[train_votes:]] == drawn.factors[train_votes:]
    values = {"factor_vae": told.mean(), "factor_vae_active_dims": dims.sum()}
    return Measured(values, arrays={"votes": whole(votes, dims, kept)})


def _dimensions(codes: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which dimensions to look at, bool [L], and every dimension's standard deviation [L]."""
    sample = codes[generator.permutation(len(codes))[:VARIANCE_ROWS]]
    deviation = sample.std(axis=0, ddof=1)
    return active_dimensions(sample) & (deviation >= LEAST_DEVIATION * deviation.max(initial=0.0)), deviation


def _draw(factors: np.ndarray, votes: int, batch_size: int, generator: np.random.Generator) -> _Votes:
    """For each vote a factor, a value of it as the pool has them, and rows of that value."""
    held = generator.integers(factors.shape[1], size=votes)
    example = generator.integers(len(factors), size=votes)
    position = generator.random((votes, batch_size))
    rows = np.empty((votes, batch_size), dtype=np.int64)
    for k, column in enumerate(factors.T):
        mine = held == k
        _, label, counts = np.unique(column, return_inverse=True, return_counts=True)
        by_value, first = np.argsort(label, kind="stable"), np.cumsum(counts) - counts
        value = label[example[mine]][:, None]
        rows[mine] = by_value[first[value] + (position[mine] * counts[value]).astype(np.int64)]
    return _Votes(held, rows)


def _least_varying(scaled: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Dimension of least variance in each batch, the lowest of equals: [n, L] and [votes, batch] -> [votes]."""
    size = max(1, CHUNK // (rows.shape[1] * scaled.shape[1]))
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    return np.concatenate([scaled[part].var(axis=1).argmin(axis=1) for part in parts])
