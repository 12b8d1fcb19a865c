"""Disentanglement metrics of codes of test images whose factors are known."""

from functools import partial

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.codes import dimension_counts
from diffrep.metrics.disentanglement.dci import dci, dci_permutation
from diffrep.metrics.disentanglement.factor_vae import factor_vae
from diffrep.metrics.disentanglement.info_mec import info_mec
from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.metrics.noise import estimator_noise, row_noise
from diffrep.pipelines.core.sections import Disentangle
from diffrep.pipelines.evaluation.rows import fit_and_test

DCI = {"boosting": "", "permutation": "_permutation"}  # what its names end in
DCI_SCORES = ("disentanglement", "completeness", "informativeness")
OTHERS = ("factor_vae", "mig", "mig_quantile", "info_m", "info_c", "info_e")
NO_FACTORS = "not applicable: this data set has no ground-truth factors"
NO_DCI = "not applicable: importances are computed of a method's own code and of its tokens only"


def disentanglement(
    codes: np.ndarray, data: Prepared, settings: Disentangle, seed: int, *, with_dci: bool = True
) -> Measured:
    """The metrics of codes [n, ...] of the test split; the matrices behind them, as "metric.array"."""
    names = [f"dci_{name}{DCI[variant]}" for variant in settings.dci for name in DCI_SCORES]
    if data.factors is None:
        return missing([*OTHERS, *names], NO_FACTORS)
    pool, factors = codes.reshape(len(codes), -1), np.asarray(data.factors[data.splits["test"]])
    train, test = fit_and_test(pool, factors, settings, seed)
    found = {
        "codes": dimension_counts(train[0]),
        "factor_vae": with_estimator_noise(pool, factors, settings, seed),
        "mig": with_row_noise(*train, seed),
        "info_mec": info_mec(*train, *test, seed=seed),
    }
    if with_dci and "boosting" in settings.dci:
        found["dci"] = dci(*train, *test, rounds=settings.rounds)
    if with_dci and "permutation" in settings.dci:
        found["dci_permutation"] = dci_permutation(*train, *test, seed=seed, rounds=settings.rounds)
    if not with_dci:
        found["dci"] = missing(names, NO_DCI)
    counts = Measured({"n_train": len(train[0]), "n_test": len(test[0])})
    return joined(*(with_array_names(metric, scores) for metric, scores in found.items()), counts)


def dci_alone(codes: np.ndarray, data: Prepared, settings: Disentangle, seed: int) -> Measured:
    """Of the same numbers those of DCI by impurity importance, the cheap one of the family."""
    if data.factors is None:
        return missing([f"dci_{name}" for name in DCI_SCORES], NO_FACTORS)
    pool, factors = codes.reshape(len(codes), -1), np.asarray(data.factors[data.splits["test"]])
    train, test = fit_and_test(pool, factors, settings, seed)
    return with_array_names("dci", dci(*train, *test, rounds=settings.rounds))


def with_estimator_noise(codes: np.ndarray, factors: np.ndarray, settings: Disentangle, seed: int) -> Measured:
    """FactorVAE of a pool, and how far it moves from one estimator seed to another."""

    score = partial(factor_vae, codes, factors, train_votes=settings.votes_train, test_votes=settings.votes_test)
    measured = score(seed=seed)
    measured.noise |= estimator_noise(lambda drawn: {"factor_vae": score(seed=drawn)["factor_vae"]}, seed=seed)
    return measured


def with_row_noise(codes: np.ndarray, factors: np.ndarray, seed: int) -> Measured:
    """MIG of the rows [n], and how far it moves from one sample of so many to another."""
    measured = mig(codes, factors)
    measured.noise |= row_noise(lambda rows: mig(codes[rows], factors[rows]), len(codes), seed=seed)
    return measured


def with_array_names(metric: str, scores: Measured) -> Measured:
    """`scores` with every array named "metric.array"."""
    arrays = {f"{metric}.{name}": array for name, array in scores.arrays.items()}
    return Measured(scores, reasons=scores.reasons, arrays=arrays, intervals=scores.intervals, noise=scores.noise)
