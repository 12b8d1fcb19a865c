"""What every metric of codes owes: its score on known codes, and what must not change it.

Boosting runs fewer rounds than in tables, and on two factors where it costs most.
"""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN, parts

from diffrep.metrics.dci import dci, dci_permutation
from diffrep.metrics.factor_vae import factor_vae
from diffrep.metrics.mig import mig


def score_mig(codes, factors):
    return mig(codes[:N_TRAIN], factors[:N_TRAIN])


def score_factor_vae(codes, factors):
    return factor_vae(codes, factors, seed=0)


def score_dci(codes, factors):
    return dci(*parts(codes, factors[:, 3:]), rounds=10)  # size, shape, orientation, and what is added behind


def score_permutation(codes, factors):
    return dci_permutation(*parts(codes, factors), seed=0, rounds=12)


METRICS = {
    "mig": score_mig,
    "factor_vae": score_factor_vae,
    "dci": score_dci,
    "permutation": score_permutation,
}


@pytest.fixture(scope="module")
def scored():
    """Each metric on each known code, once."""
    kept = {}

    def score(metric, code):
        if (metric, code) not in kept:
            kept[metric, code] = METRICS[metric](CODES[code], FACTORS)
        return kept[metric, code]

    return score


@pytest.mark.parametrize(
    ("metric", "name", "code", "low", "high"),
    [
        ("factor_vae", "factor_vae", "identity", 1.0, 1.0),
        ("factor_vae", "factor_vae", "rotation", 0.8, 1.0),
        ("factor_vae", "factor_vae", "noisy", 0.99, 1.0),
        ("factor_vae", "factor_vae", "tangled", 0.5, 0.75),
        ("factor_vae", "factor_vae", "noise", 0.14, 0.19),
        ("mig", "mig", "identity", 0.98, 1.0),
        ("mig", "mig", "rotation", 0.08, 0.25),
        ("mig", "mig", "noisy", 0.41, 0.47),
        ("mig", "mig", "tangled", 0.01, 0.06),
        ("mig", "mig", "noise", 0.0, 0.01),
        ("mig", "mig", "doubled", 0.0, 0.0),
        ("mig", "mig_quantile", "identity", 0.98, 1.0),
        ("mig", "mig_quantile", "noisy", 0.41, 0.47),
        ("mig", "mig_quantile", "noise", 0.0, 0.01),
        ("dci", "dci_disentanglement", "identity", 0.99, 1.0),
        ("dci", "dci_completeness", "identity", 0.99, 1.0),
        ("dci", "dci_informativeness", "identity", 0.99, 1.0),
        ("dci", "dci_disentanglement", "noise", 0.0, 0.03),
        ("dci", "dci_completeness", "noise", 0.0, 0.03),
        ("dci", "dci_disentanglement", "doubled", 0.9, 1.0),
        ("permutation", "dci_disentanglement_permutation", "identity", 0.99, 1.0),
        ("permutation", "dci_completeness_permutation", "identity", 0.99, 1.0),
        ("permutation", "dci_informativeness_permutation", "identity", 0.99, 1.0),
        ("permutation", "dci_disentanglement_permutation", "rotation", 0.2, 0.6),
        ("permutation", "dci_disentanglement_permutation", "noisy", 0.85, 1.0),
        ("permutation", "dci_informativeness_permutation", "noisy", 0.4, 0.5),
        ("permutation", "dci_disentanglement_permutation", "noise", 0.0, 0.0),
        ("permutation", "dci_completeness_permutation", "noise", 0.0, 0.0),
        ("permutation", "dci_informativeness_permutation", "noise", 0.09, 0.15),
        ("permutation", "dci_disentanglement_permutation", "doubled", 0.9, 1.0),
    ],
)
def test_known_code(scored, metric, name, code, low, high):
    assert low <= scored(metric, code)[name] <= high + 1e-12


CHANGES = {
    "dimensions in another order": lambda codes: codes[:, ::-1],
    "signs": lambda codes: -codes,
    "scales": lambda codes: codes * 2.0 ** np.arange(-3, 3),
    "a constant dimension": lambda codes: np.insert(codes, 2, 7.5, axis=1),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("metric", METRICS)
def test_what_changes_nothing(scored, metric, change):
    changed = METRICS[metric](CHANGES[change](CODES["noisy"]), FACTORS)
    assert changed == pytest.approx(scored(metric, "noisy"), abs=0.02 if metric == "permutation" else 0.002)


@pytest.mark.parametrize("metric", METRICS)
def test_a_constant_factor_is_left_out(scored, metric):
    factors = np.hstack([FACTORS, np.full((len(FACTORS), 1), 3)])
    assert METRICS[metric](CODES["noisy"], factors) == scored(metric, "noisy")


@pytest.mark.parametrize("metric", METRICS)
def test_the_same_call_gives_the_same_bits(scored, metric):
    assert METRICS[metric](CODES["noisy"], FACTORS) == scored(metric, "noisy")


@pytest.mark.parametrize("metric", METRICS)
def test_nan_is_refused(metric):
    codes = CODES["noise"].copy()
    codes[10, 3] = np.nan
    with pytest.raises(ValueError, match="nan or infinity in dimension 3"):
        METRICS[metric](codes, FACTORS)


@pytest.mark.parametrize("metric", METRICS)
def test_only_constant_factors_is_nan_with_a_reason(metric):
    result = METRICS[metric](CODES["noise"], np.zeros_like(FACTORS))
    assert {name for name, value in result.items() if np.isnan(value)} == set(result) == set(result.reasons)


@pytest.mark.parametrize("metric", METRICS)
def test_constant_codes_score_zero_or_chance(metric):
    result = METRICS[metric](np.ones((len(FACTORS), 4)), FACTORS)
    assert all(0.0 <= value <= 0.2 for value in result.values())
