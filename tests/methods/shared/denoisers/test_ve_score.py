"""DRL's published process and decoder: its noise, its loss at the start, what it does with a perfect network."""

import math

import pytest
import torch

from diffrep.methods.shared.denoisers.ve_score import VEScore, VEScoreSettings
from diffrep.methods.shared.networks.ncsnpp import NCSNppSettings
from diffrep.methods.shared.process.noise_axis import noise_to_signal
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.methods.shared.process.ve import draw_times, log_sigma

NETWORK = {"channels": [16, 32], "layers": 1, "attention": None, "dropout": 0.0}
HALVES = (0.5, 0.5, 0.5)  # as mean and as spread: images in [-1, 1] stay as they are


def build(shape=(3, 8, 8), mean=HALVES, std=HALVES, **network):
    torch.manual_seed(0)
    settings = VEScoreSettings("ncsnpp", "log_sigma", mean, std, NCSNppSettings(**NETWORK | network))
    return VEScore(shape, 4, settings)


def perfect(model, spread):
    """`model` with the best network for Gaussian data of this spread, deaf to the code."""

    def h(noisy, log_sigma, codes):
        sigma = log_sigma.exp().to(noisy.dtype).view(-1, 1, 1, 1)
        return -sigma * noisy / (spread**2 + sigma**2)

    model.network.forward = h
    return model


def gaussian(count, seed=0, shape=(3, 8, 8)):
    return torch.randn(count, *shape, generator=torch.Generator().manual_seed(seed))


def test_noised_adds_noise_to_standardised_images():
    model, images = build(mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.25]), gaussian(4).clamp(-1, 1)
    noised = model.noised(images, gaussian(4, 1), torch.full((4,), 0.5))
    expected = ((images + 1) / 2 - model.mean) / model.std + 0.70711 * gaussian(4, 1)
    torch.testing.assert_close(noised, expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(model.outer(model.inner(images)), images)


def test_times_have_the_noise_of_the_suites_schedule():
    timesteps = torch.tensor([0, 100, 500, 800])
    expected = noise_to_signal(Schedule().alphas_cumprod)[timesteps].float()
    torch.testing.assert_close(log_sigma(build().times(timesteps)).exp(), expected, rtol=1e-4, atol=0)


def test_wider_images_get_more_noise():
    narrow, wide = build(), build(std=[0.25, 0.25, 0.25])
    ratio = (log_sigma(wide.times(torch.tensor(500))) - log_sigma(narrow.times(torch.tensor(500)))).exp()
    assert ratio.item() == pytest.approx(2, rel=1e-4)


def test_fresh_loss_is_half_of_the_pixels():
    model = build(
        (3, 32, 32), channels=[16, 32, 32, 32], layers=2, attention=16, mean=[0.5, 0.5, 0.5], std=[0.25, 0.25, 0.25]
    ).eval()
    seen = []
    model.network.register_forward_hook(lambda network, inputs, h: seen.append(h.abs().max().item()))
    images = gaussian(8, 0, (3, 32, 32)).clamp(-1, 1)
    times = draw_times("log_sigma", 8, torch.Generator().manual_seed(0))
    with torch.no_grad():
        loss = 3 * 32 * 32 / 2 * model.loss(images, gaussian(8, 1, (3, 32, 32)), times, torch.randn(8, 4))
    assert loss.item() == pytest.approx(1536, abs=4 * math.sqrt(1536 / 8))
    assert 0 < seen[0] < 1e-4


def unmixed(count, *shape):
    """Images and noise with the moments of normal numbers and no chance: variance 1 and no correlation, exactly."""
    phase = 2 * math.pi * torch.arange(count).view(-1, 1, 1, 1) / count
    return (2**0.5 * phase.sin()).expand(-1, *shape), (2**0.5 * phase.cos()).expand(-1, *shape)


@pytest.mark.parametrize(("t", "least"), [(0.1, 0.99945), (0.5, 0.66667), (0.9, 0.002192), (1.0, 0.0004)])
def test_least_error_of_gaussian_data(t, least):
    model, (images, noise) = perfect(build(), 1.0), unmixed(8, 3, 8, 8)
    error = model.loss(images, noise, torch.full((8,), t), torch.zeros(8, 4)).item()
    assert error == pytest.approx(least, rel=5e-4)


@pytest.mark.parametrize("known", [0, 1, 3, 4])
@pytest.mark.parametrize("t", [0.1, 0.5, 0.9])
def test_a_code_of_some_coordinates_takes_their_share_of_the_error(t, known):
    model, (images, noise) = perfect(build((1, 2, 2), mean=[0.5], std=[0.5]), 1.0), unmixed(8, 1, 2, 2)
    deaf = model.network.forward

    def h(noisy, log_sigma, codes):
        told = (codes - noisy.flatten(1)) / log_sigma.exp().view(-1, 1)
        return torch.cat([told[:, :known], deaf(noisy, log_sigma, codes).flatten(1)[:, known:]], 1).view(noisy.shape)

    model.network.forward = h
    error = model.loss(images, noise, torch.full((8,), t), images.flatten(1)).item()
    least = 1 / (1 + math.exp(2 * log_sigma(torch.tensor(t)).item()))
    assert error == pytest.approx((1 - known / 4) * least, rel=1e-4, abs=1e-8)


def test_inversion_of_gaussian_images_stretches_them():
    model, images = perfect(build(), 0.2), 0.2 * gaussian(4)
    start = model.invert(images, torch.zeros(4, 4), steps=1000)
    stretched = images * math.sqrt((0.2**2 + 50**2) / (0.2**2 + 0.01**2)) / 50
    torch.testing.assert_close(start, stretched, rtol=0.02, atol=1e-3)


def test_decoding_undoes_inversion():
    model, images = perfect(build(), 0.2), 0.2 * gaussian(4)
    codes = torch.zeros(4, 4)
    decoded = model.decode(codes, model.invert(images, codes, steps=500), steps=500)
    torch.testing.assert_close(decoded, images, atol=0.01, rtol=0)


def test_denoised_gaussian_images_are_shrunk():
    model, noisy = perfect(build(), 1.0), gaussian(4)
    torch.testing.assert_close(
        model.denoise(noisy, torch.full((4,), 0.5), torch.zeros(4, 4)), noisy / 1.5, atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mean": [0.5]}, "decoder.mean and decoder.std hold one number for each of 3 channels"),
        ({"shape": (3, 9, 9)}, "images of 9x9: the decoder 'ncsnpp' takes squares of a multiple of 2"),
        ({"channels": [16, 30]}, r"decoder.network.channels=\[16, 30\]: every width must be a multiple of 4"),
        ({"attention": 16}, r"decoder.network.attention=16: the network's maps have sides \[8, 4\]"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)
