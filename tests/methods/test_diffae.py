"""Diff-AE: its loss, what learns and when, and what it refuses."""

import pytest
import torch
from diffae_models import ABARS, build, codes, small
from few_steps import losses_of
from torch.testing import assert_close
from toy_images import SHAPE, images, noise, seeded, stir

from diffrep.methods.diffae import DiffAE
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss

ABAR = [(0, 0.9999), (50, 0.969951), (100, 0.895142), (499, 0.0785872), (500, 0.0777967), (900, 2.70245e-4)]
ABAR += [(950, 1.06042e-4), (990, 4.83705e-5), (999, 4.03583e-5)]


def learning(model, prefix):
    return any(p.grad is not None and p.grad.any() for name, p in model.named_parameters() if name.startswith(prefix))


@pytest.mark.parametrize(("t", "abar"), ABAR)
def test_signal_shares(t, abar):
    assert build().schedule.alphas_cumprod[t].item() == pytest.approx(abar, rel=2e-6)


@pytest.mark.parametrize("kind", ["conv", "half_unet"])
def test_fresh_model_predicts_zero(kind):
    model = build(encoder={"kind": kind})
    assert not model.predict(noise(), torch.tensor([0, 5, 500, 999]), codes()).any()


def test_first_loss_is_the_noise():
    assert drawn_loss(build(), (images(64),), seeded()).item() == pytest.approx(1, abs=0.02)


def test_loss_is_the_error_of_the_noise_given_the_code():
    model = stir(build()).eval()
    generator = seeded()
    t = torch.randint(1000, (4,), generator=generator)
    eps = torch.randn(4, *SHAPE, generator=generator)
    abar = ABARS[t].float().view(4, 1, 1, 1)
    seen = model.predict(abar.sqrt() * images() + (1 - abar).sqrt() * eps, t, model.encode(images())["z"])
    assert_close(drawn_loss(model, (images(),), seeded()), ((eps - seen) ** 2).mean())


def test_code_learns_from_the_third_backward_on():
    """The head starts at zero, then the residual branches, through which alone the code acts."""
    model, learns = build(), []
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(3):
        optimiser.zero_grad()
        drawn_loss(model, (images(),), seeded(step)).backward()
        learns.append(learning(model, "encoder"))
        optimiser.step()
    assert learns == [False, False, True]


def test_at_first_only_the_head_learns():
    model = build()
    drawn_loss(model, (images(),), seeded()).backward()
    learns = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert learns == {"denoiser.unet.conv_out.weight", "denoiser.unet.conv_out.bias"}


def test_loss_comes_from_the_generator():
    model = stir(build())
    assert torch.equal(drawn_loss(model, (images(),), seeded()), drawn_loss(model, (images(),), seeded()))


def test_late_times_are_drawn():
    model, seen = small(), []
    model.denoiser.embed = lambda timesteps, like: seen.append(timesteps) or torch.zeros(len(timesteps), 128)
    drawn_loss(model, (images(64),), seeded())
    assert seen[0].float().mean() > 600


def test_code_scale_scales_the_code():
    assert_close(build(code_scale=4.0).encode(images())["z"], 4 * build().encode(images())["z"])


@pytest.mark.parametrize("kind", ["conv", "half_unet"])
@pytest.mark.parametrize("make", [build, small])
def test_training_lowers_the_loss(make, kind):
    model = make(encoder={"kind": kind})
    losses = losses_of(model, images(), steps=5)
    assert 0 < losses[-1] < 0.9 * losses[0]
    assert learning(model, "encoder")


def test_channels_last_trains():
    model = stir(small()).to(memory_format=torch.channels_last)
    drawn_loss(model, (images().to(memory_format=torch.channels_last),), seeded()).backward()
    assert learning(model, "encoder")


def test_needs_nothing_and_has_no_parts():
    assert (DiffAE.needs, DiffAE.parts, DiffAE.cannot) == ((), [], {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encoder": {"channels": [20]}}, "every width must be a multiple of 32"),
        ({"network": {"channels": [32] * 6}}, "images of 16x16 cannot be cut by patch=1 and halved 5 times"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code_dim": 0}, "row.code_dim is 0, which must be greater than or equal to 1"),
        ({"encoder": {"kind": "unet"}}, "row.encoder.kind is 'unet': there are conv, half_unet"),
        ({"timestep_sampling": "early"}, "row.timestep_sampling is 'early': there are late, uniform"),
        ({"network": {"prediction_type": "v"}}, "row.network.prediction_type is 'v': there are epsilon, sample"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)
