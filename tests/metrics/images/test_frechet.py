"""The Fréchet distance where a formula or another program gives it."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchmetrics.image.fid import FrechetInceptionDistance

from diffrep.metrics.images.frechet import frechet_distance

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def whitened(n, d):
    """Rows of mean 0 and covariance exactly I."""
    x = RNG.normal(size=(n, d))
    q, _ = np.linalg.qr(x - x.mean(0))
    return q * np.sqrt(n - 1)


def test_closed_form_for_commuting_covariances():
    scale_a, scale_b, shift = np.array([1.0, 2.0, 0.5]), np.array([3.0, 1.0, 0.5]), np.array([0.0, 1.0, 2.0])
    expected = np.sum(shift**2) + np.sum((scale_a - scale_b) ** 2)
    found = frechet_distance(whitened(200, 3) * scale_a, whitened(200, 3) * scale_b + shift)
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("n", "tolerance"), [(200, 1e-6), (20, 1e-3)], ids=["regular", "singular covariances"])
def test_agrees_with_torchmetrics(n, tolerance):
    a, b = RNG.normal(size=(2, n, 30)) * np.linspace(0.5, 2, 30)
    b = b @ RNG.normal(size=(30, 30)) / 5 + 0.3
    other = FrechetInceptionDistance(feature=nn.Identity(), normalize=True, input_img_size=(30,))
    other.set_dtype(torch.float64)
    other.update(torch.from_numpy(a), real=True)
    other.update(torch.from_numpy(b), real=False)
    assert frechet_distance(a, b) == pytest.approx(float(other.compute()), rel=tolerance)


def test_nothing_between_a_set_and_itself():
    a = RNG.normal(size=(50, 80))
    assert frechet_distance(a, a[::-1]) == pytest.approx(0, abs=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 30), st.integers(1, 12))
def test_never_negative_and_symmetric(seed, n, d):
    a, b = np.random.default_rng(seed).normal(size=(2, n, d))
    assert frechet_distance(a, b) >= 0
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), abs=1e-9)


def test_unequal_n_is_refused():
    with pytest.raises(ValueError, match="equal n"):
        frechet_distance(np.zeros((4, 2)), np.zeros((5, 2)))
