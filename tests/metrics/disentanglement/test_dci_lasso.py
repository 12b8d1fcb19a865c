"""DCI with a lasso on known codes; the arithmetic of D and C: test_dci.py."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN, parts
from sklearn.linear_model import Lasso
from sklearn.metrics import r2_score
from sklearn.preprocessing import scale

from diffrep.metrics.disentanglement.dci_lasso import NUMBERS, dci_lasso

DISENTANGLED, COMPLETE, EXPLAINED, ERROR = NUMBERS


def score(codes, factors=FACTORS, **options):
    return dci_lasso(*parts(codes, factors), **options)


@pytest.mark.parametrize(
    ("code", "name", "low", "high"),
    [
        ("identity", DISENTANGLED, 0.99, 1.0),
        ("identity", COMPLETE, 0.99, 1.0),
        ("identity", EXPLAINED, 0.99, 1.0),
        ("identity", ERROR, 0.0, 0.05),
        ("rotation", DISENTANGLED, 0.15, 0.45),
        ("rotation", EXPLAINED, 0.99, 1.0),
        ("noisy", DISENTANGLED, 0.97, 1.0),
        ("noisy", COMPLETE, 0.97, 1.0),
        ("noisy", EXPLAINED, 0.8, 0.9),
        ("tangled", DISENTANGLED, 0.0, 0.3),
        ("noise", DISENTANGLED, 0.0, 0.0),
        ("noise", COMPLETE, 0.0, 0.0),
        ("noise", EXPLAINED, -0.01, 0.01),
        ("noise", ERROR, 0.97, 1.03),
        ("doubled", DISENTANGLED, 0.99, 1.0),
    ],
)
def test_known_code(code, name, low, high):
    assert low - 1e-12 <= score(CODES[code])[name] <= high + 1e-12


def test_one_factor_is_scikit_learns_lasso():
    codes, target = scale(CODES["tangled"][:N_TRAIN]), scale(FACTORS[:N_TRAIN, 3].astype(float))
    arrays = dci_lasso(codes, FACTORS[:N_TRAIN], codes, FACTORS[:N_TRAIN]).arrays
    model = Lasso(alpha=0.02).fit(codes, target)
    np.testing.assert_allclose(arrays["importance"][:, 3], np.abs(model.coef_), atol=1e-9)
    assert arrays["r_squared"][3] == pytest.approx(r2_score(target, model.predict(codes)), abs=1e-9)
    assert arrays["nrmse"][3] == pytest.approx(np.sqrt(1 - arrays["r_squared"][3]), abs=1e-9)


def test_a_factor_without_order_is_read_value_by_value():
    names = np.array([3, 0, 2, 1])[FACTORS[:, 4]]
    codes = np.column_stack([FACTORS[:, 3], np.eye(4)[names]]).astype(float)
    factors = np.column_stack([FACTORS[:, 3], names])
    as_number, as_name = score(codes, factors), score(codes, factors, categorical=[1])
    assert as_name[EXPLAINED] > 0.99
    assert as_name.arrays["importance"][1:, 1] == pytest.approx(np.full(4, 0.25), abs=0.03)
    assert as_number.arrays["importance"][1:, 1].std() > 0.1  # which tells the names 0 and 3 from the others


def test_a_ring_is_no_line():
    angle = 2 * np.pi * FACTORS[:, 5:] / 15
    codes = np.hstack([np.cos(angle), np.sin(angle)])
    assert score(codes, FACTORS[:, 5:], categorical=[0]).arrays["importance"][:, 0] == pytest.approx(
        [0.22, 0.22], abs=0.01
    )
    cosine, sine = score(codes, FACTORS[:, 5:]).arrays["importance"][:, 0]
    assert cosine < 0.25 * sine  # of the rank along the ring the cosine says next to nothing


def test_of_two_copies_one_is_enough():
    assert score(CODES["doubled"])[COMPLETE] > 0.99


@pytest.mark.parametrize("seed", range(4))
def test_what_chance_leaves_of_coefficients_counts_for_nothing(seed):
    noise = np.random.default_rng(seed).normal(size=(len(FACTORS), 8))
    assert Lasso(alpha=0.02).fit(scale(noise[:N_TRAIN]), scale(FACTORS[:N_TRAIN])).coef_.any()
    result = score(noise)
    assert [result[DISENTANGLED], result[COMPLETE]] == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda codes: codes[:, ::-1], id="order"),
        pytest.param(lambda codes: -codes, id="signs"),
        pytest.param(lambda codes: codes * 3.0 ** np.arange(-3, 3) + 5.0, id="scales and offsets"),
        pytest.param(lambda codes: np.insert(codes, 2, 7.5, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(change):
    assert score(change(CODES["noisy"])) == pytest.approx(score(CODES["noisy"]), abs=1e-3)


def test_constant_factors_are_left_out():
    result = score(CODES["noisy"], np.insert(FACTORS, 1, 2, axis=1))
    assert result == score(CODES["noisy"])
    assert np.isnan(result.arrays["importance"]).all(axis=0).tolist() == [False, True] + [False] * 5


def test_a_factor_that_stands_still_on_test_rows_explains_nothing():
    factors = FACTORS.copy()
    factors[N_TRAIN:, 0] = 4
    result = score(CODES["identity"], factors)
    assert np.isnan(result.arrays["r_squared"]).tolist() == [True] + [False] * 5
    assert result[EXPLAINED] > 0.99
    assert list(score(CODES["identity"], factors[:, :1]).reasons) == [DISENTANGLED, EXPLAINED]


def test_one_dimension_and_one_factor():
    assert list(score(CODES["identity"][:, :1]).reasons) == [COMPLETE]
    assert list(score(CODES["identity"], FACTORS[:, :1]).reasons) == [DISENTANGLED]


def test_nothing_that_varies():
    assert list(score(np.ones((len(FACTORS), 2))).values()) == [0.0, 0.0, 0.0, 1.0]
    assert set(score(CODES["noise"], np.zeros_like(FACTORS)).reasons) == set(NUMBERS)


def test_what_cannot_be_used_is_refused():
    codes = CODES["noise"].copy()
    codes[10, 3] = np.nan
    with pytest.raises(ValueError, match="nan or infinity in dimension 3"):
        score(codes)
    with pytest.raises(ValueError, match="column 6; factors have columns 0 to 5"):
        score(CODES["noise"], categorical=[6])


def test_the_same_call_gives_the_same_bits():
    assert score(CODES["tangled"]) == score(CODES["tangled"])
