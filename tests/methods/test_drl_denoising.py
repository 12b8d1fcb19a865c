"""DRL: what its denoiser learns from the code, and both directions of its sampler."""

import pytest
import torch
from drl_models import KINDS, build, stirred, with_network
from toy_images import SHAPE, images, noise, seeded

from diffrep.methods.shared.process.schedule import at
from diffrep.pipelines.trained.given import drawn_loss


@pytest.mark.parametrize("kind", KINDS)
def test_decoding(kind):
    model = stirred(**KINDS[kind])
    codes = model.encode(images())["z"]
    first, again = (model.decode(codes, noise(), steps=3) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.allclose(first, model.decode(codes.roll(1, 0), noise(), steps=3))
    alone = model.decode(codes[:1], noise()[:1], steps=3)
    torch.testing.assert_close(alone, first[:1], atol=1e-3, rtol=1e-3)  # the first step divides by 0.006
    assert model.invert(images(), codes, steps=3).shape == images().shape


@pytest.mark.parametrize("kind", KINDS)
def test_denoise_is_what_the_loss_measures(kind):
    model, timesteps = stirred(**KINDS[kind]), torch.tensor([40, 300, 500, 700])
    times = model.decoder.times(timesteps)
    codes = model.means(images(), times)
    states = model.noised(images(), noise(), timesteps)
    signal = model.decoder.inner(images())
    if kind == "published":
        sigma, scale = (states - signal) / noise(), torch.ones(4, 1, 1, 1)
    else:
        scale = at(model.decoder.schedule.alphas_cumprod, timesteps, states).sqrt()
        sigma = (1 - scale**2).sqrt()
    denoised = model.decoder.inner(model.denoise(states, timesteps, codes))
    seen = (states - scale * denoised) / sigma
    error = model.decoder.loss(images(), noise(), times, codes)
    torch.testing.assert_close(((seen - noise()) ** 2).mean(), error, rtol=1e-3, atol=1e-4)


def test_inversion_starts_from_the_image_itself_if_the_network_predicts_images():
    model, asked = stirred(decoder=with_network(prediction_type="sample")), []
    model.decoder.network.unet.conv_in.register_forward_pre_hook(lambda *call: asked.append(1))
    model.invert(images(), torch.ones(4, 8), steps=5)
    assert len(asked) == 4


def plain(count, seed):
    """Images of one colour each: a code of three numbers tells all."""
    colours = torch.rand(count, 3, 1, 1, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return colours.expand(count, *SHAPE)


@pytest.fixture(scope="module", params=["none", "joint"])
def trained(request):
    decoder = with_network(prediction_type="sample", patch=4) | {"timestep_sampling": "late"}
    model = build(encoder_time=request.param, decoder=decoder)
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    for step in range(60):
        optimiser.zero_grad()
        drawn_loss(model, (plain(32, step),), seeded(step))["loss"].backward()
        optimiser.step()
    return model.eval()


def error_of_the_noise(model, t, shuffled):
    """Mean squared error of the noise that the denoised images imply, at one time."""
    given, timesteps = plain(128, 1000), torch.full((128,), t)
    codes = model.means(given, timesteps).roll(int(shuffled), 0)
    added = noise(128)
    with torch.no_grad():
        denoised = model.denoise(model.noised(given, added, timesteps), timesteps, codes)
    snr = model.decoder.schedule.snr[t].item()
    return snr * ((denoised - given) ** 2).mean().item()


def test_another_images_code_hurts_until_nothing_but_noise_is_left(trained):
    harm = [error_of_the_noise(trained, t, True) - error_of_the_noise(trained, t, False) for t in (300, 600, 999)]
    own = error_of_the_noise(trained, 600, False)
    assert harm[0] > 0
    assert harm[1] > 2 * own
    assert abs(harm[2]) < 1e-3


def test_codes_decode_to_their_images(trained):
    given = plain(16, 2000)
    decoded = trained.decode(trained.encode(given)["z"], noise(16), steps=5)
    assert (decoded - given).pow(2).mean() < 0.25 * given.var()
