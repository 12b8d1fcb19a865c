"""Regression of real-valued attributes, against scipy, against ridge, and what may not see the test rows."""

import numpy as np
import pytest
import torch
from scipy.stats import pearsonr
from sklearn.metrics import mean_squared_error, r2_score

from diffrep.metrics.probes.faces import _held_out, lfw_regression, regression_scores, ridge_regression

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(3000, 8))
TARGETS = 0.5 + CODES @ GENERATOR.normal(size=(8, 4)) * 0.3 + 0.5 * GENERATOR.normal(size=(3000, 4))
PEOPLE = GENERATOR.integers(600, size=2000)
PARTS = CODES[:2000], TARGETS[:2000], CODES[2000:], TARGETS[2000:]


def regress(parts=PARTS, **settings):
    settings = {"identities": PEOPLE, "seed": 0, "epochs": 4, "learning_rate": 0.01} | settings
    return lfw_regression(*parts, **settings)


def test_scores_are_scipys_and_scikit_learns():
    guesses = TARGETS + GENERATOR.normal(size=TARGETS.shape)
    found, pairs = regression_scores(guesses, TARGETS), list(zip(guesses.T, TARGETS.T, strict=True))
    np.testing.assert_allclose(found.arrays["lfw_r"], [pearsonr(p, t).statistic for p, t in pairs])
    np.testing.assert_allclose(found.arrays["lfw_nmse"], [1 - r2_score(t, p) for p, t in pairs])
    assert found["lfw_mse"] == pytest.approx(mean_squared_error(TARGETS, guesses))
    assert found["lfw_r"] == pytest.approx(found.arrays["lfw_r"].mean())


def test_scale_changes_the_error_and_not_r():
    guesses = TARGETS + GENERATOR.normal(size=TARGETS.shape)
    plain, scaled = regression_scores(guesses, TARGETS), regression_scores(10 * guesses, 10 * TARGETS)
    assert (scaled["lfw_r"], scaled["lfw_nmse"]) == pytest.approx((plain["lfw_r"], plain["lfw_nmse"]))
    assert scaled["lfw_mse"] == pytest.approx(100 * plain["lfw_mse"])


def test_constant_predictions_have_no_r_and_are_counted():
    guesses = TARGETS.copy()
    guesses[:, 1] = TARGETS[:, 1].mean()
    found = regression_scores(guesses, TARGETS)
    assert found["lfw_r_undefined"] == 1
    assert found["lfw_r"] == pytest.approx(1.0)
    assert found.arrays["lfw_nmse"] == pytest.approx([0, 1, 0, 0])
    nothing = regression_scores(np.ones_like(TARGETS), np.ones_like(TARGETS))
    assert set(nothing.reasons) == {"lfw_r", "lfw_nmse"}
    assert nothing["lfw_mse"] == 0.0


def test_it_comes_close_to_ridge():
    found = regression_scores(regress(epochs=15).predictions, TARGETS[2000:])
    closed = ridge_regression(*PARTS[:3], identities=PEOPLE, seed=0)
    expected = regression_scores(closed, TARGETS[2000:])
    assert found["lfw_r"] == pytest.approx(expected["lfw_r"], abs=0.01)
    assert found["lfw_nmse"] == pytest.approx(expected["lfw_nmse"], abs=0.02)


def test_ridge_of_many_rows_is_least_squares():
    many = np.vstack([CODES] * 3)
    closed = ridge_regression(many, np.vstack([TARGETS] * 3), CODES, identities=np.arange(9000), seed=0)
    design = np.column_stack([CODES, np.ones(3000)])
    np.testing.assert_allclose(closed, design @ np.linalg.lstsq(design, TARGETS, rcond=None)[0], atol=0.05)


def test_test_targets_change_nothing_by_default():
    first, second = regress(), regress((*PARTS[:3], TARGETS[:1000]))
    assert np.array_equal(first.predictions, second.predictions)
    assert not first.chosen_on_test


def test_as_published_the_epoch_is_chosen_on_the_test_rows():
    opposite = (*PARTS[:3], -TARGETS[2000:])  # every epoch of training makes it worse
    found = [regress(parts, compat=True, epochs=6, learning_rate=1e-3) for parts in (PARTS, opposite)]
    assert [each.best_epoch for each in found] == [6, 1]
    assert [each.chosen_on_test for each in found] == [True, True]
    assert regress(opposite, epochs=6, learning_rate=1e-3).best_epoch == 6


def test_people_are_held_out_whole():
    held = _held_out(PEOPLE, 2000, 0)
    assert not set(PEOPLE[held]) & set(PEOPLE[~held])
    assert len(set(PEOPLE[held])) == round(0.1 * len(set(PEOPLE)))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(CODES * 2.0 ** np.arange(-4, 4) + 3.0, id="scale and offset"),
        pytest.param(np.insert(CODES, 8, 7.0, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(changed):
    found = regress((changed[:2000], TARGETS[:2000], changed[2000:], TARGETS[2000:]))
    np.testing.assert_allclose(found.predictions, regress().predictions, atol=1e-4)
    closed = ridge_regression(changed[:2000], TARGETS[:2000], changed[2000:], identities=PEOPLE, seed=0)
    np.testing.assert_allclose(closed, ridge_regression(*PARTS[:3], identities=PEOPLE, seed=0), atol=1e-8)


def test_as_published_the_scale_of_codes_matters():
    scaled = (CODES[:2000] * 0.1, TARGETS[:2000], CODES[2000:] * 0.1, TARGETS[2000:])
    assert not np.allclose(regress(scaled, compat=True).predictions, regress(compat=True).predictions, atol=0.05)


def test_the_same_call_gives_the_same_bits_and_another_seed_does_not():
    assert np.array_equal(regress().predictions, regress().predictions)
    assert not np.array_equal(regress().predictions, regress(seed=1).predictions)


def test_constant_codes_have_no_r():
    flat = (np.ones((2000, 2)), TARGETS[:2000], np.ones((1000, 2)), TARGETS[2000:])
    for predictions in (regress(flat).predictions, ridge_regression(*flat[:3], identities=PEOPLE, seed=0)):
        assert regression_scores(predictions, TARGETS[2000:])["lfw_r_undefined"] == 4


def test_what_cannot_be_regressed_is_refused():
    with pytest.raises(ValueError, match="nan or infinity"):
        regress((np.where(CODES[:2000] > 3, np.nan, CODES[:2000]), *PARTS[1:]))
    with pytest.raises(ValueError, match="1 people"):
        regress(identities=np.zeros(2000))
    with pytest.raises(ValueError, match="give the same"):
        regression_scores(TARGETS, TARGETS[:, :2])


def test_a_training_is_fifteen_passes_in_batches_of_64(monkeypatch):
    rates = []

    class Counted(torch.optim.Adam):
        def step(self, closure=None):
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "Adam", Counted)
    lfw_regression(CODES[:193], TARGETS[:193], *PARTS[2:], identities=PEOPLE[:193], seed=0, compat=True)
    assert rates == [1e-3] * 15 * 4  # three whole batches and a row
