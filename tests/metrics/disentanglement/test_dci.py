"""DCI's own arithmetic; known codes and what they share with other metrics: test_known_codes.py."""

import known_codes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from diffrep.metrics.disentanglement.dci import dci, dci_judged_by, dci_permutation, dci_scores

GENERATOR = np.random.default_rng(0)
FACTORS = GENERATOR.integers(0, 4, size=(450, 3))
NOISE = GENERATOR.normal(size=(450, 3))
IMPORTANCE = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6), elements=st.floats(0, 1))


def score(metric, codes, factors=FACTORS):
    chance = {"seed": 0} if metric is dci_permutation else {}
    return metric(codes[:300], factors[:300], codes[300:], factors[300:], rounds=10, **chance)


@given(IMPORTANCE)
def test_entropies_are_scipys(importance):
    result = dci_scores(importance).arrays
    dimensions, factors = importance.shape
    np.testing.assert_allclose(
        result["disentanglement"], 1 - stats.entropy(importance + 1e-11, base=factors, axis=1), atol=1e-9
    )
    np.testing.assert_allclose(
        result["completeness"], 1 - stats.entropy(importance + 1e-11, base=dimensions, axis=0), atol=1e-9
    )


@given(IMPORTANCE)
def test_scores_are_shares(importance):
    assert all(0.0 <= value <= 1.0 for value in dci_scores(importance).values())


@pytest.mark.parametrize(
    ("importance", "disentanglement", "completeness"),
    [
        pytest.param(np.eye(4), 1.0, 1.0, id="one dimension a factor"),
        pytest.param(np.ones((4, 4)), 0.0, 0.0, id="all alike"),
        pytest.param(np.zeros((4, 3)), 0.0, 0.0, id="nothing looked at"),
        pytest.param(np.vstack([np.eye(4), np.eye(4)]), 1.0, 1 - np.log(2) / np.log(8), id="each told twice"),
        pytest.param([[1, 1], [0, 0]], 0.0, 1.0, id="one dimension for both"),
        pytest.param([[3, 0, 0], [0, 1, 1]], 1 - 0.4 * np.log(2) / np.log(3), 1.0, id="weighed by importance"),
    ],
)
def test_known_importances(importance, disentanglement, completeness):
    result = dci_scores(np.asarray(importance))
    assert list(result.values()) == pytest.approx([disentanglement, completeness], abs=1e-6)


def test_one_dimension_has_no_completeness():
    result = dci_scores(np.ones((1, 3)))
    assert list(result.reasons) == ["dci_completeness"]


def test_one_factor_has_no_disentanglement():
    result = dci_scores(np.ones((3, 1)))
    assert list(result.reasons) == ["dci_disentanglement"]


@pytest.mark.parametrize("wrong", [np.full((2, 2), -1.0), np.full((2, 2), np.nan), np.ones(3)])
def test_what_is_no_importance_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must be \[L, K\]"):
        dci_scores(wrong)


@pytest.mark.parametrize("metric", [dci, dci_permutation])
def test_a_code_told_twice_is_spread_over_two_dimensions(metric):
    copies = np.hstack([FACTORS, FACTORS + 1e-6 * NOISE]).astype(float)
    result = score(metric, copies)
    assert next(iter(result.values())) > 0.9


@pytest.mark.parametrize("metric", [dci, dci_permutation])
def test_left_out_dimensions_are_nan_in_the_importances(metric):
    importance = score(metric, np.insert(FACTORS, 1, 5, axis=1).astype(float)).arrays["importance"]
    assert np.isnan(importance).all(axis=1).tolist() == [False, True, False, False]


@pytest.mark.parametrize("metric", [dci, dci_permutation])
def test_one_dimension_keeps_the_reason_with_the_name(metric):
    result = score(metric, FACTORS[:, :1].astype(float))
    assert list(result.reasons) == [name for name in result if "completeness" in name]


@pytest.mark.parametrize("metric", [dci, dci_permutation])
def test_constant_codes_know_the_most_frequent_value(metric):
    result = score(metric, np.ones((450, 2)))
    expected = [(FACTORS[300:, k] == np.bincount(FACTORS[:300, k]).argmax()).mean() for k in range(3)]
    assert list(result.values())[:3] == pytest.approx([0.0, 0.0, np.mean(expected)])


@pytest.mark.parametrize("seed", range(4))
def test_permutation_of_noise_is_nothing(seed):
    result = dci_permutation(NOISE[:300], FACTORS[:300], NOISE[300:], FACTORS[300:], seed=seed, rounds=5)
    assert result["dci_disentanglement_permutation"] == pytest.approx(0.0, abs=1e-9)


def test_parts_of_different_codes_are_refused():
    with pytest.raises(ValueError, match="columns"):
        dci(NOISE[:300], FACTORS[:300], NOISE[300:, :2], FACTORS[300:])


def test_compat_draws_between_equal_dimensions_by_its_seed():
    """Uneven halves: completeness is above that of even ones, as the published code's mean is."""
    factors = np.random.default_rng(0).integers(4, size=(300, 2))
    codes = np.hstack([factors, factors[:, :1]]).astype(float)
    parts = (codes[:200], factors[:200], codes[200:], factors[200:])
    even = dci(*parts, rounds=5)["dci_completeness"]
    drawn = [dci(*parts, rounds=5, compat=True, seed=seed)["dci_completeness"] for seed in range(20)]
    assert dci(*parts, rounds=5, compat=True, seed=3)["dci_completeness"] == drawn[3]
    assert len(set(drawn)) > 10
    assert min(drawn) >= even - 1e-9
    assert np.mean(drawn) > even + 0.001


def test_accuracies_of_both_parts_keep_their_names():
    accuracies = iter([(0.2, 0.6), (0.3, 0.7), (0.4, 0.8)])  # of each factor, on test rows and on training rows
    judged = dci_judged_by(lambda *given: (np.ones(3), *next(accuracies)), NOISE, FACTORS, NOISE, FACTORS, "")
    assert judged["dci_informativeness"] == pytest.approx(0.3)
    assert judged["dci_train_accuracy"] == pytest.approx(0.7)


@pytest.mark.parametrize("metric", [dci, dci_permutation])
def test_what_is_memorised_shows_on_training_rows_alone(metric):
    suffix = "_permutation" if metric is dci_permutation else ""
    found = score(metric, NOISE)
    assert found[f"dci_informativeness{suffix}"] == pytest.approx(1 / 4, abs=0.05)
    assert found[f"dci_train_accuracy{suffix}"] > 0.5


@pytest.mark.long
def test_at_full_length_half_of_what_is_important_to_a_noisy_code_is_memorised():
    """D of codes that are aligned but for noise, at 3,000 rows and 100 rounds; with more rows it is higher."""
    found = dci(*known_codes.parts(known_codes.CODES["noisy"], known_codes.FACTORS))
    assert 0.45 < found["dci_disentanglement"] < 0.55
    assert 0.45 < found["dci_completeness"] < 0.55
    assert 0.40 < found["dci_informativeness"] < 0.47
    assert 0.75 < found["dci_train_accuracy"] < 0.84
