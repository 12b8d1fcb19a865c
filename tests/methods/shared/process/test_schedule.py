"""The forward processes and PDAE's coefficients, against the numbers of the reference implementation."""

import math

import pytest
import torch
from diffusers import DDPMScheduler
from hypothesis import given
from hypothesis import strategies as st

from diffrep.methods.shared.process.schedule import Schedule, draw_timesteps, noise_shares

SCHEDULE = Schedule()

KNOWN = [  # t, abar, SNR, lambda, s_t, DDIM coefficient
    (0, 0.9999, 9999, 2.5118613e-4, 0, -0.01),
    (1, 0.99978009, 4546.3577, 5.1051352e-4, -6.7430055e-3, -0.014829293),
    (10, 0.99780657, 454.90748, 4.0449727e-3, -0.040451596, -0.046834042),
    (50, 0.96995149, 32.279524, 0.04253198, -0.16711403, -0.17334505),
    (100, 0.89514159, 8.5366696, 0.12993678, -0.31769057, -0.32381848),
    (300, 0.39401112, 0.6501953, 0.58045564, -0.77299962, -0.77845287),
    (500, 0.077796658, 0.084359549, 0.72017844, -0.95465251, -0.96031419),
    (700, 6.8682789e-3, 6.9157784e-3, 0.60393606, -0.98943991, -0.99655994),
    (900, 2.7024452e-4, 2.7031757e-4, 0.43961251, -0.99080621, -0.99986487),
    (999, 4.0358298e-5, 4.0359927e-5, 0.36356118, -0.9899287, -0.99997982),
]


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: f"t={row[0]}")
def test_tables(row):
    t, *values = row
    tables = ("alphas_cumprod", "snr", "loss_weight", "shift_training", "shift_ddim")
    assert [getattr(SCHEDULE, name)[t].item() for name in tables] == pytest.approx(values, rel=2e-7, abs=1e-15)


def test_tables_are_double_precision():
    assert SCHEDULE.alphas_cumprod.dtype == torch.float64


def test_single_precision_would_stray():
    """By up to 1.5e-4 of the weight and 1.8e-6 in the shift, as DiTi's own tables do."""
    alphas = 1 - torch.linspace(1e-4, 2e-2, 1000)
    abar = alphas.cumprod(0)
    weight = (abar / (1 - abar)) ** 0.1 * (1 - abar)
    shift = -alphas.sqrt() * (1 - torch.cat([torch.ones(1), abar[:-1]])) / (1 - abar).sqrt()
    assert (weight / SCHEDULE.loss_weight - 1).abs().max().item() == pytest.approx(1.5e-4, rel=0.1)
    assert (abar - SCHEDULE.alphas_cumprod).abs().max() < 4e-7
    assert (shift - SCHEDULE.shift_training).abs().max().item() == pytest.approx(1.8e-6, rel=0.1)


def test_cosine_betas_are_squaredcos_cap_v2_in_double_precision():
    def signal(t):
        return math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2

    expected = [min(1 - signal((i + 1) / 1000) / signal(i / 1000), 0.999) for i in range(1000)]
    torch.testing.assert_close(noise_shares("cosine"), torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-14)


def test_training_shift_is_exactly_zero_at_the_first_time():
    assert SCHEDULE.shift_training[0] == 0


def test_largest_weight():
    assert SCHEDULE.loss_weight.argmax() == 475
    assert SCHEDULE.loss_weight.max().item() == pytest.approx(0.72246665, rel=2e-8)


def test_mean_weight():
    assert SCHEDULE.loss_weight.mean().item() == pytest.approx(0.49267421, rel=2e-8)


def test_weighted_error_of_pixels_that_know_nothing_of_each_other():
    """Of variance 1/4, told from their own noisy value alone: above what images leave to a denoiser."""
    signal = SCHEDULE.alphas_cumprod / 4
    error = signal / (signal + 1 - SCHEDULE.alphas_cumprod)
    assert (SCHEDULE.loss_weight * error).mean().item() == pytest.approx(0.0351, abs=5e-5)


def test_noise_prevails_from_259():
    assert (SCHEDULE.snr < 1).nonzero()[0].item() == 259


@pytest.mark.parametrize(("t", "ratio"), [(0, 0), (1, 0.455), (10, 0.864), (100, 0.981), (500, 0.994)])
def test_training_and_ddim_shifts_differ(t, ratio):
    assert (SCHEDULE.shift_training[t] / SCHEDULE.shift_ddim[t]).item() == pytest.approx(ratio, abs=5e-4)


def test_x0_weight_is_capped():
    assert SCHEDULE.x0_weight[[0, 999]].tolist() == pytest.approx([5, 1 / (1 - 4.0358298e-5)])


def test_add_noise():
    t = torch.tensor([0, 100, 500, 900])
    images = torch.full((4, 1, 1, 1), 0.5)
    noisy = SCHEDULE.add_noise(images, torch.ones_like(images), t)
    assert noisy.flatten().tolist() == pytest.approx([0.509975, 0.796878, 1.099774, 1.008084], abs=1e-6)


@given(st.integers(0, 999), st.floats(-1, 1), st.floats(-4, 4))
def test_image_comes_back(t, value, noise):
    t, image, noise = (torch.tensor([v]).view(-1, 1, 1, 1) for v in (t, value, noise))
    image, noise, t = image.double(), noise.double(), t.flatten()
    noisy = SCHEDULE.add_noise(image, noise, t)
    assert SCHEDULE.x0_from_noise(noisy, noise, t).item() == pytest.approx(image.item(), abs=1e-9)


def test_no_table_is_saved():
    assert not SCHEDULE.state_dict()


@pytest.mark.parametrize("sampling", ["uniform", "late"])
def test_times_stay_in_range(sampling):
    t = draw_timesteps(sampling, 20_000, torch.Generator().manual_seed(0))
    assert (t.min() >= 0, t.max() <= 999, t.dtype) == (True, True, torch.int64)


@pytest.mark.parametrize(("sampling", "mean"), [("uniform", 499.5), ("late", 2000 / 3 - 0.5)])
def test_mean_time(sampling, mean):
    t = draw_timesteps(sampling, 100_000, torch.Generator().manual_seed(0))
    assert t.double().mean().item() == pytest.approx(mean, abs=4)


def test_times_come_from_the_generator():
    first, second = (draw_timesteps("late", 50, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("betas", "shares", "signal"),
    [
        (
            "scaled_linear",
            {0: 0.0015, 500: 0.00666792, 999: 0.0155},
            {0: 0.9985, 1: 0.996996, 100: 0.828818, 500: 0.150070, 996: 7.00702e-4, 999: 6.68665e-4},
        ),
        ("cosine", {0: 4.12842e-5, 500: 0.00315569, 999: 0.999}, {100: 0.971576, 500: 0.492285}),
    ],
)
def test_other_betas(betas, shares, signal):
    given, abar = noise_shares(betas), Schedule(betas).alphas_cumprod
    assert {t: given[t].item() for t in shares} == pytest.approx(shares, rel=2e-6)
    assert {t: abar[t].item() for t in signal} == pytest.approx(signal, rel=1e-6)


def test_nothing_is_left_of_the_image_at_the_end_of_the_cosine():
    assert Schedule("cosine").alphas_cumprod[999].item() == pytest.approx(2.4e-9, rel=0.02)


@pytest.mark.parametrize(
    ("betas", "name", "ends", "tolerance"),
    [
        ("scaled_linear", "scaled_linear", {"beta_start": 0.0015, "beta_end": 0.0155}, 1e-8),
        ("cosine", "squaredcos_cap_v2", {}, 3e-8),
    ],
)
def test_betas_are_those_of_diffusers(betas, name, ends, tolerance):
    theirs = DDPMScheduler(num_train_timesteps=1000, beta_schedule=name, **ends).betas
    assert (theirs.double() - noise_shares(betas)).abs().max() < tolerance
