"""Explicitness: known codes, scikit-learn's area, values that one part does not have."""

import numpy as np
import pytest
from known_codes import CHANGES, CODES, FACTORS, N_TRAIN, parts
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.disentanglement.explicitness import explicitness

FEW = FACTORS[:, 3:]  # size, shape, orientation


def scored(codes, factors=FACTORS, **options):
    return explicitness(*parts(codes, factors), seed=0, **options)


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("identity", 0.99, 1.0),
        ("rotation", 0.99, 1.0),
        ("noisy", 0.87, 0.91),
        ("tangled", 0.75, 0.92),
        ("noise", 0.48, 0.52),
        ("doubled", 0.99, 1.0),
    ],
)
@pytest.mark.parametrize("compat", [False, True])
def test_known_code(code, low, high, compat):
    assert low <= scored(CODES[code], compat=compat)["explicitness"] <= high


def test_areas_are_scikit_learns():
    train, target, test, truth = parts(CODES["tangled"], FEW)
    scaler = StandardScaler().fit(train)
    model = LogisticRegression().fit(scaler.transform(train), target[:, 2])
    expected = roc_auc_score(truth[:, 2], model.predict_proba(scaler.transform(test)), multi_class="ovr")
    assert scored(CODES["tangled"], FEW).arrays["explicitness_auroc"][2] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_nothing(change):
    changed = scored(CHANGES[change](CODES["tangled"]), FEW)
    assert changed == pytest.approx(scored(CODES["tangled"], FEW), abs=1e-4)


def test_a_value_without_test_rows_is_left_out():
    train, target, test, truth = parts(CODES["noisy"], FEW)
    there = truth[:, 0] != 7
    assert 0.8 < explicitness(train, target, test[there], truth[there], seed=0)["explicitness"] < 1.0
    with pytest.raises(ValueError, match="7 values of a factor and training rows 8"):
        explicitness(train, target, test[there], truth[there], seed=0, compat=True)


def test_a_value_without_training_rows_is_one_of_the_others():
    train, target, test, truth = parts(CODES["identity"], FEW[:, :1])
    there = target[:, 0] != 7  # the largest: no class of its own, but it ranks with the next one
    with_it = explicitness(train[there], target[there], test, truth, seed=0)["explicitness"]
    seen = truth[:, 0] != 7
    without = explicitness(train[there], target[there], test[seen], truth[seen], seed=0)["explicitness"]
    assert without > 0.999
    assert 0.8 < with_it < 0.995


def test_one_value_in_all_test_rows_is_nan_with_a_reason():
    train, target, test, truth = parts(CODES["noisy"], FEW)
    result = explicitness(train, target, test, 0 * truth, seed=0)
    assert "test rows" in result.reasons["explicitness"]


def test_one_dimension_and_one_factor():
    assert scored(CODES["identity"][:, :1], FACTORS[:, :1])["explicitness"] > 0.99


def test_codes_that_say_nothing_score_chance():
    assert scored(np.ones((len(FACTORS), 3)))["explicitness"] == 0.5


def test_published_code_refuses_what_is_constant():
    with pytest.raises(ValueError, match="is constant in training"):
        scored(np.insert(CODES["noisy"], 2, 7.5, axis=1), FEW, compat=True)
    with pytest.raises(ValueError, match="is constant in training"):
        scored(CODES["noisy"], np.insert(FEW, 1, 3, axis=1), compat=True)


def test_constant_factors_are_left_out():
    result = scored(CODES["noisy"], np.insert(FEW, 1, 3, axis=1))
    assert result == scored(CODES["noisy"], FEW)
    assert np.isnan(result.arrays["explicitness_auroc"]).tolist() == [False, True, False, False]
    assert "constant" in scored(CODES["noisy"], 0 * FEW).reasons["explicitness"]


def test_the_same_call_gives_the_same_bits():
    assert scored(CODES["tangled"], FEW) == scored(CODES["tangled"], FEW)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity"):
        scored(np.full((len(FACTORS), 2), np.nan))


def test_parts_of_other_widths_are_refused():
    codes = CODES["noisy"]
    with pytest.raises(ValueError, match="columns"):
        explicitness(codes[:N_TRAIN], FEW[:N_TRAIN], codes[N_TRAIN:, :3], FEW[N_TRAIN:], seed=0)
