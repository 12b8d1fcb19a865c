"""Anchor codes are what they say."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from diffrep.metrics.numerics import anchors
from diffrep.metrics.numerics.anchors import factor_codes, fit_pixel_pca, noise_codes, rotated_factors

GENERATOR = np.random.default_rng(0)
FACTORS = GENERATOR.integers(0, 6, size=(500, 4))
SCALES = np.linspace(1, 40, 4 * 4 * 3).reshape(4, 4, 3)
IMAGES = np.clip(128 + SCALES * GENERATOR.normal(size=(300, 4, 4, 3)), 0, 255).astype(np.uint8)


def test_factors_are_their_own_code():
    assert np.array_equal(factor_codes(FACTORS), FACTORS)


def test_rotation_keeps_lengths_of_standardised_factors():
    standard = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
    rotated = rotated_factors(FACTORS, FACTORS, seed=0)
    np.testing.assert_allclose(np.linalg.norm(rotated, axis=1), np.linalg.norm(standard, axis=1))


def test_rotation_mixes_every_factor_into_every_dimension():
    mixing = np.corrcoef(FACTORS.T, rotated_factors(FACTORS, FACTORS, seed=0).T)[:4, 4:]
    assert (np.abs(mixing).max(axis=0) < 0.99).all()


def test_rotation_is_the_same_for_every_part():
    whole = rotated_factors(FACTORS[:300], FACTORS, seed=0)
    np.testing.assert_allclose(rotated_factors(FACTORS[:300], FACTORS[300:], seed=0), whole[300:])


def test_a_constant_factor_rotates_as_zero():
    rotated = rotated_factors(np.ones((5, 2), int), np.ones((3, 2), int), seed=0)
    assert not rotated.any()


def test_noise_comes_from_the_seed():
    first, again, other = (noise_codes(50, 3, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_pixel_pca_is_scikit_learns_up_to_sign():
    expected = PCA(5, svd_solver="full").fit_transform(IMAGES.reshape(300, -1).astype(float))
    np.testing.assert_allclose(np.abs(fit_pixel_pca([IMAGES], 5).codes(IMAGES)), np.abs(expected), atol=1e-6)


def test_pixel_pca_of_batches_is_that_of_all():
    whole, parts = (fit_pixel_pca(batches, 5) for batches in ([IMAGES], np.split(IMAGES, [7, 100])))
    np.testing.assert_allclose(parts.axes, whole.axes, atol=1e-9)
    np.testing.assert_allclose(parts.mean, whole.mean, atol=1e-9)


def test_pixel_pca_of_large_images_comes_close(monkeypatch):
    exact = fit_pixel_pca([IMAGES], 3)
    monkeypatch.setattr(anchors, "EXACT", 47)
    found = fit_pixel_pca(np.split(IMAGES, [100, 200, 298]), 3)  # the last two are too few by themselves
    spread = [np.var(fitted.codes(IMAGES), axis=0).sum() for fitted in (found, exact)]
    assert 0.97 * spread[1] < spread[0] <= spread[1]
    np.testing.assert_allclose(found.mean, exact.mean, atol=1e-9)


def test_pixel_pca_is_fitted_on_the_images_given_only():
    fitted = fit_pixel_pca([IMAGES[:200]], 5)
    np.testing.assert_allclose(fitted.codes(IMAGES[:200]).mean(axis=0), 0.0, atol=1e-9)
    assert fitted.codes(IMAGES[200:]).shape == (100, 5)


def test_more_axes_than_images_is_refused():
    with pytest.raises(ValueError, match="20 axes from 20 images"):
        fit_pixel_pca([IMAGES[:20]])
