"""EncDiff's states and samplers, in pixels and in latents: what they start from, give back and refuse."""

from dataclasses import replace

import pytest
import torch
from encdiff_models import CODE, EPSILON, build, codes
from toy_images import SHAPE, images, noise

from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.methods.shared.process.schedule import Schedule


@pytest.fixture(scope="module", params=["pixels", "latents"])
def model(request):
    return build(latent=request.param == "latents", stirred=True).eval()


def test_noised_images_are_the_suites_states():
    t = torch.tensor([0, 100, 500, 999])
    assert torch.equal(build().noised(images(), noise(), t), Schedule().add_noise(images(), noise(), t))


def test_noised_latents_take_the_first_numbers_of_the_noise():
    model, t = build(latent=True), torch.tensor([0, 100, 500, 999])
    latents = noise().flatten(1)[:, : 3 * 8 * 8].view(4, 3, 8, 8)
    expected = model.schedule.add_noise(model.autoencoder.encode(images()), latents, t)
    torch.testing.assert_close(model.noised(images(), noise(), t), expected)


def test_denoise_gives_images_and_listens(model):
    t = torch.tensor([0, 100, 500, 999])
    states = model.noised(images(), noise(), t)
    one, other = (model.denoise(states, t, sign * codes()) for sign in (1, -1))
    assert one.shape == (4, *SHAPE)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("sampler", ["pdae", "ldm"])
def test_decoding(model, sampler):
    model.sampler = replace(SAMPLERS[sampler], clamps=False)
    once = model.decode(codes(), noise(), steps=5)
    assert (once.shape, once.requires_grad) == ((4, *SHAPE), False)
    assert torch.equal(model.decode(codes(), noise(), steps=5), once)
    assert not torch.allclose(model.decode(-codes(), noise(), steps=5), once)
    torch.testing.assert_close(model.decode(codes()[:1], noise()[:1], steps=5), once[:1], atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("sampler", ["pdae", "ldm"])
def test_inversion_leads_to_noise_of_the_images_shape(model, sampler):
    model.sampler = replace(SAMPLERS[sampler], clamps=False)
    start = model.invert(images(), codes(), steps=5)
    assert (start.shape, start.isfinite().all().item(), start.requires_grad) == ((4, *SHAPE), True, False)
    assert model.decode(codes(), start, steps=5).shape == (4, *SHAPE)


def test_ancestral_sampling_repeats_itself():
    model = build(network=EPSILON, stirred=True, **CODE | {"eta": 1.0}).eval()
    once = model.decode(codes(), noise(), steps=5)
    assert torch.equal(model.decode(codes(), noise(), steps=5), once)
    model.eta = 0.0
    assert not torch.allclose(model.decode(codes(), noise(), steps=5), once)


def test_ancestral_sampling_cannot_be_inverted():
    assert "invert" in build(sampler="ldm", eta=1.0).cannot
    assert build().cannot == {}


def test_latents_have_no_bounds_to_be_clamped_to():
    assert [build(latent=latent, sampler="pdae").sampler.clamps for latent in (False, True)] == [True, False]
