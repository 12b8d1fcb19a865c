"""What is MIG's own; known codes and what they share with other metrics: test_known_codes.py."""

import numpy as np
import pytest
from known_codes import SIZES
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import scale

from diffrep.metrics.disentanglement.mig import mig

GENERATOR = np.random.default_rng(0)
FACTORS = GENERATOR.integers(0, 5, size=(2000, 3))
NOISY = FACTORS + 0.4 * GENERATOR.normal(size=FACTORS.shape)


def test_one_dimension_has_no_runner_up():
    assert mig(FACTORS[:, :1].astype(float), FACTORS[:, :1])["mig"] == pytest.approx(1.0)


def test_matrix_is_scikit_learns_on_the_same_bins():
    binned = np.digitize(NOISY[:, 0], np.linspace(NOISY[:, 0].min(), NOISY[:, 0].max(), 21)[1:-1])
    expected = mutual_info_score(binned, FACTORS[:, 2])
    assert mig(NOISY, FACTORS).arrays["mutual_information"][0, 2] == pytest.approx(expected)


def test_constant_factor_and_dimension_are_nan_in_the_arrays():
    arrays = mig(np.insert(NOISY, 0, 1.0, axis=1), np.insert(FACTORS, 1, 3, axis=1)).arrays
    assert np.isnan(arrays["gaps"]).tolist() == [False, True, False, False]
    assert np.isnan(arrays["mutual_information"][0]).all()


def test_an_outlier_empties_bins_of_equal_width_only():
    codes = NOISY.copy()
    codes[0] = 1e6
    result = mig(codes, FACTORS)
    assert result["mig"] < 0.05
    assert result["mig_quantile"] > 0.4


def test_published_code_asks_for_two_dimensions():
    with pytest.raises(ValueError, match="no runner-up"):
        mig(NOISY[:, :1], FACTORS, compat=True)
    with_constant = np.insert(NOISY[:, :1], 0, 1.0, axis=1)
    assert mig(with_constant, FACTORS, compat=True) == mig(NOISY[:, :1], FACTORS)


def test_published_code_keeps_what_is_constant():
    codes, factors = np.insert(NOISY, 0, 1.0, axis=1), np.insert(FACTORS, 1, 3, axis=1)
    assert mig(codes, FACTORS, compat=True) == mig(NOISY, FACTORS)
    assert mig(codes, FACTORS, compat=True).arrays["mutual_information"][0] == pytest.approx(0.0, abs=1e-12)
    assert "entropy" in mig(codes, factors, compat=True).reasons["mig"]


@pytest.mark.parametrize(("rows", "low", "high"), [(1000, 0.41, 0.43), (10_000, 0.437, 0.4415)])
def test_what_rows_do_to_the_score_of_a_noisy_code(rows, low, high):
    """Chance in the counts lowers it where rows are few: 0.42 and 0.44 for factors as 3D Shapes has them."""
    generator = np.random.default_rng(0)
    factors = np.column_stack([generator.integers(size, size=rows) for size in SIZES])
    codes = scale(factors.astype(float)) + 0.4 * generator.normal(size=factors.shape)
    assert low < mig(codes, factors)["mig"] < high
