"""Principal components: directions and order known beforehand."""

import pytest
import torch

from diffrep.methods.shared.principal import principal_components


def samples(spreads, count=400):
    """Points on the axes of a turned system: [count, d], mean (1, 1, ...), with exactly these standard deviations."""
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(count, len(spreads), generator=generator, dtype=torch.float64)
    exact = torch.linalg.qr(raw - raw.mean(0))[0] * count**0.5 * torch.tensor(spreads, dtype=torch.float64)
    turn = torch.linalg.qr(torch.randn(len(spreads), len(spreads), generator=generator, dtype=torch.float64))[0]
    return exact @ turn.T + 1, turn.T


def test_components_are_the_axes_most_variance_first():
    points, axes = samples([1.0, 3.0, 2.0])
    mean, components = principal_components(points, 3)
    torch.testing.assert_close(mean, torch.ones(3, dtype=torch.float64))
    torch.testing.assert_close((components @ axes.T).abs().round(decimals=6), torch.eye(3).double()[[1, 2, 0]])


def test_the_largest_entry_of_each_is_positive():
    _, components = principal_components(samples([1.0, 3.0, 2.0])[0], 2)
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))
    assert components.shape == (2, 3)
    assert (largest > 0).all()


def test_single_precision_goes_through_double():
    points, _ = samples([1.0, 3.0, 2.0])
    single = principal_components(points.float(), 3)[1]
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), principal_components(points, 3)[1], atol=1e-6, rtol=0)


def test_as_many_samples_as_components_are_too_few():
    with pytest.raises(ValueError, match="3 images are too few for 3 components"):
        principal_components(torch.eye(3), 3)
