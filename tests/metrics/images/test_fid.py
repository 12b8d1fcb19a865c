"""FID by name and number: closed form, its bias, and what it says without weights."""

import numpy as np
import pytest

from diffrep.metrics.images.fid import fd, fid
from diffrep.metrics.images.frechet import frechet_distance
from diffrep.metrics.images.inception import VARIABLE, inception_features

GENERATOR = np.random.default_rng(0)
IMAGES = GENERATOR.integers(0, 256, size=(8, 12, 12, 3), dtype=np.uint8)


@pytest.fixture
def no_weights(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def exactly(n, scale, shift):
    """[n, 4] rows of mean `shift` and covariance diag(scale^2), to rounding."""
    x = GENERATOR.normal(size=(n, 4))
    q, _ = np.linalg.qr(x - x.mean(axis=0))
    return q * np.sqrt(n - 1) * scale + shift


def test_commuting_covariances_have_a_closed_form():
    a, b = np.array([1.0, 2.0, 0.5, 3.0]), np.array([2.0, 2.0, 1.0, 0.1])
    found = fd(exactly(5000, a, 0.0), exactly(5000, b, [1.0, 0.0, 0.0, 2.0]), extractor="mine")
    assert found["fd_mine"] == pytest.approx(5.0 + ((a - b) ** 2).sum())
    assert found["fd_mine_images"] == 5000


def test_the_bias_falls_with_one_over_n():
    scale = np.sqrt(1 / np.arange(1, 41))
    biased = [
        n * fd(*(scale * GENERATOR.normal(size=(2, n, 40))), extractor="mine", allow_small=True)["fd_mine"]
        for n in (500, 1000, 2000, 4000)
    ]
    assert np.ptp(biased) < 0.2 * np.mean(biased)
    assert min(biased) > 5


def test_without_weights_it_is_skipped_and_says_so(no_weights):
    for clean, name in ((False, "fid"), (True, "clean_fid")):
        found = fid(IMAGES, IMAGES, clean=clean, allow_small=True)
        assert np.isnan(found[name])
        assert found.reasons == {name: "skipped: weights missing"}
        assert found[f"{name}_images"] == 8


def test_with_weights_it_is_the_distance_of_their_features(weights, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(weights))
    ours, theirs = (inception_features(x, weights=weights) for x in (IMAGES[:2], IMAGES[2:4]))
    found = fid(IMAGES[:2], IMAGES[2:4], allow_small=True)
    assert found["fid"] == pytest.approx(frechet_distance(ours, theirs))
    assert fd(ours, theirs, extractor="inception", allow_small=True) == found
    assert fid(IMAGES[:2], IMAGES[:2], weights=weights, allow_small=True)["fid"] == pytest.approx(0, abs=1e-6)


def test_other_features_are_never_called_fid():
    assert set(fd(IMAGES[:, 0, :, 0] * 1.0, IMAGES[:, 1, :, 0] * 1.0, extractor="effnet", allow_small=True)) == {
        "fd_effnet",
        "fd_effnet_images",
    }


def test_too_few_or_unequal_images_are_refused(no_weights):
    with pytest.raises(ValueError, match=r"8 images: .* at least 5000"):
        fid(IMAGES, IMAGES)
    with pytest.raises(ValueError, match="8 images against 7"):
        fid(IMAGES, IMAGES[1:], allow_small=True)
    with pytest.raises(ValueError, match="not finite"):
        fd(np.full((4, 2), np.nan), np.ones((4, 2)), extractor="mine", allow_small=True)


@pytest.mark.long
def test_one_gaussian_is_far_from_itself_where_images_are_few():
    """34.8 for 2,048 dimensions of variances that fall as 1 / i, 200 in all, and 2,000 images."""
    shares = 1 / np.arange(1, 2049)
    scale, generator = np.sqrt(200 * shares / shares.sum()), np.random.default_rng(0)
    twice = (generator.normal(size=(2000, 2048)) * scale for _ in range(2))
    assert fd(*twice, extractor="mine", allow_small=True)["fd_mine"] == pytest.approx(34.8, abs=0.1)
