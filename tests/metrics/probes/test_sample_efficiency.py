"""Accuracy after so many rows: where a linear classifier is enough, where it is not, and where rows are missing."""

import sys

import numpy as np
import pytest
from known_codes import CODES, FACTORS
from sklearn.ensemble import GradientBoostingClassifier

from diffrep.metrics.probes.sample_efficiency import sample_efficiency

GENERATOR = np.random.default_rng(0)
BINARY = GENERATOR.integers(2, size=(1400, 2))
CLEAR = BINARY + 0.05 * GENERATOR.normal(size=BINARY.shape)
WOVEN = np.column_stack([BINARY[:, 0] ^ BINARY[:, 1], BINARY[:, 1]]) + 0.05 * GENERATOR.normal(size=(1400, 2))


@pytest.fixture(autouse=True)
def small_sizes(monkeypatch):
    module = sys.modules[sample_efficiency.__module__]  # the package's name is the function
    monkeypatch.setattr(module, "TRAINING_ROWS", (10, 100, 1000))
    monkeypatch.setattr(module, "MANY", 1000)


def score(codes, factors=BINARY, rows=1000, **settings):
    settings = {"seed": 0, "rounds": 5} | settings
    return sample_efficiency(codes[:rows], factors[:rows], codes[1000:], factors[1000:], **settings)


def test_a_clear_code_needs_few_rows():
    found = score(CLEAR)
    for classifier in ("logistic", "boosting"):
        assert found[f"accuracy_{classifier}_1000"] == 1.0
        assert found[f"sample_efficiency_{classifier}"] > 0.98


def test_only_boosting_untangles_a_product():
    found = score(WOVEN)
    assert found["accuracy_boosting_1000"] > 0.95
    assert found.arrays["accuracy_logistic_1000"][0] < 0.85


def test_noise_is_at_chance_and_efficient():
    found = score(GENERATOR.normal(size=(1400, 3)))
    assert [found[f"accuracy_{c}_1000"] for c in ("logistic", "boosting")] == pytest.approx([0.5, 0.5], abs=0.06)
    assert found["sample_efficiency_logistic"] == pytest.approx(1.0, abs=0.12)


def test_efficiency_is_the_ratio_of_the_means():
    codes, factors = CODES["noisy"], FACTORS[:, 4:]
    found = sample_efficiency(codes[:1000], factors[:1000], codes[3000:], factors[3000:], seed=0, rounds=5)
    for classifier in ("logistic", "boosting"):
        few, many = (found[f"accuracy_{classifier}_{n}"] for n in (100, 1000))
        assert found[f"sample_efficiency_{classifier}"] == few / many
        assert few < many
        assert found.arrays[f"accuracy_{classifier}_100"].mean() == few


def test_boosting_is_scikit_learns():
    codes, factors = CODES["noisy"], FACTORS[:, 4:5]
    found = sample_efficiency(codes[:1000], factors[:1000], codes[3000:], factors[3000:], seed=0, rounds=20)
    model = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(codes[:1000], factors[:1000, 0])
    expected = model.score(codes[3000:], factors[3000:, 0])
    assert found["accuracy_boosting_1000"] == pytest.approx(expected, abs=0.005)


def test_missing_rows_are_nan_with_a_reason():
    found = score(CLEAR, rows=400)
    assert found["accuracy_logistic_100"] > 0.95
    for name in ("accuracy_logistic_1000", "sample_efficiency_logistic"):
        assert np.isnan(found[name])
        assert found.reasons[name] == "400 training rows, 1000 needed"


def test_rows_with_one_value_say_that_value():
    rare = (np.arange(1400) % 200 == 0).astype(int)[:, None]
    found = score(CLEAR, rare)
    assert found["accuracy_boosting_10"] == pytest.approx(1 - rare[1000:].mean(), abs=0.01)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(CLEAR[:, ::-1], id="dimensions in another order"),
        pytest.param(-CLEAR, id="signs"),
        pytest.param(CLEAR * [1e-8, 8.0], id="scales"),
        pytest.param(np.insert(CLEAR, 1, 7.0, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(changed):
    assert score(changed) == pytest.approx(score(CLEAR), abs=0.005)


def test_the_same_call_gives_the_same_bits():
    assert score(CLEAR) == score(CLEAR)


def test_a_constant_factor_is_left_out():
    with_constant = score(CLEAR, np.insert(BINARY, 0, 3, axis=1))
    assert with_constant == score(CLEAR)
    assert np.isnan(with_constant.arrays["accuracy_logistic_10"]).tolist() == [True, False, False]
    nothing = score(CLEAR, np.zeros_like(BINARY))
    assert set(nothing.reasons) == set(nothing)
    assert "constant" in nothing.reasons["sample_efficiency_boosting"]


def test_constant_codes_score_the_most_frequent_value():
    found = score(np.ones((1400, 2)))
    frequent = np.maximum(BINARY[:1000].mean(axis=0), 1 - BINARY[:1000].mean(axis=0))
    assert found["accuracy_logistic_1000"] == pytest.approx(frequent.mean(), abs=0.05)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity in dimension 0"):
        score(np.where(CLEAR > 1, np.nan, CLEAR)[:, :1])
