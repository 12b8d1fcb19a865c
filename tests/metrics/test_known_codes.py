"""What every metric of the table says of known codes: the factors themselves, noise, and what lies between.

Boosting, forests and probes run fewer rounds than in tables. Bands that only one metric has are in its own test.
"""

import numpy as np
import pytest
from known_codes import BEYOND, CODES, FACTORS, N_TEST, N_TRAIN, known_of, on_code, scored

from diffrep.metrics.catalogue import CATALOGUE, METRICS, Sample

NUMBERS = [(m.name, CATALOGUE[name]) for m in METRICS.values() for name in m.numbers if name not in BEYOND]
DIMS = CODES["noise"].shape[1]
CHANCE = {  # what the table says in words -> the band of one sample of noise
    "0": (-0.02, 0.02),
    "near 0": (0.0, 0.02),
    "0.5": (0.48, 0.52),
    "1": (0.97, 1.03),
    "about 0.67": (0.6, 0.75),
    "0.3 to 0.4": (0.3, 0.4),
    "0.3 to 0.8 for noise: read it beside InfoE": (0.3, 0.8),
    "near 1: read it beside informativeness": (0.95, 1.0),
    "factors / dims": (FACTORS.shape[1] / DIMS - 1e-9, FACTORS.shape[1] / DIMS + 1e-9),
    "0.01 to 0.1": (0.0, 0.1),
    "dims (dims − 1) / 4n": (0.5 * DIMS * (DIMS - 1) / (4 * N_TRAIN), 1.5 * DIMS * (DIMS - 1) / (4 * N_TRAIN)),
    "below 0.1": (0.0, 0.1),
    "0 where attributes are rare": (0.0, 0.7),
    "19² / 2n": (0.02, 361 / (2 * N_TRAIN)),  # bins at the ends are empty
}
LEAST = {  # of the factors themselves; all others of a best of 1: 0.9
    "sap": 0.26,
    "tad": 2.7,
    "tad_captured": 6.0,
    "accuracy_logistic_10": 0.2,
    "accuracy_logistic_100": 0.4,
    "accuracy_logistic_1000": 0.8,
    "accuracy_boosting_10": 0.3,
}
MOST = {"logistic_calibration_error": 0.2}  # where lower is better; all others 0.05


def sample_of(known):
    """What chance is computed from, as `diffrep score` does."""
    counts = [np.unique(column, return_counts=True)[1] for column in known[N_TRAIN:].T]
    frequent, shares = (tuple(each) for each in ([c.max() / N_TEST for c in counts], known[N_TRAIN:].mean(axis=0)))
    return Sample(N_TRAIN, N_TEST, DIMS, tuple(map(len, counts)), frequent, shares)


def ids(given):
    return getattr(given, "name", None)


@pytest.mark.parametrize(
    ("metric", "name", "code", "low", "high"),
    [
        ("factor_vae", "factor_vae", "rotation", 0.8, 1.0),
        ("factor_vae", "factor_vae", "noisy", 0.99, 1.0),
        ("factor_vae", "factor_vae", "tangled", 0.5, 0.75),
        ("factor_vae", "factor_vae", "doubled", 1.0, 1.0),
        ("mig", "mig", "identity", 0.98, 1.0),
        ("mig", "mig", "rotation", 0.08, 0.25),
        ("mig", "mig", "noisy", 0.41, 0.47),
        ("mig", "mig", "tangled", 0.01, 0.06),
        ("mig", "mig", "noise", 0.0, 0.005),  # the best dimension alone would have 0.012
        ("mig", "mig_quantile", "noise", 0.0, 0.005),
        ("mig", "mig_quantile", "identity", 0.98, 1.0),
        ("mig", "mig_quantile", "rotation", 0.08, 0.25),
        ("mig", "mig_quantile", "noisy", 0.41, 0.47),
        ("mig", "mig_quantile", "tangled", 0.01, 0.06),
        ("dci", "dci_disentanglement", "identity", 0.99, 1.0),
        ("dci", "dci_completeness", "identity", 0.99, 1.0),
        ("dci", "dci_informativeness", "identity", 0.99, 1.0),
        ("dci", "dci_disentanglement", "rotation", 0.2, 0.5),
        ("dci", "dci_disentanglement", "noisy", 0.78, 0.88),  # with a tenth of the rounds little is memorised
        ("dci", "dci_informativeness", "noisy", 0.4, 0.5),
        ("dci", "dci_train_accuracy", "noisy", 0.51, 0.55),
        ("dci", "dci_disentanglement", "tangled", 0.05, 0.35),
        ("dci_permutation", "dci_disentanglement_permutation", "identity", 0.99, 1.0),
        ("dci_permutation", "dci_completeness_permutation", "identity", 0.99, 1.0),
        ("dci_permutation", "dci_informativeness_permutation", "identity", 0.99, 1.0),
        ("dci_permutation", "dci_disentanglement_permutation", "rotation", 0.2, 0.6),
        ("dci_permutation", "dci_disentanglement_permutation", "noisy", 0.85, 1.0),
        ("dci_permutation", "dci_informativeness_permutation", "noisy", 0.4, 0.5),
        ("dci_permutation", "dci_train_accuracy_permutation", "noisy", 0.48, 0.52),
        ("dci_permutation", "dci_disentanglement_permutation", "tangled", 0.1, 0.5),
        ("dci_permutation", "dci_disentanglement_permutation", "noise", 0.0, 0.0),
        ("dci_permutation", "dci_completeness_permutation", "noise", 0.0, 0.0),
        ("info_mec", "info_m_pruned", "noisy", 0.97, 1.0),
        ("info_mec", "info_m_pruned", "tangled", 0.3, 0.42),
        ("info_mec", "info_c", "rotation", 0.3, 0.62),
        ("info_mec", "info_c", "tangled", 0.15, 0.35),
        ("modularity", "modularity_informative", "rotation", 0.85, 0.97),
        ("modularity", "modularity_informative", "tangled", 0.65, 0.9),
        ("unsupervised", "gaussian_wasserstein_correlation_norm", "rotation", 0.0, 0.01),  # blind to it
        ("unsupervised", "gaussian_wasserstein_correlation_norm", "tangled", 0.1, 0.3),
        ("unsupervised", "mutual_info_score", "tangled", 0.09, 0.15),
        ("tad", "tad", "rotation", 0.6, 1.2),
        ("tad", "tad", "noisy", 2.5, 2.8),
        ("tad", "tad", "tangled", 0.1, 0.6),
    ],
)
def test_known_code(metric, name, code, low, high):
    assert low <= on_code(metric, code)[name] <= high + 1e-12


@pytest.mark.parametrize(("metric", "number"), [(m, n) for m, n in NUMBERS if n.better], ids=ids)
def test_the_factors_themselves_score_best(metric, number):
    value = on_code(metric, "identity")[number.name]
    if number.better == "down":
        assert value <= MOST.get(number.name, 0.05)
    else:
        assert value >= LEAST.get(number.name, 0.9)


@pytest.mark.parametrize(("metric", "number"), [(m, n) for m, n in NUMBERS if n.chance], ids=ids)
def test_noise_scores_the_chance_of_the_table(metric, number):
    value = on_code(metric, "noise")[number.name]
    if number.chance_of is not None:
        assert value == pytest.approx(number.chance_of(sample_of(known_of(metric))), abs=0.03)
    elif number.chance == "undefined":
        assert np.isnan(value)
    else:
        low, high = CHANCE[number.chance]
        assert low <= value <= high


def test_neighbours_find_the_chance_of_the_table_on_average():
    drawn = [np.random.default_rng(seed).normal(size=CODES["noise"].shape) for seed in range(8)]
    found = [scored("info_mec", codes, FACTORS) for codes in drawn]
    for name in ("info_m", "info_c"):
        assert 0.40 <= np.mean([result[name] for result in found]) <= 0.66


@pytest.mark.parametrize(
    ("metric", "name"),
    [("mig", "mig"), ("mig", "mig_quantile"), ("sap", "sap"), ("sap_r2", "sap_r2"), ("tad", "tad")],
)
def test_a_code_told_twice_leaves_no_gap(metric, name):
    assert on_code(metric, "doubled")[name] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("metric", "number"), [(m, n) for m, n in NUMBERS if "disentanglement" in n.name], ids=ids)
def test_a_code_told_twice_is_as_disentangled(metric, number):
    once, twice = (on_code(metric, code)[number.name] for code in ("identity", "doubled"))
    assert twice == pytest.approx(once, abs=0.1)


@pytest.mark.parametrize(("metric", "number"), [(m, n) for m, n in NUMBERS if "completeness" in n.name], ids=ids)
def test_a_code_told_twice_is_spread_over_two_dimensions(metric, number):
    once, twice = (on_code(metric, code)[number.name] for code in ("identity", "doubled"))
    spread = 1 - ((1 - once) * np.log(6) + np.log(2)) / np.log(12)
    one_is_enough = metric in ("dci_lasso", "dci_permutation")  # of equal columns both take the first
    assert twice == pytest.approx(once if one_is_enough else spread, abs=0.03)


def test_a_code_told_twice_is_half_as_complete_in_information():
    assert on_code("info_mec", "doubled")["info_c"] == pytest.approx((1 / 2 - 1 / 12) / (1 - 1 / 12), abs=0.02)
