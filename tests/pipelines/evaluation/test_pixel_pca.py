"""Principal axes of pixels are scikit-learn's, in batches too, and about the same step by step."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from diffrep.pipelines.evaluation import pixel_pca
from diffrep.pipelines.evaluation.pixel_pca import fit_pixel_pca

SCALES = np.linspace(1, 40, 4 * 4 * 3).reshape(4, 4, 3)
NOISE = np.random.default_rng(0).normal(size=(300, 4, 4, 3))
IMAGES = np.clip(128 + SCALES * NOISE, 0, 255).astype(np.uint8)


def test_a_known_axis():
    images = np.array([[0, 0], [2, 2], [4, 4]], dtype=np.uint8)
    assert fit_pixel_pca([images], dims=1).codes(images).round(3).ravel().tolist() == [-2.828, 0.0, 2.828]


def test_it_is_scikit_learns_up_to_sign():
    expected = PCA(5, svd_solver="full").fit_transform(IMAGES.reshape(300, -1).astype(float))
    np.testing.assert_allclose(np.abs(fit_pixel_pca([IMAGES], 5).codes(IMAGES)), np.abs(expected), atol=1e-6)


def test_that_of_batches_is_that_of_all():
    whole, parts = (fit_pixel_pca(batches, 5) for batches in ([IMAGES], np.split(IMAGES, [7, 100])))
    np.testing.assert_allclose(parts.axes, whole.axes, atol=1e-9)
    np.testing.assert_allclose(parts.mean, whole.mean, atol=1e-9)


def test_that_of_large_images_comes_close(monkeypatch):
    exact = fit_pixel_pca([IMAGES], 3)
    monkeypatch.setattr(pixel_pca, "EXACT", 47)
    found = fit_pixel_pca(np.split(IMAGES, [100, 200, 298]), 3)  # the last two are too few by themselves
    spread = [np.var(fitted.codes(IMAGES), axis=0).sum() for fitted in (found, exact)]
    assert 0.95 * spread[1] < spread[0] <= spread[1]
    np.testing.assert_allclose(found.mean, exact.mean, atol=1e-9)


def test_it_is_fitted_on_the_images_given_only():
    fitted = fit_pixel_pca([IMAGES[:200]], 5)
    np.testing.assert_allclose(fitted.codes(IMAGES[:200]).mean(axis=0), 0.0, atol=1e-9)
    assert fitted.codes(IMAGES[200:]).shape == (100, 5)


def test_more_axes_than_images_is_refused():
    with pytest.raises(ValueError, match="20 axes from 20 images"):
        fit_pixel_pca([IMAGES[:20]])
