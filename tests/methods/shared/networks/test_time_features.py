"""Features of time: random frequencies of the noise's logarithm, smooth ones of tau, and how their layers start."""

import math

import pytest
import torch
from torch import nn

from diffrep.methods.shared.networks.time_features import FourierTime, SmoothTime, fan_average


def test_frequencies_of_time_spread_by_16():
    torch.manual_seed(0)
    frequencies = FourierTime(10_000).frequencies
    assert (frequencies.mean().item(), frequencies.std().item()) == pytest.approx((0, 16), abs=0.5)


def test_features_of_time_are_sines_then_cosines():
    time, log_sigma = FourierTime(8, 16), torch.tensor([-4.0, 0.3])
    angles = 2 * math.pi * log_sigma[:, None] * time.frequencies
    torch.testing.assert_close(time(log_sigma), time.embed(torch.cat([angles.sin(), angles.cos()], dim=1)))


def test_smooth_time_is_told_a_thousand_taus_cosines_first():
    torch.manual_seed(0)
    time, tau = SmoothTime(features=4, width=8), torch.tensor([0.0, 0.25, 1.0])
    rates = torch.tensor([1.0, 0.01])  # 10,000 to the power of -i / 2
    angles = 1000 * tau[:, None] * rates
    expected = time.embed(torch.cat([angles.cos(), angles.sin()], dim=1))
    torch.testing.assert_close(time(tau), expected, atol=1e-4, rtol=1e-4)


def test_near_times_have_near_features_if_smooth_and_unrelated_ones_if_random():
    torch.manual_seed(0)
    near, sigma = torch.tensor([0.5, 0.5001]), torch.tensor([0.0, 0.05])
    smooth, random = SmoothTime()(near), FourierTime(width=64)(sigma)
    assert (smooth[0] - smooth[1]).norm() < 0.05 * smooth[0].norm()
    assert (random[0] - random[1]).norm() > 0.3 * random[0].norm()


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_fan_average_sets_the_variance_by_both_fans(scale):
    torch.manual_seed(0)
    layer = nn.Linear(300, 100)
    fan_average(layer, scale)
    assert layer.weight.var().item() == pytest.approx(scale / 200, rel=0.03)
    assert not layer.bias.any()
