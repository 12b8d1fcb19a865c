"""Principal components: directions and order known beforehand."""

import pytest
import torch

from diffrep.methods.shared import principal
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
    mean, components = principal_components([points], 3)
    torch.testing.assert_close(mean, torch.ones(3, dtype=torch.float64))
    torch.testing.assert_close((components @ axes.T).abs().round(decimals=6), torch.eye(3).double()[[1, 2, 0]])


def test_the_largest_entry_of_each_is_positive():
    _, components = principal_components([samples([1.0, 3.0, 2.0])[0]], 2)
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))
    assert components.shape == (2, 3)
    assert (largest > 0).all()


def test_single_precision_goes_through_double():
    points, _ = samples([1.0, 3.0, 2.0])
    single = principal_components([points.float()], 3)[1]
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), principal_components([points], 3)[1], atol=1e-6, rtol=0)


def test_as_many_samples_as_components_are_too_few():
    with pytest.raises(ValueError, match="3 images are too few for 3 components"):
        principal_components([torch.eye(3)], 3)


def test_batches_change_nothing():
    points, _ = samples([1.0, 3.0, 2.0])
    whole, parts = (principal_components(batches, 2) for batches in ([points], points.split(7)))
    torch.testing.assert_close(parts, whole, rtol=0, atol=1e-12)


def test_a_mean_far_from_nothing_costs_no_digits():
    points, _ = samples([1.0, 3.0, 2.0])
    far = principal_components((points + 1e6).split(50), 2)[1]
    torch.testing.assert_close(far, principal_components([points], 2)[1], rtol=0, atol=1e-6)


def test_large_images_have_about_the_same_components_step_by_step(monkeypatch):
    points, _ = samples([9.0, 5.0, 0.1, 0.1, 0.1, 0.1])
    exact = principal_components([points], 2)
    monkeypatch.setattr(principal, "EXACT", 5)
    mean, components = principal_components(points.split(90), 2)  # the last of 40
    torch.testing.assert_close(mean, exact[0])
    torch.testing.assert_close(components, exact[1], rtol=0, atol=0.01)


def test_step_by_step_takes_batches_smaller_than_its_code(monkeypatch):
    points, _ = samples([9.0, 5.0, 3.0, 0.1, 0.1])
    monkeypatch.setattr(principal, "EXACT", 4)
    found = principal_components(points.split(2), 3)[1]
    torch.testing.assert_close(found @ found.T, torch.eye(3).double(), rtol=0, atol=1e-9)
    with pytest.raises(ValueError, match="3 images are too few for 3 components"):
        principal_components(points[:3].split(1), 3)
