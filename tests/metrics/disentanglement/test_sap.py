"""SAP with support vectors and with squared correlation: known codes, what changes them and what does not."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN, parts

from diffrep.metrics.disentanglement.sap import sap, sap_r2

FEW = FACTORS[:, 3:]  # size, shape, orientation
CONSTANT = np.insert(FEW, 1, 3, axis=1)


def scored(codes, factors=FACTORS, **options):
    return sap(*parts(codes, factors), seed=0, **options)["sap"]


@pytest.mark.parametrize(
    ("code", "low", "high", "low_r2", "high_r2"),
    [
        ("identity", 0.26, 0.3, 0.998, 1.0),
        ("rotation", 0.05, 0.11, 0.1, 0.5),
        ("noisy", 0.19, 0.23, 0.84, 0.88),
        ("tangled", 0.01, 0.04, 0.02, 0.2),
        ("noise", 0.0, 0.01, 0.0, 0.002),
        ("doubled", 0.0, 0.0, 0.0, 1e-12),
    ],
)
def test_known_code(code, low, high, low_r2, high_r2):
    assert low <= scored(CODES[code]) <= high
    assert low_r2 <= sap_r2(CODES[code][:N_TRAIN], FACTORS[:N_TRAIN])["sap_r2"] <= high_r2


def test_squared_correlations_are_numpys():
    expected = np.corrcoef(CODES["tangled"].T, FACTORS.T)[:10, 10:] ** 2
    assert sap_r2(CODES["tangled"], FACTORS).arrays["squared_correlation"] == pytest.approx(expected)


CHANGES = {
    "dimensions in another order": lambda codes: codes[:, ::-1],
    "signs": lambda codes: -codes,
    "a constant dimension": lambda codes: np.insert(codes, 2, 7.5, axis=1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_nothing(change):
    changed = CHANGES[change](CODES["noisy"])
    assert scored(changed, FEW) == pytest.approx(scored(CODES["noisy"], FEW), abs=0.002)
    assert sap_r2(changed, FEW) == pytest.approx(sap_r2(CODES["noisy"], FEW))


def test_scale_changes_support_vectors_alone():
    scaled = 1e-3 * CODES["noisy"]
    assert abs(scored(scaled, FEW) - scored(CODES["noisy"], FEW)) > 0.02
    assert sap_r2(scaled, FEW) == pytest.approx(sap_r2(CODES["noisy"], FEW))


def test_published_correlation_knows_no_scale():
    tiny = 1e-7 * CODES["identity"]
    assert sap_r2(tiny, FACTORS)["sap_r2"] > 0.99
    assert sap_r2(tiny, FACTORS, compat=True)["sap_r2"] == 0.0


def test_one_dimension_is_compared_with_the_most_frequent_value():
    shape, code = FACTORS[:, [4]], CODES["identity"][:, [4]]
    seen = shape[N_TRAIN:, 0]
    guess = (seen == np.bincount(shape[:N_TRAIN, 0]).argmax()).mean()
    result = sap(*parts(code, shape), seed=0)
    assert result["sap"] == pytest.approx(result.arrays["sap_accuracy"][0, 0] - guess)
    assert scored(np.insert(code, 0, 7.5, axis=1), shape) == result["sap"]
    assert sap_r2(code, shape)["sap_r2"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "score", [lambda codes: scored(codes, FEW, compat=True), lambda c: sap_r2(c, FEW, compat=True)]
)
def test_published_code_asks_for_two_dimensions(score):
    with pytest.raises(ValueError, match="no runner-up"):
        score(CODES["noise"][:, :1])


def test_published_runner_up_may_be_constant():
    codes, shape = np.insert(CODES["identity"][:, [4]], 0, 7.5, axis=1), FACTORS[:, [4]]
    result = sap(*parts(codes, shape), seed=0, compat=True)
    accuracy = result.arrays["sap_accuracy"]
    assert result["sap"] == pytest.approx(accuracy[1, 0] - accuracy[0, 0])
    assert 0.2 < accuracy[0, 0] < 0.3


def test_constant_factors():
    assert scored(CODES["noisy"], CONSTANT) == scored(CODES["noisy"], FEW)
    assert sap_r2(CODES["noisy"], CONSTANT)["sap_r2"] == sap_r2(CODES["noisy"], FEW)["sap_r2"]
    assert "variance" in sap_r2(CODES["noisy"], CONSTANT, compat=True).reasons["sap_r2"]
    with pytest.raises(ValueError, match="a factor is constant in training"):
        scored(CODES["noisy"], CONSTANT, compat=True)
    assert "constant" in sap(*parts(CODES["noisy"], 0 * FEW), seed=0).reasons["sap"]
    assert "constant" in sap_r2(CODES["noisy"], 0 * FEW).reasons["sap_r2"]


def test_codes_that_say_nothing():
    nothing = np.ones((len(FACTORS), 3))
    assert scored(nothing) == scored(nothing, compat=True) == 0.0
    assert sap_r2(nothing, FACTORS)["sap_r2"] == sap_r2(nothing, FACTORS, compat=True)["sap_r2"] == 0.0


def test_the_same_call_gives_the_same_bits():
    assert scored(CODES["tangled"], FEW) == scored(CODES["tangled"], FEW)


def test_nan_is_refused():
    codes = np.full((len(FACTORS), 2), np.nan)
    with pytest.raises(ValueError, match="nan or infinity"):
        scored(codes)
    with pytest.raises(ValueError, match="nan or infinity"):
        sap_r2(codes, FACTORS)
