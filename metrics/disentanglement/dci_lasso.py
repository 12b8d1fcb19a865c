"""DCI with a linear predictor that leaves out what it does not need."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import Lasso
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_parts, varying_factors, whole
from diffrep.metrics.disentanglement.dci import CHANCE_ERRORS, dci_scores
from diffrep.metrics.measured import Measured, missing

ALPHA = 0.02  # the paper's, for standardised codes and targets
NUMBERS = ("dci_disentanglement_lasso", "dci_completeness_lasso", "dci_informativeness_lasso", "dci_nrmse_lasso")


class _Fit(NamedTuple):
    importance: np.ndarray  # [L]
    explained: float  # share of the variance on test rows, nan where there is none
    error: float  # root of the mean square on test rows, in training standard deviations


def dci_lasso(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    categorical: Collection[int] = (),
) -> Measured:
    """D, C and I with a lasso of each factor, importance = absolute coefficient.

    codes        [n, L] float in both parts; dimensions that are constant in training are dropped
    factors      [n, K] int in both parts, taken as numbers; factors that are constant in training are left out, and
                 with none left all is nan
    categorical  columns of `factors` whose values have no order, or close a circle: each value is an indicator to
                 predict, and what is found is averaged over them
    returns      `dci_disentanglement_lasso`, `dci_completeness_lasso`: in [0, 1], higher is better, chance 0, see
                 `dci_scores`
                 `dci_informativeness_lasso`: mean over factors of R squared on test rows, at most 1, higher is better,
                 chance 0 or just below; a factor that is constant on test rows is left out
                 `dci_nrmse_lasso`: mean over factors of the root mean squared error on test rows, in standard
                 deviations of the training rows, at least 0, lower is better, chance 1
    arrays       `importance` [L, K], `r_squared` and `nrmse` [K]
    raises       ValueError for nan or infinity, for parts that do not fit together and for a categorical column that
                 is not there

    Linear: it sees no more than a line in each dimension, and noise in an aligned code costs nothing in D and C.
    Of two copies of a dimension it needs one, so C does not see them.
    Coefficients of a predictor that is no better on test rows than the training mean, within three standard errors,
    count as 0: the few that chance leaves are far apart, and pure noise would score D near 0.8.

    Eastwood and Williams 2018, section 2; codes and targets standardised, alpha 0.02 as in cianeastwood/qedr.

    >>> factors = np.random.default_rng(0).integers(5, size=(300, 2))
    >>> result = dci_lasso(-factors[:200], factors[:200], -factors[200:], factors[200:])
    >>> result["dci_disentanglement_lasso"] > 0.99, result["dci_informativeness_lasso"] > 0.99
    (True, True)
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    absent = sorted(set(categorical) - set(range(targets.shape[1])))
    if absent:
        raise ValueError(f"categorical names column {absent[0]}; factors have columns 0 to {targets.shape[1] - 1}")
    dims, kept = active_dimensions(train), varying_factors(targets)
    if not kept.any():
        return missing(NUMBERS, CONSTANT_FACTORS)
    if not dims.any():
        return Measured(dict(zip(NUMBERS, (0.0, 0.0, 0.0, 1.0), strict=True)))
    scaler = StandardScaler().fit(train[:, dims])
    parts = scaler.transform(train[:, dims]), scaler.transform(test[:, dims])
    fits = [_fit(*parts, *_wanted(targets[:, k], truths[:, k], k in categorical)) for k in np.flatnonzero(kept)]
    importance, explained, error = (np.array(part) for part in zip(*fits, strict=True))
    scores = dci_scores(importance.T)
    values = dict(zip(NUMBERS, [*scores.values(), _mean(explained), error.mean()], strict=True))
    return Measured(
        values,
        reasons={
            **{f"{name}_lasso": why for name, why in scores.reasons.items()},
            NUMBERS[2]: "every factor is constant on the test rows",
        },
        arrays={
            "importance": whole(importance.T, dims, kept),
            "r_squared": whole(explained, kept),
            "nrmse": whole(error, kept),
        },
    )


def _wanted(target: np.ndarray, truth: np.ndarray, categorical: bool) -> tuple[np.ndarray, np.ndarray]:
    """The columns to predict in both parts, [n, 1], or [n, values] of 0 and 1."""
    if not categorical:
        return target[:, None].astype(np.float64), truth[:, None].astype(np.float64)
    labels = np.unique(target)
    return (target[:, None] == labels).astype(np.float64), (truth[:, None] == labels).astype(np.float64)


def _fit(train: np.ndarray, test: np.ndarray, target: np.ndarray, truth: np.ndarray) -> _Fit:
    scaler = StandardScaler().fit(target)
    wanted = scaler.transform(truth)
    model = Lasso(alpha=ALPHA).fit(train, scaler.transform(target))
    squares = (model.predict(test).reshape(wanted.shape) - wanted) ** 2
    variance = np.where(np.ptp(truth, axis=0) > 0, wanted.var(axis=0), np.nan)
    importance = np.abs(np.atleast_2d(model.coef_)).mean(axis=0)
    gain = (wanted**2 - squares).mean(axis=1)  # over the training mean, row by row
    if gain.mean() <= CHANCE_ERRORS * gain.std() / np.sqrt(len(gain)):
        importance = np.zeros_like(importance)
    error = squares.mean(axis=0)
    return _Fit(importance, _mean(1.0 - error / variance), float(np.sqrt(error).mean()))


def _mean(values: np.ndarray) -> float:
    """Mean of what is defined; nan where nothing is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")
