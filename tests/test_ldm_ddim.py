"""Latent diffusion's DDIM: its grid, and its steps against diffusers' scheduler."""

from itertools import pairwise

import pytest
import torch
from diffusers import DDIMScheduler
from hypothesis import given
from hypothesis import strategies as st

from diffrep.methods.shared.ldm_ddim import deviation, ldm_decoding, ldm_grid, ldm_inversion, own_noise, roam
from diffrep.methods.shared.schedule import Schedule

SCHEDULE = Schedule("scaled_linear")
ABAR = SCHEDULE.alphas_cumprod
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


def test_two_hundred_steps():
    grid = ldm_grid(200)
    assert (grid[:3], grid[-1], len(grid)) == ([1, 6, 11], 996, 200)


def test_the_last_step_ends_at_the_first_alpha():
    assert ldm_decoding(ABAR, 200)[-1].alpha_to == pytest.approx(0.9985)


@given(st.integers(1, 1000))
def test_steps_join_up(steps):
    down, up = ldm_decoding(ABAR, steps), ldm_inversion(ABAR, steps)
    for path in (down, up):
        assert all(a.alpha_to == b.alpha_from for a, b in pairwise(path))
        assert all(step.alpha_from == ABAR[step.timestep] for step in path)
    assert [(step.alpha_to, step.alpha_from) for step in up[::-1]] == [(s.alpha_from, s.alpha_to) for s in down]


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("steps", [50, 200])
def test_diffusers_walks_the_same_way(steps, eta):
    path = ldm_decoding(ABAR, steps)
    theirs = diffusers_ddim(START, steps, eta, own_noise(START, len(path)))
    ours = roam(predict, START, path, eta=eta)
    assert (ours - theirs).norm() < 3e-6 * theirs.norm()


def test_nothing_is_clamped():
    end = roam(lambda state, step: torch.full_like(state, 9.0), START, ldm_decoding(ABAR, 10), eta=0.0)
    assert end.mean() > 8


def test_ancestral_noise_keeps_the_variance():
    """A step down with eta = 1 ends where the forward process would be, given the image alone."""
    step = ldm_decoding(ABAR, 10)[3]
    start = torch.randn(1, 200_000, generator=torch.Generator().manual_seed(1)) * (1 - step.alpha_from) ** 0.5
    end = roam(lambda state, step: torch.zeros_like(state), start, [step], eta=1.0)
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
