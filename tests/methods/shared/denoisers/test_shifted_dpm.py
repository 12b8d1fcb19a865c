"""The mathematics of a shifted DPM: its losses at known numbers, and what the gradient shifts."""

import pytest
import torch

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings, Features
from diffrep.methods.shared.denoisers.shifted_dpm import (
    Seen,
    ShiftedDPM,
    ShiftedDPMSettings,
    epsilon_loss,
    shifted_noise,
    x0_loss,
)
from diffrep.methods.shared.process.schedule import Schedule

SCHEDULE = Schedule()
SHAPE = (1, 4, 4)


def toy_draw(value, eps, prediction, timesteps):
    """A draw of constant one-pixel images."""
    shape = (len(timesteps), 1, 1, 1)
    x, e, frozen = (torch.full(shape, v, dtype=torch.float64) for v in (value, eps, prediction))
    return Seen(x, e, torch.tensor(timesteps), Features(frozen, (), e))


@pytest.mark.parametrize(("t", "expected"), [(0, 2.511861e-4), (100, 0.0919356), (500, 0.1967440), (900, 0.1119333)])
def test_toy_loss_of_one_time(t, expected):
    draw = toy_draw(0.5, 1.0, 0.0, [t])
    assert epsilon_loss(SCHEDULE, draw, torch.full_like(draw.noise, -0.5)).item() == pytest.approx(expected, rel=5e-7)


def test_toy_loss_of_a_batch():
    draw = toy_draw(0.5, 1.0, 0.0, [0, 100, 500, 900])
    assert epsilon_loss(SCHEDULE, draw, torch.full_like(draw.noise, -0.5)).item() == pytest.approx(0.1002160, abs=5e-8)


def test_expected_loss_while_everything_is_zero():
    draw = toy_draw(0.5, 1.0, 0.0, list(range(1000)))
    loss = epsilon_loss(SCHEDULE, draw, torch.zeros_like(draw.noise))
    assert loss.item() == pytest.approx(0.49267421, rel=2e-8)


def test_lambda_of_an_image_error_is_lambda_of_the_noise_error_it_implies():
    draw = toy_draw(0.5, 1.0, 0.3, [1, 100, 500, 900])
    gradient = torch.full_like(draw.noise, 0.1)
    noisy = SCHEDULE.add_noise(draw.images, draw.noise, draw.timesteps)
    abar = SCHEDULE.alphas_cumprod[draw.timesteps].view(-1, 1, 1, 1)
    implied = (noisy - abar.sqrt() * (draw.features.prediction + gradient)) / (1 - abar).sqrt()
    same = draw._replace(features=draw.features._replace(prediction=implied))
    expected = epsilon_loss(SCHEDULE, same, torch.zeros_like(gradient))
    torch.testing.assert_close(x0_loss(SCHEDULE, draw, gradient, "lambda"), expected)


def test_x0_weight_of_an_image_error():
    draw = toy_draw(0.5, 1.0, 0.3, [0])
    assert x0_loss(SCHEDULE, draw, torch.full_like(draw.noise, 0.1), "x0").item() == pytest.approx(5 * 0.1**2)


def test_the_gradient_is_subtracted_from_the_noise():
    still, t = torch.zeros(1, 1, 1, 1, dtype=torch.float64), torch.tensor([500])
    shifted = shifted_noise(SCHEDULE, still, torch.full_like(still, 0.1), t)
    assert shifted.item() == pytest.approx(-0.1 * (1 - SCHEDULE.alphas_cumprod[500].item()) ** 0.5)
    assert SCHEDULE.x0_from_noise(still, shifted, t).item() > 0


@pytest.fixture(params=["epsilon", "sample"])
def decoder(request):
    settings = ShiftedDPMSettings(0.0, "none", False, "uniform", "lambda")
    torch.manual_seed(0)
    model = ShiftedDPM(BaseDPM(SHAPE, network=DPMSettings((8,), 1, (), 4, 0.0, 1, request.param)), 4, settings)
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def test_prediction_is_shifted_by_the_gradient(decoder):
    states, times, codes = torch.randn(3, *SHAPE), torch.tensor([0, 500, 999]), torch.randn(3, 4)
    features = decoder.frozen(states, times)
    gradient = decoder.gradient(features, times, codes)
    factor = 1.0
    if decoder.base.parametrisation.prediction_type == "epsilon":
        factor = -(1 - SCHEDULE.alphas_cumprod[times]).sqrt().float().view(-1, 1, 1, 1)
    torch.testing.assert_close(decoder.predict(states, times, codes), features.prediction + factor * gradient)


def test_without_codes_the_base_alone_predicts(decoder):
    states, times = torch.randn(3, *SHAPE), torch.tensor([0, 500, 999])
    assert torch.equal(decoder.predict(states, times, None), decoder.base.features(states, times).prediction)


def test_the_loss_is_that_of_its_images_noise_and_times(decoder):
    images, codes = torch.rand(3, *SHAPE) * 2 - 1, torch.randn(3, 4)
    times, noise = torch.tensor([0, 400, 999]), torch.randn(images.shape)
    seen = decoder.see(images, times, noise)
    assert (seen.images is images, seen.noise is noise, seen.timesteps is times) == (True, True, True)
    expected = decoder.base.features(SCHEDULE.add_noise(images, noise, times), times).prediction
    assert torch.equal(seen.features.prediction, expected)
    gradient = decoder.gradient(seen.features, times, codes)
    is_noise = decoder.base.parametrisation.prediction_type == "epsilon"
    expected = epsilon_loss(SCHEDULE, seen, gradient) if is_noise else x0_loss(SCHEDULE, seen, gradient, "lambda")
    assert torch.equal(decoder.loss(seen, codes), expected)
