"""The way from an endpoint to an image: its times, an exact path, the published steps, and noise of an image's own."""

import math
from itertools import pairwise

import official_dbae as official
import pytest
import torch

from diffrep.methods.shared.process.bridge_sampler import drift, karras_times, walk_bridge
from diffrep.methods.shared.process.sampler import own_noise
from diffrep.methods.shared.process.vp_bridge import bridge

IMAGES, ENDS, START = torch.rand(3, 2, 3, 4, 4, generator=torch.Generator().manual_seed(0)).double() - 0.5


def see(states, t):
    """Some network that is not perfect, and sees images beyond [-1, 1]."""
    return 2.5 * (states * (1 + t)).sin() + 0.3 * IMAGES[: len(states)]


def walk(count=2, churn=0.0, steps=6, start=START):
    return walk_bridge(see, ENDS[:count], start[:count], steps=steps, churn=churn)


def test_times():
    assert karras_times(1) == [pytest.approx(0.9999), 0.0]
    found = karras_times(5)
    assert (found[0], found[-2], found[-1]) == (pytest.approx(0.9999), pytest.approx(1e-4), 0.0)
    roots = [t ** (1 / 7) for t in found[:-1]]
    assert [b - a for a, b in pairwise(roots)] == [pytest.approx((roots[-1] - roots[0]) / 4)] * 4


@pytest.mark.parametrize("steps", [0, 1001])
def test_impossible_steps(steps):
    with pytest.raises(ValueError, match=f"steps={steps}: a path from the endpoint takes 1 to 1000 steps"):
        karras_times(steps)


@pytest.mark.parametrize("t", [0.9, 0.4, 0.05])
def test_the_ode_keeps_how_far_a_state_is_from_the_mean(t):
    """Of a network that sees the one image there is, x_t = a x_T + b x_0 + sqrt(c) k solves the ODE for every k."""

    def at(time):
        a, b, c = (scale.item() for scale in bridge(torch.tensor(time, dtype=torch.float64)))
        return a * ENDS + b * IMAGES + math.sqrt(c) * START

    h = 1e-6
    slope = (at(t + h) - at(t - h)) / (2 * h)
    torch.testing.assert_close(drift(at(t), ENDS, IMAGES, t, share=0.5), slope, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("churn", [0.0, 0.33])
def test_a_network_that_knows_the_image_is_followed_to_it(churn):
    found = walk_bridge(lambda states, t: IMAGES, ENDS, START, steps=400, churn=churn)
    torch.testing.assert_close(found, IMAGES, atol=0.03, rtol=0)


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize("t", [0.9999, 0.3, 1e-4])
def test_drift_is_the_published_one(t, share):
    state = ENDS + 0.1 * START
    expected, _ = official.velocity(state, ENDS, IMAGES, t, share == 1.0)
    torch.testing.assert_close(drift(state, ENDS, IMAGES, t, share=share), expected, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("churn", [0.0, 0.33])
def test_steps_are_the_published_ones(churn):
    expected = official.sample(lambda x, t: see(x, float(t)), ENDS, 6, churn, own_noise(START, 6))
    torch.testing.assert_close(walk(churn=churn), expected, atol=1e-5, rtol=1e-5)


def test_what_is_seen_is_clamped():
    bounded = walk_bridge(lambda states, t: see(states, t).clamp(-1, 1), ENDS, START, steps=6, churn=0.0)
    assert torch.equal(walk(), bounded)


def test_the_start_is_noise_of_the_sde_alone():
    other = START.flip(0)
    assert torch.equal(walk(start=other), walk())
    assert not torch.allclose(walk(churn=0.3, start=other), walk(churn=0.3))


def test_churn_is_the_same_for_an_image_in_every_batch():
    torch.testing.assert_close(walk(count=1, churn=0.3), walk(churn=0.3)[:1])
