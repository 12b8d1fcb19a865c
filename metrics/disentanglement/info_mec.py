"""InfoMEC: modularity, explicitness and completeness in terms of information.

Hsu et al. 2023, "Disentanglement via latent quantization", arXiv:2305.18378, section 5; reference:
kylehkhsu/latent_quantization, disentangle/metrics/infomec.py.
Here, unlike there: nearest neighbours have a seed, and what is 0 / 0 is left out of a mean and counted.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_parts, varying_factors, whole
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.numerics.information import entropy, mutual_information
from diffrep.metrics.numerics.neighbours import neighbour_information

LEAST_RANGE = 0.05  # of the largest range: a latent that moves less is not looked at
LEAST_SHARE = 0.05  # of some factor's entropy: a latent that shares less is pruned
LEAST_EXPLICITNESS = -1.0  # on test rows, where a fit that memorised has no bound
NUMBERS = ("info_m", "info_m_pruned", "info_c", "info_e", "info_e_test")
COUNTS = ("active_latents", "info_m_left_out", "info_c_left_out")


def info_mec(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    quantised: bool = False,
) -> Measured:
    """Does each latent tell of one factor, is each factor told by one latent, and how much does a linear model read?

    codes      [n, L] float in both parts; latents that are constant in training are dropped
    factors    [n, K] int in both parts; factors that are constant in training are left out, and with none left all is
               nan
    quantised  each latent takes few values: information from counts, not from neighbours; any latent that varies is
               active; one value, one indicator for the linear model
    returns    `info_m`: mean over active latents of the share of the best factor in all a latent tells, from chance 0
               to 1, higher is better; nan with K = 1. Pure noise has 0.3 to 0.8: the little it seems to tell is chance
               `info_m_pruned`: over active latents that share at least 0.05 of some factor's entropy; nan with none
               `info_c`: mean over factors of the share of the best active latent, likewise; nan with one active latent
               `info_e`: share of the log-loss of knowing nothing that multinomial logistic regression saves on the
               training rows, mean over factors, at most 1, higher is better, chance 0
               `info_e_test`: the same model on test rows, each factor at least -1
               `active_latents`: with a range above 0.05 of the largest, which depends on scale and on outliers
               `info_m_left_out`, `info_c_left_out`: active latents that tell nothing, factors nothing is told of
               0 where no latent varies
    arrays     `nmi` [L, K] information as a share of the factor's entropy, `active` bool [L], `explicitness` and
               `explicitness_test` [K]
    raises     ValueError for nan or infinity and for parts that do not fit together

    info_m and info_c come from the training rows alone, 10,000 in published tables, and the rows must differ: on a
    bootstrap sample info_m of aligned codes with noise falls from 0.99 to 0.63.

    Hsu et al. 2023, arXiv:2305.18378, section 5.

    >>> factors = np.random.default_rng(0).integers(4, size=(600, 2))
    >>> result = info_mec(factors[:400], factors[:400], factors[400:], factors[400:], seed=0, quantised=True)
    >>> result["info_m"] > 0.9, result["info_c"] > 0.9, result["info_e"] > 0.9
    (True, True, True)
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    kept, varying = varying_factors(targets), active_dimensions(train)
    if not kept.any():
        names = (*NUMBERS, *COUNTS)
        return missing(names, CONSTANT_FACTORS)
    if not varying.any():
        return Measured(dict.fromkeys((*NUMBERS, *COUNTS), 0.0))
    train, test, targets, truths = train[:, varying], test[:, varying], targets[:, kept], truths[:, kept]
    shared = mutual_information(train, targets) if quantised else neighbour_information(train, targets, seed=seed)
    nmi = shared / entropy(targets)
    active = np.ptp(train, axis=0) > (0.0 if quantised else LEAST_RANGE * np.ptp(train, axis=0).max())
    seen = nmi[active]
    informative = seen[seen.max(axis=1) >= LEAST_SHARE]
    explicitness = np.array(
        [_explicitness(train, targets[:, k], test, truths[:, k], quantised) for k in range(targets.shape[1])]
    )
    values = dict(zip(NUMBERS, [*map(_focus, (seen, informative, seen.T)), *explicitness.mean(axis=0)], strict=True))
    values |= dict(zip(COUNTS, [active.sum(), _silent(seen).sum(), _silent(seen.T).sum()], strict=True))
    return Measured(
        values,
        reasons=_reasons(*seen.shape),
        arrays={
            "nmi": whole(nmi, varying, kept),
            "active": whole(active, varying) == 1,
            "explicitness": whole(explicitness[:, 0], kept),
            "explicitness_test": whole(explicitness[:, 1], kept),
        },
    )


def _focus(nmi: np.ndarray) -> float:
    """How far each row is one entry and no other, mean over rows that are not all 0: [m, j] -> chance 0 to 1."""
    told, width = nmi[~_silent(nmi)], nmi.shape[1]
    if not len(told) or width == 1:
        return float("nan")
    return float(((told.max(axis=1) / told.sum(axis=1)).mean() - 1 / width) / (1 - 1 / width))


def _silent(nmi: np.ndarray) -> np.ndarray:
    return (nmi == 0).all(axis=1)


def _reasons(latents: int, factors: int) -> dict[str, str]:
    one_factor = "one factor: nothing to keep apart"
    return {
        "info_m": one_factor if factors == 1 else "no active latent tells of any factor",
        "info_m_pruned": one_factor if factors == 1 else f"no latent shares {LEAST_SHARE} of a factor's entropy",
        "info_c": "one active latent: nothing to spread over" if latents == 1 else "nothing is told of any factor",
    }


def _explicitness(
    train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray, quantised: bool
) -> tuple[float, float]:
    """Share of log-loss saved on training and on test rows; classes weigh alike, so knowing nothing costs log n_k."""
    reader = OneHotEncoder(handle_unknown="ignore") if quantised else StandardScaler()
    model = make_pipeline(reader, LogisticRegression(C=np.inf, class_weight="balanced", max_iter=100))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a hundred iterations are part of the definition
        model.fit(train, target)
    fitted, tested = (
        1.0 - _log_loss(model.predict_proba(codes), model.classes_, labels) / np.log(len(model.classes_))
        for codes, labels in ((train, target), (test, truth))
    )
    return fitted, max(LEAST_EXPLICITNESS, tested)


def _log_loss(probabilities: np.ndarray, classes: np.ndarray, truth: np.ndarray) -> float:
    """Mean over rows, nats; unlike scikit-learn's, a value that training never had is one of probability 0."""
    column = np.searchsorted(classes, truth).clip(max=len(classes) - 1)
    told = np.where(classes[column] == truth, probabilities[np.arange(len(truth)), column], 0.0)
    return float(-np.log(told.clip(min=np.finfo(float).eps)).mean())
