"""Diff-AE: both directions of its samplers, its own against the reference scheduler and the formula."""

import math

import pytest
import torch
from diffae_models import ABARS, build, codes, small
from diffusers import DDIMScheduler
from torch.testing import assert_close
from toy_images import SHAPE, images, noise, stir


@pytest.fixture(scope="module", params=["pdae", "diffae"])
def model(request):
    return stir(build(sampler=request.param)).eval()


@pytest.fixture(scope="module")
def own():
    return stir(build(sampler="diffae")).eval().double()


def reference(model, steps, **told):
    """diffusers' DDIM, which clamps the image, on the model's own table, whose precision it lacks."""
    scheduler = DDIMScheduler(
        beta_start=1e-4,
        beta_end=2e-2,
        beta_schedule="linear",
        timestep_spacing="leading",
        steps_offset=0,
        set_alpha_to_one=True,
        clip_sample=True,
        clip_sample_range=1,
    )
    assert_close(scheduler.alphas_cumprod.double(), ABARS, rtol=1e-5, atol=0)
    scheduler.alphas_cumprod = ABARS
    scheduler.set_timesteps(steps)
    state = noise().double()
    for t in scheduler.timesteps:
        with torch.no_grad():
            seen = model.predict(state, t.expand(4), codes().double())
        state = scheduler.step(seen, t, state, eta=0.0, **told).prev_sample
    return state


@pytest.mark.parametrize("steps", [10, pytest.param(100, marks=pytest.mark.long)])
def test_own_decoding_is_the_reference_schedulers(own, steps):
    decoded = own.decode(codes().double(), noise().double(), steps=steps)
    assert_close(decoded, reference(own, steps, use_clipped_model_output=True), atol=1e-9, rtol=0)
    assert (decoded - reference(own, steps)).abs().max() > 0.5  # the noise must come from the clamped image


@pytest.mark.parametrize("steps", [10, pytest.param(100, marks=pytest.mark.long)])
def test_own_inversion_is_the_formula(own, steps):
    stride = 1000 // steps
    abar = [*ABARS[::stride].tolist(), 0.0]
    state = images().double()
    for i in range(steps):
        x0 = own.denoise(state, torch.full((4,), stride * i), codes().double()).detach().clamp(-1, 1)
        eps = (state - math.sqrt(abar[i]) * x0) / math.sqrt(1 - abar[i])
        state = math.sqrt(abar[i + 1]) * x0 + math.sqrt(1 - abar[i + 1]) * eps
    assert_close(own.invert(images().double(), codes().double(), steps=steps), state, atol=1e-9, rtol=0)


def test_denoise_undoes_noised_once_the_noise_is_known(model):
    t = torch.tensor([1, 100, 500, 900])
    model_noise = model.predict(noise(), t, codes())
    x0 = model.denoise(noise(), t, codes())
    assert_close(model.noised(x0, model_noise, t), noise(), atol=2e-5, rtol=1e-4)


def test_decoding_is_deterministic_and_follows_the_code(model):
    first, second, other = (model.decode(z, noise(), steps=5) for z in (codes(), codes(), -3 * codes()))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_an_image_does_not_depend_on_its_batch(model):
    together = model.decode(codes(), noise(), steps=5)
    assert_close(model.decode(codes()[:1], noise()[:1], steps=5), together[:1], atol=1e-4, rtol=1e-4)


def test_invert_leads_to_noise_of_the_images_shape(model):
    start = model.invert(images(), codes(), steps=5)
    assert (start.shape, start.isfinite().all().item(), start.requires_grad) == ((4, *SHAPE), True, False)


def test_a_network_that_predicts_images_says_them():
    model, t = stir(small()), torch.tensor([1, 100, 500, 900])
    assert torch.equal(model.denoise(noise(), t, codes()), model.predict(noise(), t, codes()))
    assert model.invert(images(), codes(), steps=5).std() < 5


def test_a_number_of_steps_without_even_stride():
    with pytest.raises(ValueError, match="steps=60: "):
        build(sampler="diffae").decode(codes(), noise(), steps=60)
