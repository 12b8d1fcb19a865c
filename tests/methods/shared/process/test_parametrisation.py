"""The denoising loss and the image that a prediction implies, for both kinds of prediction."""

import pytest
import torch
from torch.testing import assert_close

from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.schedule import Schedule

SCHEDULE = Schedule()
NOISE, IMAGE = Parametrisation("epsilon", SCHEDULE), Parametrisation("sample", SCHEDULE)
TIMES = torch.tensor([0, 100, 500, 999])


def batch():
    images, noise = torch.randn(2, 4, 3, 2, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return images, noise, SCHEDULE.add_noise(images, noise, TIMES)


def test_error_of_the_noise_weighs_every_time_alike():
    images, noise, _ = batch()
    off = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64).view(-1, 1, 1, 1)
    loss = NOISE.loss(noise + off, images, noise, TIMES)
    assert loss.item() == pytest.approx((1 + 4 + 9 + 16) / 4)


@pytest.mark.parametrize(("t", "weight"), [(0, 5.0), (500, 1 / (1 - 0.0777967)), (999, 1 / (1 - 4.03583e-5))])
def test_weight_of_the_images_error(t, weight):
    images, noise, _ = batch()
    timesteps = torch.full((4,), t)
    loss = IMAGE.loss(images + 0.1, images, noise, timesteps)
    assert loss.item() == pytest.approx(0.01 * weight, rel=1e-7)


def test_the_true_noise_implies_the_image():
    images, noise, noisy = batch()
    assert_close(NOISE.image(noise, noisy, TIMES), images, atol=1e-9, rtol=0)


def test_a_predicted_image_is_the_image():
    images, _, noisy = batch()
    assert torch.equal(IMAGE.image(images, noisy, TIMES), images)
