"""IRS: known codes, the score written out, what scale does to it."""

import numpy as np
import pytest
from known_codes import CHANGES, CODES, FACTORS, N_TRAIN

from diffrep.metrics.disentanglement.irs import irs


def scored(codes, factors=FACTORS, **options):
    return irs(codes[:N_TRAIN], factors[:N_TRAIN], **options)


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("identity", 0.999, 1.0),
        ("rotation", 0.4, 0.6),
        ("noisy", 0.6, 0.66),
        ("tangled", 0.3, 0.45),
        ("noise", 0.27, 0.37),
        ("doubled", 0.999, 1.0),
    ],
)
@pytest.mark.parametrize("compat", [False, True])
def test_known_code(code, low, high, compat):
    assert low <= scored(CODES[code], compat=compat)["irs"] <= high


def test_written_out_row_by_row():
    codes = np.array([[0.0], [1.0], [5.0], [9.0]])
    factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    quantile = 0.5, 2.0, 2.5, 4.0  # both rows of a group are equally far from its mean
    first, second = np.mean(quantile[:2]), np.mean(quantile[2:])
    result = irs(codes, factors, compat=True)
    assert result.arrays["irs_scores"] == pytest.approx(1 - np.array([[first, second]]) / 5.25)
    assert result["irs"] == pytest.approx(1 - first / 5.25)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_nothing(change):
    assert scored(CHANGES[change](CODES["tangled"])) == pytest.approx(scored(CODES["tangled"]))


def test_large_dimensions_decide_the_published_score():
    codes = np.hstack([CODES["identity"], 100 * CODES["noise"][:, :1]])
    assert scored(codes)["irs"] > 0.8
    assert scored(codes, compat=True)["irs"] < 0.5


def test_constant_dimensions_are_not_counted():
    codes = np.insert(CODES["noisy"], 2, 7.5, axis=1)
    for compat in (False, True):
        result = scored(codes, compat=compat)
        assert result["irs_active_dims"] == 6
        assert np.isnan(result.arrays["irs_deviation"]).tolist() == [dim == 2 for dim in range(7)]


def test_constant_factors():
    factors = np.insert(FACTORS, 1, 3, axis=1)
    assert scored(CODES["noisy"], factors) == scored(CODES["noisy"])
    assert not np.isnan(scored(CODES["noisy"], factors, compat=True).arrays["irs_scores"]).any()
    assert set(scored(CODES["noisy"], 0 * FACTORS).reasons) == {"irs", "irs_active_dims"}


def test_one_dimension_one_factor_and_nothing():
    assert scored(CODES["identity"][:, :1], FACTORS[:, :1])["irs"] == pytest.approx(1.0)
    nothing = {"irs": 0.0, "irs_active_dims": 0.0}
    assert scored(np.ones((len(FACTORS), 3))) == scored(np.ones((len(FACTORS), 3)), compat=True) == nothing


def test_many_values_are_binned():
    fine = np.arange(N_TRAIN)[:, None]
    assert irs(fine.astype(float), fine)["irs"] == pytest.approx(1 - 0.99 / 20, abs=0.002)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity"):
        scored(np.full((len(FACTORS), 2), np.nan))
