"""DCI with random forests on known codes; the arithmetic of D and C: test_dci.py."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN, parts

from diffrep.metrics.disentanglement.dci_forest import DEPTHS, FOLDS, dci_forest

DISENTANGLED, COMPLETE, INFORMED, TRAIN = (
    f"dci_{word}_forest" for word in ("disentanglement", "completeness", "informativeness", "train_accuracy")
)


def score(codes, factors=FACTORS[:, 3:]):
    return dci_forest(*parts(codes, factors), seed=0, trees=10)


@pytest.fixture(scope="module")
def scored():
    return {name: score(codes) for name, codes in CODES.items()}


@pytest.mark.parametrize(
    ("code", "name", "low", "high"),
    [
        ("identity", DISENTANGLED, 0.99, 1.0),
        ("identity", COMPLETE, 0.99, 1.0),
        ("identity", INFORMED, 0.99, 1.0),
        ("rotation", DISENTANGLED, 0.05, 0.4),
        ("noisy", DISENTANGLED, 0.7, 1.0),
        ("noisy", INFORMED, 0.4, 0.65),
        ("tangled", DISENTANGLED, 0.0, 0.1),
        ("noise", DISENTANGLED, 0.0, 0.05),
        ("noise", COMPLETE, 0.0, 0.05),
        ("noise", INFORMED, 0.12, 0.18),
        ("doubled", DISENTANGLED, 0.95, 1.0),
        ("doubled", COMPLETE, 1 - np.log(2) / np.log(12) - 0.02, 1.0),
    ],
)
def test_known_code(scored, code, name, low, high):
    assert low <= scored[code][name] <= high


def test_depths_and_folds_that_choose_among_them():
    assert (DEPTHS, FOLDS) == ((4, 8, 12), 3)


def test_noise_is_no_ground_for_deep_trees(scored):
    assert scored["tangled"][TRAIN] > 0.9  # where depth helps
    assert scored["noisy"][TRAIN] < scored["noisy"][INFORMED] + 0.2


def test_an_offset_changes_nothing(scored):
    """Nor does the order, sign or scale of dimensions: test_invariances.py."""
    assert score(CODES["noisy"] + 1e6) == pytest.approx(scored["noisy"], abs=0.03)


def test_a_constant_factor_is_left_out(scored):
    result = score(CODES["noisy"], np.insert(FACTORS[:, 3:], 1, 2, axis=1))
    assert result == scored["noisy"]
    assert np.isnan(result.arrays["importance"]).all(axis=0).tolist() == [False, True, False, False]


def test_one_dimension_and_one_factor():
    assert list(score(CODES["identity"][:, 3:4]).reasons) == [COMPLETE]
    assert list(score(CODES["identity"], FACTORS[:, 3:4]).reasons) == [DISENTANGLED]


def test_nothing_that_varies():
    constant = score(np.ones((len(FACTORS), 2)))
    assert [constant[DISENTANGLED], constant[COMPLETE]] == [0.0, 0.0]
    assert 0.1 < constant[INFORMED] < 0.2
    assert set(score(CODES["noise"], np.zeros((len(FACTORS), 2))).reasons) == {DISENTANGLED, COMPLETE, INFORMED, TRAIN}


def test_nan_is_refused():
    codes = CODES["noise"].copy()
    codes[N_TRAIN + 10, 3] = np.nan
    with pytest.raises(ValueError, match="nan or infinity in dimension 3"):
        score(codes)
