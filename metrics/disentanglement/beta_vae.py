"""The BetaVAE score: do the mean differences of pairs that agree in one factor name that factor?"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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


def beta_vae(
    codes: np.ndarray,
    factors: np.ndarray,
    *,
    seed: int,
    train_points: int = 10_000,
    test_points: int = 5_000,
    batch_size: int = 64,
    compat: bool = False,
) -> Measured:
    """How often a linear classifier of mean differences between pairs that agree in one factor tells which it is.

    codes    [n, L] float: a pool of rows to draw pairs from, the second of each among all that share its value
    factors  [n, K] int: their ground-truth values; a factor that never varies is left out, and with none or one
             left the score is nan
    compat   as disentanglement_lib has it: differences are not standardised, which makes the penalty depend on the
             scale of the code, the classifier stops after 100 iterations, of which scikit-learn may warn, and nothing
             is left out
    returns  `beta_vae`: accuracy on `test_points` points, in [0, 1], higher is better, chance 1 / K, which is also
             the score where no dimension varies
    arrays   `beta_vae_accuracy` [K]: the share of each factor's points that are told right; nan without a point

    ValueError for what `checked_codes` refuses; with `compat` also with one factor, which is no classification.
    It saturates: the classifier may use all dimensions at once, and random rotations of all factors score 0.84 to 1.

    Higgins et al. 2017, "beta-VAE: Learning basic visual concepts with a constrained variational framework", section 3.

    >>> factors = np.random.default_rng(0).integers(4, size=(500, 3))
    >>> beta_vae(factors.astype(float), factors, seed=0, train_points=300, test_points=100)["beta_vae"]
    1.0
    """
    codes, factors = checked_codes(codes, factors), np.asarray(factors)
    kept, dims = varying_factors(factors) | compat, active_dimensions(codes) | compat
    if kept.sum() < 2 and not compat:
        return missing(["beta_vae"], ONE_FACTOR if kept.any() else CONSTANT_FACTORS)
    if not dims.any():
        return Measured({"beta_vae": 1.0 / kept.sum()})
    generator = np.random.default_rng(seed)
    held = generator.integers(kept.sum(), size=train_points + test_points)
    first = generator.integers(len(codes), size=(len(held), batch_size))
    second = rows_that_agree(factors[:, kept], held, first, generator.random(first.shape))
    differences = _mean_differences(codes[:, dims], first, second)
    told = _told(differences, held, train_points, compat) == held[train_points:]
    per_factor = [told[held[train_points:] == k] for k in range(kept.sum())]
    accuracy = np.array([mine.mean() if mine.size else np.nan for mine in per_factor])
    return Measured({"beta_vae": told.mean()}, arrays={"beta_vae_accuracy": whole(accuracy, kept)})


def _mean_differences(codes: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean over a batch of each dimension's distance: [n, L], [points, batch] twice -> [points, L]."""
    pairs = zip(gathered(codes, first), gathered(codes, second), strict=True)
    return np.concatenate([np.abs(left - right).mean(axis=1) for left, right in pairs])


def _told(differences: np.ndarray, held: np.ndarray, train_points: int, compat: bool) -> np.ndarray:
    """Which factor the classifier names for each point after the training ones."""
    model = LogisticRegression() if compat else make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return model.fit(differences[:train_points], held[:train_points]).predict(differences[train_points:])
