"""Diff-AE: the published network part by part, its loss, what learns and when, and both directions of its sampler."""

import math

import pytest
import torch
from diffusers import DDIMScheduler
from torch.testing import assert_close

from diffrep.methods.diffae import DiffAE

SHAPE = (3, 16, 16)
NETWORK = {
    "channels": [32, 32],
    "layers": 1,
    "attention_levels": [],
    "norm_groups": 16,
    "dropout": 0.0,
    "patch": 1,
    "prediction_type": "epsilon",
}
SETTINGS = {
    "code_dim": 8,
    "encoder": "conv",
    "encoder_channels": [32, 32],
    "encoder_attention": None,
    "code_scale": 1.0,
    "network": NETWORK,
    "timestep_sampling": "uniform",
    "sampler": "pdae",
}
ABAR = [(0, 0.9999), (50, 0.969951), (100, 0.895142), (499, 0.0785872), (500, 0.0777967), (900, 2.70245e-4)]
ABAR += [(950, 1.06042e-4), (990, 4.83705e-5), (999, 4.03583e-5)]


def stir(module, scale=0.05):
    torch.manual_seed(1)
    for parameter in module.parameters():
        parameter.data += scale * torch.randn_like(parameter)
    return module


def build(network=(), **changes):
    torch.manual_seed(0)
    return DiffAE(SHAPE, **SETTINGS | changes | {"network": NETWORK | dict(network)})


def small(**changes):
    """The settings of the small default that differ from the published ones."""
    network = {"patch": 2, "prediction_type": "sample"}
    return build(network, timestep_sampling="late", code_scale=4.0, **changes)


def images(count=4, seed=2):
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def noise(count=4, seed=3):
    return torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(seed))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def codes(count=4):
    return torch.linspace(-1, 1, 8 * count).view(count, 8)


def learning(model, prefix):
    return any(p.grad is not None and p.grad.any() for name, p in model.named_parameters() if name.startswith(prefix))


@pytest.mark.parametrize(("t", "abar"), ABAR)
def test_signal_shares(t, abar):
    assert build().schedule.alphas_cumprod[t].item() == pytest.approx(abar, rel=2e-6)


@pytest.mark.parametrize("encoder", ["conv", "half_unet"])
def test_fresh_model_predicts_zero(encoder):
    model = build(encoder=encoder)
    assert not model.predict(noise(), torch.tensor([0, 5, 500, 999]), codes()).any()


def test_first_loss_is_the_noise():
    assert build().loss(images(64), seeded()).item() == pytest.approx(1, abs=0.02)


def test_loss_is_the_error_of_the_noise_given_the_code():
    model = stir(build()).eval()
    generator = seeded()
    t = torch.randint(1000, (4,), generator=generator)
    eps = torch.randn(4, *SHAPE, generator=generator)
    abar = (1 - torch.linspace(1e-4, 2e-2, 1000, dtype=torch.float64)).cumprod(0)[t].float().view(4, 1, 1, 1)
    seen = model.predict(abar.sqrt() * images() + (1 - abar).sqrt() * eps, t, model.encode(images())["z"])
    assert_close(model.loss(images(), seeded()), ((eps - seen) ** 2).mean())


def test_code_learns_from_the_third_backward_on():
    """The head starts at zero, then the residual branches, through which alone the code acts."""
    model, learns = build(), []
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(3):
        optimiser.zero_grad()
        model.loss(images(), seeded(step)).backward()
        learns.append(learning(model, "encoder"))
        optimiser.step()
    assert learns == [False, False, True]


def test_at_first_only_the_head_learns():
    model = build()
    model.loss(images(), seeded()).backward()
    learns = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert learns == {"denoiser.unet.conv_out.weight", "denoiser.unet.conv_out.bias"}


def test_loss_comes_from_the_generator():
    model = stir(build())
    assert torch.equal(model.loss(images(), seeded()), model.loss(images(), seeded()))


def test_late_times_are_drawn():
    model, seen = small(), []
    model.denoiser.embed = lambda timesteps, like: seen.append(timesteps) or torch.zeros(len(timesteps), 128)
    model.loss(images(64), seeded())
    assert seen[0].float().mean() > 600


def test_code_scale_scales_the_code():
    assert_close(build(code_scale=4.0).encode(images())["z"], 4 * build().encode(images())["z"])


@pytest.mark.parametrize("encoder", ["conv", "half_unet"])
@pytest.mark.parametrize("kind", [build, small])
def test_training_lowers_the_loss(kind, encoder):
    model = kind(encoder=encoder)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(10):
        losses.append(model.loss(images(), seeded()))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < 0.9 * losses[0]
    assert learning(model, "encoder")


def test_channels_last_trains():
    model = stir(small()).to(memory_format=torch.channels_last)
    model.loss(images().to(memory_format=torch.channels_last), seeded()).backward()
    assert learning(model, "encoder")


@pytest.fixture(scope="module", params=["pdae", "own"])
def model(request):
    return stir(build(sampler=request.param)).eval()


@pytest.fixture(scope="module")
def own():
    return stir(build(sampler="own")).eval()


@pytest.mark.parametrize("steps", [20, 100])
def test_own_decoding_is_the_reference_schedulers(own, steps):
    """diffusers' DDIM, told to clamp the image and to recompute the noise from it."""
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
    scheduler.set_timesteps(steps)
    state = noise()
    for t in scheduler.timesteps:
        with torch.no_grad():
            seen = own.predict(state, t.expand(4), codes())
        state = scheduler.step(seen, t, state, eta=0.0, use_clipped_model_output=True).prev_sample
    assert_close(own.decode(codes(), noise(), steps=steps), state, atol=2e-5, rtol=1e-5)


def test_own_inversion_is_the_formula(own):
    betas = torch.linspace(1e-4, 2e-2, 1000, dtype=torch.float64)
    abar = [*(1 - betas).cumprod(0)[::50].tolist(), 0.0]
    state = images()
    for i in range(20):
        x0 = own.denoise(state, torch.full((4,), 50 * i), codes()).detach().clamp(-1, 1)
        eps = (state - math.sqrt(abar[i]) * x0) / math.sqrt(1 - abar[i])
        state = math.sqrt(abar[i + 1]) * x0 + math.sqrt(1 - abar[i + 1]) * eps
    assert_close(own.invert(images(), codes(), steps=20), state, atol=2e-5, rtol=1e-5)


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


def test_needs_nothing_and_has_no_parts():
    assert (DiffAE.needs, DiffAE.parts, DiffAE.cannot) == ((), [], {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encoder": "unet"}, "encoder='unet': there are 'conv' and 'half_unet'"),
        ({"timestep_sampling": "early"}, "timestep_sampling='early': there are 'uniform' and 'late'"),
        ({"sampler": "ddim"}, "sampler='ddim': there are 'pdae' and 'own'"),
        ({"code_dim": 0}, "code_dim=0: a code has at least 1 dimension"),
        ({"encoder_channels": [20]}, "every width must be a multiple of 32"),
        ({"network": {"channels": [32] * 6}}, "images of 16x16 cannot be cut by patch=1 and halved 5 times"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


def test_a_number_of_steps_without_even_stride():
    with pytest.raises(ValueError, match="steps=60: "):
        build(sampler="own").decode(codes(), noise(), steps=60)
