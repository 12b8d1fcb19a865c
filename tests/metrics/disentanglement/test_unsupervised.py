"""Scores without factors, against closed forms of Gaussians and independent implementations."""

import numpy as np
import pytest
from known_codes import CODES, N_TRAIN
from scipy import linalg
from sklearn.metrics import mutual_info_score

from diffrep.metrics.disentanglement.unsupervised import NUMBERS, unsupervised

TOTAL, EXCESS, MOVED, NORMALISED, SHARED = NUMBERS


def score(code, **options):
    return unsupervised(CODES[code][:N_TRAIN], **options)


def exactly(covariance, rows=400):
    """Rows whose sample covariance is the one given."""
    white = np.random.default_rng(0).normal(size=(rows, len(covariance)))
    white -= white.mean(axis=0)
    white = white @ np.linalg.inv(np.linalg.cholesky(np.cov(white, rowvar=False))).T
    return white @ np.linalg.cholesky(covariance).T


@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.9])
def test_two_gaussians_have_a_closed_form(correlation):
    result = unsupervised(exactly(np.array([[1.0, correlation], [correlation, 1.0]])))
    assert result[TOTAL] == pytest.approx(-0.5 * np.log(1 - correlation**2), abs=1e-9)
    assert result[MOVED] == pytest.approx(4 - 2 * (np.sqrt(1 + correlation) + np.sqrt(1 - correlation)), abs=1e-9)
    assert result[NORMALISED] == pytest.approx(result[MOVED] / 2)


def test_any_covariance_is_what_determinants_and_roots_say():
    mix = np.random.default_rng(1).normal(size=(5, 5))
    covariance = mix @ mix.T
    result, apart = unsupervised(exactly(covariance)), np.diag(np.diag(covariance))
    total = 0.5 * (np.log(np.diag(covariance)).sum() - np.linalg.slogdet(covariance)[1])
    moved = 2 * np.trace(covariance) - 2 * np.trace(linalg.sqrtm(apart @ covariance)).real
    assert [result[TOTAL], result[MOVED]] == pytest.approx([total, moved], rel=1e-6)


def test_shared_information_is_scikit_learns():
    codes = CODES["tangled"][:N_TRAIN, :4]
    binned = [np.digitize(z, np.linspace(z.min(), z.max(), 21)[1:-1]) for z in codes.T]
    pairs = [mutual_info_score(binned[i], binned[j]) for i in range(4) for j in range(4) if i != j]
    assert unsupervised(codes)[SHARED] == pytest.approx(np.mean(pairs), abs=1e-9)


@pytest.mark.parametrize(
    ("code", "name", "low", "high"),
    [
        ("identity", TOTAL, 0.0, 0.01),
        ("rotation", TOTAL, 0.0, 0.01),  # blind to it
        ("noisy", TOTAL, 0.0, 0.02),
        ("tangled", TOTAL, 1.5, 4.0),
        ("noise", TOTAL, 0.0, 0.01),
        ("noise", EXCESS, -0.005, 0.005),
        ("noise", NORMALISED, 0.0, 0.01),
        ("noise", SHARED, 0.02, 361 / (2 * N_TRAIN)),  # bins at the ends are empty
    ],
)
def test_known_code(code, name, low, high):
    assert low <= score(code)[name] <= high


def test_the_null_is_the_mean_of_independent_gaussians():
    generator = np.random.default_rng(0)
    excess = [unsupervised(generator.normal(size=(200, 10)))[EXCESS] for _ in range(40)]
    assert np.mean(excess) == pytest.approx(0.0, abs=0.02)  # the null itself is 0.11


def test_a_dimension_that_follows_from_others_is_infinite_and_moves_a_finite_way():
    result = score("doubled")
    assert result[TOTAL] == result[EXCESS] == np.inf
    assert result[NORMALISED] == pytest.approx(2 - np.sqrt(2), abs=0.01)
    few = unsupervised(CODES["noise"][:6])
    assert few[TOTAL] == np.inf


def test_copies_of_one_number_have_a_closed_form():
    copies = np.repeat(CODES["noise"][:, :1], 25, axis=1)
    assert unsupervised(copies)[NORMALISED] == pytest.approx(2 - 2 / 5)


CHANGES = {
    "order": (lambda codes: codes[:, ::-1], NUMBERS),
    "signs": (lambda codes: -codes, NUMBERS),
    "a constant dimension": (lambda codes: np.insert(codes, 2, 7.5, axis=1), NUMBERS),
    "one scale for all": (lambda codes: 8.0 * codes, (TOTAL, EXCESS, NORMALISED, SHARED)),
    "scales": (lambda codes: codes * 2.0 ** np.arange(-5, 5), (TOTAL, EXCESS, SHARED)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_and_what_does_not(change):
    transform, same = CHANGES[change]
    before, after = score("tangled"), unsupervised(transform(CODES["tangled"][:N_TRAIN]))
    tolerance = 0.02  # a value at the edge of two bins
    assert [name for name in NUMBERS if after[name] == pytest.approx(before[name], rel=tolerance)] == list(same)


def test_published_code_keeps_constant_dimensions():
    codes = np.insert(CODES["noisy"][:N_TRAIN], 2, 7.5, axis=1)
    dropped, kept = unsupervised(codes), unsupervised(codes, compat=True)
    assert list(kept.reasons) == [TOTAL, EXCESS]
    assert [kept[MOVED], kept[NORMALISED]] == pytest.approx([dropped[MOVED], dropped[NORMALISED]])
    assert kept[SHARED] == pytest.approx(dropped[SHARED] * 30 / 42)
    assert np.isnan(dropped.arrays["covariance"][2]).all()
    assert unsupervised(CODES["noisy"], compat=True) == unsupervised(CODES["noisy"])


def test_one_dimension_depends_on_nothing():
    result = unsupervised(CODES["noise"][:, :1])
    assert [result[name] for name in NUMBERS[:4]] == pytest.approx([0.0] * 4)
    assert list(result.reasons) == [SHARED]


@pytest.mark.parametrize("compat", [False, True])
def test_constant_codes_score_zero(compat):
    assert set(unsupervised(np.ones((20, 3)), compat=compat).values()) == {0.0}


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity in dimension 1"):
        unsupervised(np.array([[0.0, np.nan], [1.0, 2.0]]))


def test_the_same_call_gives_the_same_bits():
    assert score("tangled") == score("tangled")
