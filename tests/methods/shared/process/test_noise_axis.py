"""The axis of noise on the suite's schedule: where its times lie, how they are drawn, what a code can win there."""

import math

import pytest
import torch

from diffrep.methods.shared.denoisers.added_code import AddedCode, AddedCodeSettings
from diffrep.methods.shared.denoisers.base import DPMSettings
from diffrep.methods.shared.process.noise_axis import NoiseAxis, cell_widths
from diffrep.methods.shared.process.schedule import Schedule

SCHEDULE = Schedule()
ABAR = SCHEDULE.alphas_cumprod


def axis(sampling="uniform"):
    return NoiseAxis(ABAR, sampling)


@pytest.mark.parametrize(
    ("t", "abar", "sigma"),
    [
        (0, 0.9999, 0.0100005),
        (249, 0.524085, 0.952936),
        (499, 0.0785872, 3.42414),
        (749, 0.00335055, 17.2470),
        (999, 4.03583e-5, 157.407),
    ],
)
def test_noise_of_the_linear_schedule(t, abar, sigma):
    assert ABAR[t].item() == pytest.approx(abar, rel=2e-6)
    assert axis().sigma[t].item() == pytest.approx(sigma, rel=5e-6)


def test_tau():
    tau = axis().tau[[0, 1, 10, 100, 250, 500, 750, 999]]
    expected = torch.tensor([0, 0.0408, 0.1599, 0.3656, 0.4721, 0.6045, 0.7720, 1], dtype=torch.float64)
    torch.testing.assert_close(tau, expected, atol=5e-5, rtol=0)


def test_grid():
    assert axis().grid.tolist() == [0, 4, 17, 52, 138, 302, 492, 653, 785, 898, 999]


@pytest.mark.parametrize(
    ("sampling", "expected"), [("log_sigma", [4, 30, 302, 722, 898]), ("sigma", [441, 602, 705, 760, 783])]
)
def test_quantiles_of_the_drawn_times(sampling, expected):
    weights = axis(sampling).weights
    reached = (weights / weights.sum()).cumsum(0)
    assert [int((reached >= q).nonzero()[0]) for q in (0.1, 0.25, 0.5, 0.75, 0.9)] == expected


def test_the_papers_range_of_noise_ends_at_796():
    """Its largest noise is 50 for images of deviation 1, and so 25 for these."""
    assert axis().sigma[0].item() == pytest.approx(0.01, rel=1e-4)
    assert (axis().sigma <= 25).nonzero().max() == 796
    assert axis("sigma").weights.nonzero().max() == 796


def test_log_sigma_visits_the_first_times_most():
    weights = axis("log_sigma").weights
    torch.testing.assert_close(
        (weights / weights.sum())[:4], torch.tensor([0.0204, 0.0331, 0.0222, 0.0172]).double(), atol=5e-5, rtol=0
    )


def test_cells_end_halfway_and_at_the_cut():
    assert cell_widths(torch.tensor([0.0, 2.0, 6.0])).tolist() == [1, 3, 2]
    assert cell_widths(torch.tensor([0.0, 2.0, 6.0]), cut=3.0).tolist() == [1, 2, 0]


@pytest.mark.parametrize(("sampling", "median"), [("uniform", 500), ("late", 750), ("log_sigma", 302), ("sigma", 705)])
def test_median_of_draws(sampling, median):
    drawn = axis(sampling).draw(40_000, torch.Generator().manual_seed(0))
    assert drawn.dtype == torch.int64
    assert drawn.float().median().item() == pytest.approx(median, abs=12)


def least_error(spread):
    """The error of the noise, no code given, that no denoiser of Gaussian data gets below: [1000]."""
    return ABAR * spread**2 / (ABAR * spread**2 + 1 - ABAR)


@pytest.mark.parametrize(("spread", "mean"), [(1.0, 0.275513), (0.5, 0.173053)])
def test_least_error_of_gaussian_data(spread, mean):
    assert least_error(spread).mean().item() == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize("known", [0, 1, 3, 4])
@pytest.mark.parametrize("t", [10, 250, 600])
def test_a_code_of_some_coordinates_takes_their_share_of_the_error(t, known):
    """Images and noise have variance 1 and no correlation; the network reads the first coordinates from the code."""
    network = DPMSettings((8,), 1, (), 4, 0.0, 1, "epsilon")
    decoder = AddedCode((1, 2, 2), 4, AddedCodeSettings("unet", "uniform", network))
    phase = 2 * math.pi * torch.arange(8, dtype=torch.float64).view(-1, 1, 1, 1) / 8
    images, noise = (2**0.5 * wave.expand(-1, 1, 2, 2) for wave in (phase.sin(), phase.cos()))
    spread = (1 - ABAR[t]).sqrt()

    def predict(noisy, timesteps, codes):
        seen = noisy.flatten(1)
        told = (seen - ABAR[t].sqrt() * codes) / spread
        return torch.cat([told[:, :known], spread * seen[:, known:]], dim=1).view(noisy.shape)

    decoder.predict = predict
    error = decoder.loss(images, noise, torch.full((8,), t), images.flatten(1)).item()
    assert error == pytest.approx((1 - known / 4) * least_error(1.0)[t].item(), rel=1e-9, abs=1e-12)
