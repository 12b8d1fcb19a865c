"""The bridge: its coefficients, by Gaussian conditioning and by the paper's formula, and what a network is told."""

import math

import official_dbae as official
import pytest
import torch

from diffrep.methods.shared.process.vp_bridge import (
    beta,
    bridge,
    draw_times,
    drawn_part,
    free_part,
    known_times,
    preconditioning,
)

TIMES = torch.tensor([1e-4, 1e-3, 0.05, 0.3, 0.7, 0.95, 0.9999], dtype=torch.float64)


def signal(t):
    return math.exp(-(t**2) / 2 - 0.05 * t)


@pytest.mark.parametrize("t", TIMES.tolist())
def test_it_is_the_process_given_both_its_ends(t):
    """x_t = s x_0 + sqrt(1 - s^2) eps and x_T of it: mean and variance of x_t once x_0 and x_T are known."""
    s, end = signal(t), signal(1.0)
    noise, noise_end, between = 1 - s**2, 1 - end**2, end / s
    expected = (
        between * noise / noise_end,
        s - between * noise / noise_end * end,
        noise - (between * noise) ** 2 / noise_end,
    )
    for found, value in zip(bridge(torch.tensor(t, dtype=torch.float64)), expected, strict=True):
        assert found.item() == pytest.approx(value, rel=1e-7)


def test_coefficients_are_the_published_formulas():
    for found, expected in zip(bridge(TIMES), official.share(TIMES), strict=True):
        torch.testing.assert_close(found, expected, atol=0, rtol=1e-8)


def test_both_ends():
    a, b, c = (scale.tolist() for scale in bridge(torch.tensor([1e-9, 1.0])))
    assert a == [pytest.approx(0, abs=1e-8), 1]
    assert (b, c) == ([pytest.approx(1), 0], [pytest.approx(0, abs=1e-8), 0])


def test_preconditioning_is_the_published_one():
    for found, expected in zip(preconditioning(TIMES, torch.zeros(())), official.scales(TIMES), strict=True):
        assert (found.shape, found.dtype) == ((7, 1, 1, 1), torch.float32)
        torch.testing.assert_close(found.flatten(), expected.float(), atol=0, rtol=1e-5)


def test_the_network_sees_and_says_numbers_of_variance_1():
    """For independent images and endpoints of variance 1/4: its input, and the target (x_0 - skip x_t) / out."""
    a, b, c = bridge(TIMES)
    inner, skip, out = (scale.flatten() for scale in preconditioning(TIMES, torch.zeros((), dtype=torch.float64)))
    torch.testing.assert_close(inner**2 * (a**2 / 4 + b**2 / 4 + c), torch.ones_like(a))
    left = (1 - skip * b) ** 2 / 4 + skip**2 * (a**2 / 4 + c)
    torch.testing.assert_close(left / out**2, torch.ones_like(a))


def test_states_lie_between_image_and_endpoint():
    images, ends, noise = torch.randn(3, 7, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    a, b, c = (scale.float().view(-1, 1, 1, 1) for scale in official.share(TIMES))
    torch.testing.assert_close(free_part(images, noise, TIMES), b * images + c.sqrt() * noise)
    torch.testing.assert_close(drawn_part(ends, TIMES), a * ends)


def test_half_precision_is_for_networks():
    images = torch.zeros(2, 1, 1, 1, dtype=torch.bfloat16)
    assert free_part(images, images, TIMES[:2]).dtype == drawn_part(images, TIMES[:2]).dtype == torch.float32
    assert preconditioning(TIMES, images).out.dtype == torch.float32


def test_training_times_are_uniform_from_the_earliest_on():
    drawn = draw_times(100_000, torch.Generator().manual_seed(0))
    uniform = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn, 1e-4 + 0.9999 * uniform)
    assert drawn.min() >= 1e-4


def test_the_suites_times_reach_from_the_earliest_to_almost_the_end():
    times = known_times(torch.tensor([0, 500, 999]))
    assert times.tolist() == [pytest.approx(1e-4), pytest.approx(0.50050, abs=1e-4), pytest.approx(0.9999)]


def test_rate_of_the_noise():
    assert (beta(0.0), beta(0.5), beta(1.0)) == (0.1, 1.1, 2.1)
