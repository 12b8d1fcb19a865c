"""The forward process and PDAE's coefficients, against the numbers of the reference implementation."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diffrep.methods.shared.schedule import Schedule, draw_timesteps

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


def test_training_shift_is_exactly_zero_at_the_first_time():
    assert SCHEDULE.shift_training[0] == 0


def test_largest_weight():
    assert SCHEDULE.loss_weight.argmax() == 475
    assert SCHEDULE.loss_weight.max().item() == pytest.approx(0.72246665, rel=2e-8)


def test_mean_weight():
    assert SCHEDULE.loss_weight.mean().item() == pytest.approx(0.49267421, rel=2e-8)


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
def test_image_and_noise_come_back(t, value, noise):
    t, image, noise = (torch.tensor([v]).view(-1, 1, 1, 1) for v in (t, value, noise))
    image, noise, t = image.double(), noise.double(), t.flatten()
    noisy = SCHEDULE.add_noise(image, noise, t)
    assert SCHEDULE.x0_from_noise(noisy, noise, t).item() == pytest.approx(image.item(), abs=1e-9)
    assert SCHEDULE.noise_from_x0(noisy, image, t).item() == pytest.approx(noise.item(), abs=1e-9)


def test_no_table_is_saved():
    assert not SCHEDULE.state_dict()


@pytest.mark.parametrize("sampling", ["uniform", "late"])
def test_times_stay_in_range(sampling):
    t = draw_timesteps(sampling, 20_000, torch.Generator().manual_seed(0), torch.device("cpu"))
    assert (t.min() >= 0, t.max() <= 999, t.dtype) == (True, True, torch.int64)


@pytest.mark.parametrize(("sampling", "mean"), [("uniform", 499.5), ("late", 2000 / 3 - 0.5)])
def test_mean_time(sampling, mean):
    t = draw_timesteps(sampling, 100_000, torch.Generator().manual_seed(0), torch.device("cpu"))
    assert t.double().mean().item() == pytest.approx(mean, abs=4)


def test_times_come_from_the_generator():
    first, second = (
        draw_timesteps("late", 50, torch.Generator().manual_seed(3), torch.device("cpu")) for _ in range(2)
    )
    assert torch.equal(first, second)
