"""The FactorVAE score: does the dimension that varies least name the factor that was held?"""

import numpy as np

from diffrep.metrics.codes import (
    CONSTANT_FACTORS,
    ONE_FACTOR,
    active_dimensions,
    checked_codes,
    varying_factors,
    whole,
)
from diffrep.metrics.disentanglement.interventions import gathered, rows_that_agree
from diffrep.metrics.measured import Measured, missing

VARIANCE_ROWS = 10_000  # rows of the pool that give each dimension's own variance
LEAST_DEVIATION = 0.01  # of the largest standard deviation: below it, a dimension is not looked at
PUBLISHED_DEVIATION = 0.05  # the same bound in published runs, absolute
NUMBERS = ("factor_vae", "factor_vae_active_dims")


def factor_vae(
    codes: np.ndarray,
    factors: np.ndarray,
    *,
    seed: int,
    train_votes: int = 10_000,
    test_votes: int = 5_000,
    batch_size: int = 64,
    compat: bool = False,
) -> Measured:
    """How often the least varying dimension of a batch that shares one factor value tells which factor that is.

    codes    [n, L] float: a pool of rows to draw batches from, with replacement within a factor value
    factors  [n, K] int: their ground-truth values; a factor that never varies is left out, and with none or one
             left the score is nan
    compat   as disentanglement_lib has it: dimensions are looked at from a deviation of 0.05 on, whatever the scale
             of the code, which leaves constant ones out too; the rows of that deviation are drawn with replacement;
             no factor is left out, and one alone is always told: 1
    returns  `factor_vae`, in [0, 1], higher is better, chance 1 / K; 0 where no dimension varies
             `factor_vae_active_dims`: dimensions looked at, those with at least 0.01 of the largest deviation
    arrays   `votes` [L, K]: training votes

    ValueError for what `checked_codes` refuses. A rotation of all factors still scores above 0.9: read it with MIG.

    Kim and Mnih 2018, arXiv:1802.05983, section 4. There a dimension is left out below an absolute deviation, which
    makes the score depend on the scale of the code; here the bound is relative.

    >>> factors = np.random.default_rng(0).integers(4, size=(500, 3))
    >>> factor_vae(factors * 0.01, factors, seed=0)["factor_vae"]
    1.0
    >>> factor_vae(factors * 0.01, factors, seed=0, compat=True)["factor_vae"]
    0.0
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    kept = varying_factors(factors) | compat
    if kept.sum() < 2 and not compat:
        return missing(NUMBERS, ONE_FACTOR if kept.any() else CONSTANT_FACTORS)
    generator = np.random.default_rng(seed)
    dims, deviation = (_published_dimensions if compat else _dimensions)(codes, generator)
    if not dims.any():
        return Measured(dict.fromkeys(NUMBERS, 0.0))
    scaled = codes[:, dims] / deviation[dims]
    held = generator.integers(kept.sum(), size=train_votes + test_votes)
    examples = generator.integers(len(codes), size=(len(held), 1))
    rows = rows_that_agree(factors[:, kept], held, examples, generator.random((len(held), batch_size)))
    least = np.concatenate([batches.var(axis=1).argmin(axis=1) for batches in gathered(scaled, rows)])
    votes = np.zeros((dims.sum(), kept.sum()))
    np.add.at(votes, (least[:train_votes], held[:train_votes]), 1)
    told = votes.argmax(axis=1)[least[train_votes:]] == held[train_votes:]
    values = dict(zip(NUMBERS, (told.mean(), dims.sum()), strict=True))
    return Measured(values, arrays={"votes": whole(votes, dims, kept)})


def _dimensions(codes: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which dimensions to look at, bool [L], and every dimension's standard deviation [L]."""
    sample = codes[generator.permutation(len(codes))[:VARIANCE_ROWS]]
    deviation = sample.std(axis=0, ddof=1)
    return active_dimensions(sample) & (deviation >= LEAST_DEVIATION * deviation.max(initial=0.0)), deviation


def _published_dimensions(codes: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    deviation = codes[generator.integers(len(codes), size=VARIANCE_ROWS)].std(axis=0, ddof=1)
    return deviation >= PUBLISHED_DEVIATION, deviation
