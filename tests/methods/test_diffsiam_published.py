"""DiffSiam's numbers at the published size: masks, coefficients, and the premise that noise confuses images."""

import math

import pytest
import torch
from siamese_models import SCHEDULE, build, seeded


@pytest.fixture(scope="module")
def published():
    return build(code_dim=512, blocks={"count": 64})


@pytest.mark.parametrize(("t", "dims"), [(0, 8), (15, 8), (16, 16), (499, 256), (500, 264), (999, 512)])
def test_open_dims(published, t, dims):
    assert published.decoder.mask(torch.ones(1, 512), torch.tensor([t])).sum() == dims


@pytest.mark.parametrize(("s", "dims"), [(0, 504), (499, 256), (984, 8), (985, 0), (999, 0)])
def test_surviving_dims(published, s, dims):
    assert published.closed(torch.tensor([s])).sum() == dims


def test_coarse_dims_are_the_later_half(published):
    assert published.closed(torch.tensor([499]))[0].nonzero().flatten().tolist() == list(range(256, 512))


def test_unequal_coarse_dims():
    model = build(code_dim=512, blocks={"count": 64, "partition": "unequal"}, siam={"mask": "coarse"})
    assert model.closed(torch.tensor([499]))[0].nonzero().flatten().tolist() == list(range(462, 512))


@pytest.mark.parametrize(
    ("t", "weight", "shift"),
    [
        (0, 2.512e-4, 0),
        (99, 0.12787, None),
        (249, 0.48053, -0.68426),
        (499, 0.72035, -0.95425),
        (749, 0.56390, None),
        (999, 0.36356, -0.98993),
    ],
)
def test_weight_and_shift(t, weight, shift):
    assert SCHEDULE.loss_weight[t].item() == pytest.approx(weight, rel=1e-4)
    if shift is not None:
        assert SCHEDULE.shift_training[t].item() == pytest.approx(shift, abs=5e-6)


@pytest.mark.parametrize(
    ("distance", "errors"),
    [
        (1, [0.0700, 0.2999, 0.4420, 0.4884, 0.4987]),
        (5, [0.0000, 0.0044, 0.2327, 0.4424, 0.4937]),
        (20, [0, 0, 0.0017, 0.2810, 0.4747]),
    ],
)
def test_noise_confuses_two_images_as_it_grows(distance, errors):
    """How often the best denoiser of a data set of two takes one image for the other: formula, and drawn."""
    for t, expected in zip((99, 249, 499, 749, 999), errors, strict=True):
        abar = SCHEDULE.alphas_cumprod[t].item()
        formula = math.erfc(math.sqrt(abar) * distance / (2 * math.sqrt(2) * math.sqrt(1 - abar))) / 2
        assert formula == pytest.approx(expected, abs=6e-5)
        first, second = torch.zeros(20_000, 1, 1, 1), torch.full((20_000, 1, 1, 1), float(distance))
        noisy = SCHEDULE.add_noise(first, torch.randn(first.shape, generator=seeded()), torch.full((20_000,), t))
        mistaken = (noisy - math.sqrt(abar) * first).abs() > (noisy - math.sqrt(abar) * second).abs()
        assert mistaken.float().mean().item() == pytest.approx(expected, abs=0.012)


def test_noised_views_end_at_a_spread_of_one_and_a_quarter():
    abar = SCHEDULE.alphas_cumprod[300].item()
    assert math.sqrt((1 - abar) / abar) == pytest.approx(1.24, abs=0.005)
