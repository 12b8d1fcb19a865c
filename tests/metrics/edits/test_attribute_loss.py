"""Attribute loss: Err(t) of two images as the page's numbers have it, and the measured share on cases known by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diffrep.methods.shared.process.schedule import Schedule
from diffrep.metrics.edits.attribute_loss import half_lost, share_nearer_to_other, two_image_loss

ABAR = Schedule().alphas_cumprod.numpy()
TIMES = [99, 249, 499, 749, 999]


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (1, [0.0700, 0.2999, 0.4420, 0.4884, 0.4987]),
        (5, [0.0000, 0.0044, 0.2327, 0.4424, 0.4937]),
        (20, [0.0000, 0.0000, 0.0017, 0.2810, 0.4747]),
    ],
)
def test_two_images_at_the_published_schedule(distance, expected):
    assert two_image_loss(ABAR[TIMES], distance) == pytest.approx(expected, abs=5e-5)


@given(st.floats(0.01, 50))
def test_two_images_lose_more_and_more_and_at_most_half(distance):
    losses = two_image_loss(ABAR, distance)
    assert (np.diff(losses) >= 0).all()
    assert losses.min() >= 0
    assert losses.max() <= 0.5


def test_the_formula_is_what_the_optimal_denoiser_does():
    """The posterior mean of two images, 40,000 draws of noise at t = 249: the share is the formula's."""
    x, y, abar = torch.zeros(2, 1), torch.tensor([[0.6], [0.8]]), ABAR[249]
    noise = torch.randn(40_000, 2, generator=torch.Generator().manual_seed(0))
    noisy = abar**0.5 * x.T + (1 - abar) ** 0.5 * noise
    logits = [-((noisy - abar**0.5 * image.T) ** 2).sum(1) / (2 * (1 - abar)) for image in (x, y)]
    weight = torch.stack(logits, 1).softmax(1)
    denoised = (weight[:, :1] * x.T + weight[:, 1:] * y.T).numpy()
    own, other = (np.broadcast_to(image.T.numpy(), denoised.shape) for image in (x, y))
    assert share_nearer_to_other(denoised, own, other) == pytest.approx(two_image_loss(abar, 1.0), abs=0.01)


def test_shares_of_known_images():
    own, other = np.zeros((4, 2, 1)), np.ones((4, 2, 1))
    denoised = np.array([0.0, 0.5, 1.0, 0.6])[:, None, None] * np.ones((1, 2, 1))
    assert share_nearer_to_other(denoised, own, other) == (0 + 0.5 + 1 + 1) / 4


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([0.0, 0.2, 0.3], 150.0), ([0.25, 0.3, 0.4], 0.0), ([0.3, 0.4, 0.5], 0.0), ([0.0, 0.0, 0.5], 150.0)],
)
def test_half_lost_is_read_between_times(losses, expected):
    assert half_lost(np.array([0, 100, 200]), np.array(losses)) == pytest.approx(expected)


def test_never_half_lost_is_nan():
    assert np.isnan(half_lost(np.array([0, 999]), np.array([0.0, 0.2])))
