"""Gaussian codes: their distance from N(0, 1) against torch's, and what a sample of one is."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from diffrep.methods.shared.gaussian import kl, sample


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_kl_of_the_prior_is_nothing():
    assert torch.equal(kl(torch.zeros(3, 6), torch.zeros(3, 6)), torch.zeros(3))


def test_kl_is_torchs():
    mean, log_variance = torch.randn(3, 6, generator=seeded()), torch.randn(3, 6, generator=seeded(1))
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(kl(mean, log_variance), expected)


@pytest.mark.parametrize(
    ("mean", "log_variance", "expected"), [(1.0, 0.0, 64.0), (0.0, -2.0, 72.6615), (0.0, 0.0, 0.0)]
)
def test_kl(mean, log_variance, expected):
    found = kl(torch.full((3, 128), mean), torch.full((3, 128), log_variance))
    assert found.tolist() == pytest.approx([expected] * 3, rel=1e-6)


def test_a_sample_is_the_mean_and_a_deviation_of_the_noise():
    mean, log_variance = torch.randn(3, 6, generator=seeded(1)), torch.randn(3, 6, generator=seeded(2))
    noise = torch.randn(3, 6, generator=seeded())
    torch.testing.assert_close(sample(mean, log_variance, noise), mean + log_variance.exp().sqrt() * noise)


def test_gradients_reach_mean_and_variance():
    mean, log_variance = torch.zeros(2, 3, requires_grad=True), torch.zeros(2, 3, requires_grad=True)
    sample(mean, log_variance, torch.ones(2, 3)).sum().backward()
    assert torch.equal(mean.grad, torch.ones(2, 3))
    assert log_variance.grad.all()
