"""Latent diffusion's sampler: its steps, with fresh noise and without, against diffusers' scheduler."""

import pytest
import torch
from diffusers import DDIMScheduler

from diffrep.methods.shared.process.sampler import SAMPLERS, deviation, own_noise, walk
from diffrep.methods.shared.process.schedule import Schedule

SCHEDULE = Schedule("scaled_linear")
ABAR = SCHEDULE.alphas_cumprod
LDM = SAMPLERS["ldm"]
START = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def predict(state, step):
    """The image that the noise 0.3 state leaves, as a network that predicts noise would tell it."""
    return SCHEDULE.x0_from_noise(state, 0.3 * state, torch.full((len(state),), step.timestep))


def diffusers_ddim(start, steps, eta, noise):
    """The same by diffusers, with the settings that make it latent diffusion's."""
    scheduler = DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.0015,
        beta_end=0.0155,
        timestep_spacing="leading",
        steps_offset=1,
        set_alpha_to_one=False,
        clip_sample=False,
    )
    scheduler.set_timesteps(steps)
    state = start
    for t, drawn in zip(scheduler.timesteps, noise, strict=True):
        drawn = drawn if eta else None
        state = scheduler.step(0.3 * state, int(t), state, eta=eta, variance_noise=drawn).prev_sample
    return state


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("steps", [50, 200])
def test_diffusers_walks_the_same_way(steps, eta):
    path = LDM.decoding(ABAR, steps)
    theirs = diffusers_ddim(START, steps, eta, own_noise(START, len(path)))
    ours = walk(predict, START, path, clamps=LDM.clamps, eta=eta)
    assert (ours - theirs).norm() < 3e-6 * theirs.norm()


def test_ancestral_noise_keeps_the_variance():
    """A step down with eta = 1 ends where the forward process would be, given the image alone."""
    step = LDM.decoding(ABAR, 10)[3]
    start = torch.randn(1, 200_000, generator=torch.Generator().manual_seed(1)) * (1 - step.alpha_from) ** 0.5
    end = walk(lambda state, step: torch.zeros_like(state), start, [step], clamps=False, eta=1.0)
    assert end.var().item() == pytest.approx(1 - step.alpha_to, rel=0.02)
    assert 0 < deviation(step) < (1 - step.alpha_to) ** 0.5


def test_noise_is_an_images_own():
    whole, alone = own_noise(START, 3), own_noise(START[1:], 3)
    assert torch.equal(whole[:, 1:], alone)
    assert not torch.equal(whole[:, 0], whole[:, 1])
    assert not torch.equal(whole[0], whole[1])


def test_own_noise_is_standard_normal():
    drawn = own_noise(torch.zeros(1, 10_000), 10)
    assert (drawn.mean().item(), drawn.std().item()) == pytest.approx((0, 1), abs=0.02)
