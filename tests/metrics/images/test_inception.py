"""The Inception network on random weights of the real file's size, and which files and images are refused."""

import functools

import numpy as np
import pytest
import torch
from inception_weights import take_for_real
from torch.nn import functional as F

from diffrep.metrics.images.inception import _scaled, as_uint8, inception_features

IMAGES = np.random.default_rng(0).integers(0, 256, size=(3, 20, 16, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@functools.cache
def of_first(count, weights):
    """The features of so many images in one batch."""
    return inception_features(IMAGES[:count], weights=weights)


def test_features_are_means_over_places(weights):
    found = of_first(3, weights)
    assert (found.shape, found.dtype) == ((3, 2048), np.float32)
    assert found.min() >= 0
    assert found.std(axis=0).max() > 0.01


def test_features_do_not_depend_on_the_batch(weights):
    split = inception_features(IMAGES, weights=weights, batch_size=2)  # two, and one that is left over
    np.testing.assert_allclose(split, of_first(3, weights), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(of_first(1, weights), split[:1], rtol=1e-3, atol=1e-4)


def test_floats_are_read_as_the_same_bytes(weights):
    floats = inception_features(IMAGES[:1].astype(np.float32) / 255, weights=weights)
    assert np.array_equal(floats, of_first(1, weights))


def test_both_scalings_are_their_own(weights):
    clean = inception_features(IMAGES[:1], weights=weights, clean=True)
    assert np.abs(of_first(1, weights) - clean).max() > 0.01


def test_bilinear_scaling_starts_at_the_corner():
    steps = np.broadcast_to(np.arange(16, dtype=np.uint8)[None, None, :, None], (1, 16, 16, 1))
    row = _scaled(steps, False)[0, 0, 7].numpy()
    np.testing.assert_allclose(row, np.minimum(np.arange(299) * 16 / 299, 15), atol=1e-4)
    other = F.interpolate(torch.from_numpy(steps.transpose(0, 3, 1, 2).copy()).float(), (299, 299), mode="bilinear")
    assert np.abs(other[0, 0, 7].numpy() - row).max() > 0.4  # half a pixel


def test_an_image_of_full_size_is_not_scaled():
    image = np.random.default_rng(0).integers(0, 256, size=(1, 299, 299, 3), dtype=np.uint8)
    for clean in (False, True):
        np.testing.assert_allclose(_scaled(image, clean)[0].numpy().transpose(1, 2, 0), image[0], atol=1e-3)


def test_bicubic_scaling_stays_in_range():
    checks = (255 * (np.indices((8, 8)).sum(axis=0) % 2)).astype(np.uint8)[None, ..., None]
    scaled = _scaled(checks, True)
    assert (scaled.min(), scaled.max()) == (0.0, 255.0)
    assert (scaled != scaled.round()).any()


@pytest.mark.parametrize(
    ("value", "expected"), [(-0.3, 0), (0.4 / 255, 0), (0.6 / 255, 1), (254.6 / 255, 255), (1.3, 255)]
)
def test_floats_are_clamped_and_rounded(value, expected):
    assert as_uint8(np.full((1, 2, 2, 3), value)).max() == expected


@pytest.mark.parametrize(
    ("images", "said"),
    [
        pytest.param(np.full((1, 2, 2, 3), 255.0), "from 255 to 255", id="floats to 255"),
        pytest.param(np.full((1, 2, 2, 3), -1.0), "from -1 to -1", id="floats from -1"),
        pytest.param(np.full((1, 2, 2, 3), np.nan), "from nan to nan", id="nan"),
        pytest.param(np.zeros((1, 3, 2, 2), np.uint8), "n, h, w, c", id="channels first"),
        pytest.param(np.zeros((0, 2, 2, 3), np.uint8), "at least one", id="no image"),
        pytest.param(np.zeros((1, 2, 2, 3), np.int64), "int64", id="integers"),
    ],
)
def test_other_images_are_refused(images, said):
    with pytest.raises(ValueError, match=said):
        as_uint8(images)


def test_other_weights_are_refused(random_inception, monkeypatch):
    take_for_real(monkeypatch, "6726825d")
    with pytest.raises(ValueError, match=f"{random_inception[1]}… and not 6726825d…") as refused:
        inception_features(IMAGES, weights=random_inception[0])
    assert "\n" not in str(refused.value)
