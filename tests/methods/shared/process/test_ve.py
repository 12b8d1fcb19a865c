"""The variance-exploding process of DRL's published runs: its noise, its times, and the least error that it leaves."""

import math

import pytest
import torch

from diffrep.methods.shared.process.ve import draw_times, log_sigma, time_at


def test_sigma():
    sigma = log_sigma(torch.tensor([0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])).exp()
    expected = torch.tensor([0.01, 0.70711, 1.6572, 3.8840, 9.1028, 21.334, 50.0])
    torch.testing.assert_close(sigma, expected, rtol=3e-5, atol=0)


def test_log_of_the_noise_range():
    assert (log_sigma(torch.tensor(1.0)) - log_sigma(torch.tensor(0.0))).item() == pytest.approx(8.517193, abs=1e-6)
    assert time_at(torch.tensor(1.0)).item() == pytest.approx(0.54069, abs=5e-6)


def test_drawn_times():
    """t uniform from 1e-5 on, or the t at which sigma, uniform from 0.01 to 50, is reached."""
    u = torch.rand(1000, generator=torch.Generator().manual_seed(0))
    log_uniform, uniform = (
        draw_times(sampling, 1000, torch.Generator().manual_seed(0)) for sampling in ("log_sigma", "sigma")
    )
    torch.testing.assert_close(log_uniform, 1e-5 + (1 - 1e-5) * u)
    torch.testing.assert_close(log_sigma(uniform).exp(), 0.01 + 49.99 * u, rtol=1e-5, atol=0)


def quantiles(sampling, count=100_000):
    """Times at the centres of equally likely cells: the draws, without their chance."""
    u = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return u if sampling == "log_sigma" else time_at(0.01 + 49.99 * u)


def test_quantiles_of_the_high_noise_setting():
    found = time_at(0.01 + 49.99 * torch.tensor([0.1, 0.25, 0.5, 0.75, 0.9], dtype=torch.float64))
    expected = torch.tensor([0.7299, 0.8373, 0.9186, 0.9662, 0.9876], dtype=torch.float64)
    torch.testing.assert_close(found, expected, atol=5e-5, rtol=0)
    assert (quantiles("sigma") < 0.5).double().mean().item() == pytest.approx(0.01394, abs=1e-5)


@pytest.mark.parametrize(("sampling", "mean"), [("log_sigma", 0.54067), ("sigma", 0.030822)])
def test_least_error_over_all_times(sampling, mean):
    errors = 1 / (1 + (2 * log_sigma(quantiles(sampling))).exp())
    assert errors.mean().item() == pytest.approx(mean, abs=5e-6)


def test_least_error_over_all_sigma_is_an_arc():
    errors = 1 / (1 + (2 * log_sigma(quantiles("sigma"))).exp())
    assert errors.mean().item() == pytest.approx((math.atan(50) - math.atan(0.01)) / 49.99, rel=1e-6)
