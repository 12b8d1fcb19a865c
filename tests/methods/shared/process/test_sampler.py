"""The table of samplers: grids, ends, clamps and single steps, against the numbers of the reference implementations."""

import re
from itertools import pairwise
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrep.methods.shared.denoisers.shifted_dpm import shifted_noise
from diffrep.methods.shared.process.sampler import SAMPLERS, SamplerName, walk
from diffrep.methods.shared.process.schedule import Schedule

SCHEDULE = Schedule()
ABAR = SCHEDULE.alphas_cumprod
PDAE, DITI, DIFFAE, LDM = (SAMPLERS[name] for name in ("pdae", "diti", "diffae", "ldm"))
names = pytest.mark.parametrize("name", SAMPLERS)


def toy(path, start, shift):
    """One number carried along `path` with predicted noise 0.2 and gradient `shift`, in double precision."""
    state = torch.full((1, 1, 1, 1), start, dtype=torch.float64)

    def predict(state, step):
        t = torch.tensor([step.timestep])
        noise, gradient = torch.full_like(state, 0.2), torch.full_like(state, shift)
        return SCHEDULE.x0_from_noise(state, shifted_noise(SCHEDULE, noise, gradient, t), t)

    return walk(predict, state, path, clamps=PDAE.clamps).item()


def times(path):
    return [step.timestep for step in path]


@pytest.mark.parametrize(
    ("before", "after", "shift", "expected"),
    [
        (999, 989, 0.1, 0.3006707),
        (999, 989, 0.0, 0.3006707),
        (499, 489, 0.1, 0.3098139),
        (499, 489, 0.0, 0.3046754),
        (99, 89, 0.1, 0.2975253),
        (99, 89, 0.0, 0.2964806),
        (9, 0, 0.1, 0.2937021),
        (9, 0, 0.0, 0.2935559),
    ],
)
def test_one_decoding_step(before, after, shift, expected):
    path = [step for step in PDAE.decoding(ABAR, 100) if step.timestep == before]
    assert path[0].alpha_to == ABAR[after]
    assert toy(path, 0.3, shift) == pytest.approx(expected, abs=5.1e-8)


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(489, 499, 0.2906867), (89, 99, 0.3025449), (0, 9, 0.3064047)]
)
def test_one_inversion_step(before, after, expected):
    path = [step for step in PDAE.inversion(ABAR, 100) if step.timestep == before]
    assert path[0].alpha_to == ABAR[after]
    assert toy(path, 0.3, 0.1) == pytest.approx(expected, abs=5.1e-8)


@pytest.mark.parametrize(
    ("steps", "head", "tail"),
    [
        (10, [0, 99, 199], [899, 999]),
        (20, [0, 49, 99], [949, 999]),
        (50, [0, 19, 39], [979, 999]),
        (100, [0, 9, 19], [989, 999]),
        (500, [0, 1, 3, 5], [997, 999]),
    ],
)
def test_pdae_walks_between_0_and_999(steps, head, tail):
    down, up = times(PDAE.decoding(ABAR, steps)), times(PDAE.inversion(ABAR, steps))
    assert (len(down), len(up)) == (steps, steps)
    assert [*up[: len(head)], up[-1], down[0]] == head + tail
    assert down[::-1] == [*up[1:], 999]
    assert (PDAE.decoding(ABAR, steps)[-1].alpha_to, PDAE.inversion(ABAR, steps)[-1].alpha_to) == (ABAR[0], ABAR[999])


def test_thousand_steps_of_pdae_are_999_transitions():
    assert times(PDAE.decoding(ABAR, 1000)) == list(range(999, 0, -1))
    assert times(PDAE.inversion(ABAR, 1000)) == list(range(999))


@pytest.mark.parametrize(("steps", "gap"), [(50, 20), (100, 10), (200, 5), (500, 2), (1000, 1)])
def test_diti_asks_from_0_in_even_steps(steps, gap):
    assert times(DITI.inversion(ABAR, steps)) == list(range(0, 1000, gap))
    assert times(DITI.decoding(ABAR, steps)) == list(range(1000 - gap, -1, -gap))


def test_diti_takes_more_steps_of_a_count_that_divides_nothing():
    assert len(DITI.decoding(ABAR, 300)) == len(DITI.inversion(ABAR, 300)) == 334


@pytest.mark.parametrize(
    ("steps", "stride"),
    [(10, 100), (20, 50), (25, 40), (50, 20), (100, 10), (125, 8), (200, 5), (250, 4), (500, 2)],
)
def test_diffae_asks_from_0_in_even_steps(steps, stride):
    assert times(DIFFAE.inversion(ABAR, steps)) == list(range(0, 1000, stride))
    assert times(DIFFAE.decoding(ABAR, steps)) == list(range(1000 - stride, -1, -stride))


STRIDES = {len(range(0, 1000, stride)): stride for stride in range(1000, 0, -1)}  # the smallest of each length
REFUSED = [steps for steps in range(1, 1001) if steps not in STRIDES]


def test_diffae_takes_every_number_of_times_that_a_stride_makes():
    assert len([steps for steps in STRIDES if 1000 % steps]) == 47  # beside the 16 divisors
    for steps, stride in STRIDES.items():
        assert times(DIFFAE.inversion(ABAR, steps)) == list(range(0, 1000, stride)), steps
        assert times(DIFFAE.decoding(ABAR, steps)) == list(range(0, 1000, stride))[::-1], steps


@pytest.mark.parametrize("path", [DIFFAE.decoding, DIFFAE.inversion])
def test_diffae_refuses_all_others_and_says_what_would_do(path):
    assert {60, 70, 150, 300, 333, 400, 501, 999} <= {*REFUSED}
    for steps in REFUSED:
        with pytest.raises(ValueError, match=f"steps={steps}: .* which makes ") as told:
            path(ABAR, steps)
        near = [int(word) for word in re.findall(r"(?:makes|or) (\d+)", str(told.value))]
        assert near[0] < steps < near[1]
        assert {*near} <= {*STRIDES}


@pytest.mark.parametrize("sampler", [DITI, DIFFAE])
def test_ends_past_the_grid_are_the_predicted_image_and_noise(sampler):
    down, up = sampler.decoding(ABAR, 20), sampler.inversion(ABAR, 20)
    assert (down[0].timestep, down[-1].timestep, down[-1].alpha_to) == (950, 0, 1.0)
    assert (up[0].timestep, up[-1].timestep, up[-1].alpha_to) == (0, 950, 0.0)
    state, image = torch.full((1, 1, 1, 1), 0.3, dtype=torch.float64), torch.full((1, 1, 1, 1), 0.5).double()
    noise = (state - up[-1].alpha_from ** 0.5 * image) / (1 - up[-1].alpha_from) ** 0.5
    torch.testing.assert_close(walk(lambda *_: image, state, down[-1:], clamps=True), image)
    torch.testing.assert_close(walk(lambda *_: image, state, up[-1:], clamps=True), noise)


def test_ldm_asks_from_1_in_even_steps():
    grid = times(LDM.decoding(ABAR, 200))[::-1]
    assert grid == list(range(1, 1000, 5))
    assert times(LDM.inversion(ABAR, 200)) == [0, *grid[:-1]]


def test_ldm_ends_at_the_first_alpha():
    abar = Schedule("scaled_linear").alphas_cumprod
    first, last = LDM.decoding(abar, 200)[:: 200 - 1]
    assert (first.alpha_from, last.alpha_from, last.alpha_to) == pytest.approx((7.00702e-4, 0.996996, 0.9985), rel=1e-6)


@pytest.mark.parametrize(("steps", "unguided"), [(10, 3), (20, 6), (50, 15), (100, 30)])
def test_pdae_stops_guiding_a_share_of_the_steps(steps, unguided):
    guided = [step.guided for step in PDAE.decoding(ABAR, steps, stop=0.3)]
    assert guided == [True] * (steps - unguided) + [False] * unguided


def test_diti_stops_guiding_below_a_time():
    path = DITI.decoding(ABAR, 100, stop=0.3)
    assert {step.timestep for step in path if not step.guided} == set(range(0, 300, 10))


@pytest.mark.parametrize("sampler", [DIFFAE, LDM])
def test_the_others_do_not_stop_guiding(sampler):
    with pytest.raises(ValueError, match=r"stop=0.3: only samplers 'pdae' and 'diti'"):
        sampler.decoding(ABAR, 20, stop=0.3)


@names
def test_everything_is_guided_by_default(name):
    assert all(step.guided for path in (SAMPLERS[name].decoding, SAMPLERS[name].inversion) for step in path(ABAR, 50))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 1000), st.sampled_from(["pdae", "diti", "ldm"]))
def test_steps_join_up(steps, name):
    down, up = SAMPLERS[name].decoding(ABAR, steps), SAMPLERS[name].inversion(ABAR, steps)
    for path in (down, up):
        assert all(a.alpha_to == b.alpha_from for a, b in pairwise(path))
        assert all(step.alpha_from == ABAR[step.timestep] for step in path)
    levels = [down[0].alpha_from, *(step.alpha_to for step in down)]
    risen = [up[0].alpha_from, *(step.alpha_to for step in up)][::-1]
    assert levels[:-1] == risen[1:] if SAMPLERS[name].past_ends else levels == risen


def test_true_noise_leads_back_to_the_image():
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(2, 3, 4, 4, generator=generator, dtype=torch.float64) * 1.8 - 0.9
    noise = torch.randn(image.shape, generator=generator, dtype=torch.float64)
    start = SCHEDULE.add_noise(image, noise, torch.tensor([999, 999]))
    end = walk(lambda state, step: image, start, PDAE.decoding(ABAR, 20), clamps=True)
    torch.testing.assert_close(end, SCHEDULE.add_noise(image, noise, torch.tensor([0, 0])))


@names
def test_decoding_undoes_inversion(name):
    """With the exact denoiser of pixels ~ N(0, 0.2^2), for which the path is smooth and known."""
    sampler = SAMPLERS[name]

    def predict(state, step):
        abar = step.alpha_from
        return abar**0.5 * 0.04 * state / (abar * 0.04 + 1 - abar)

    image = torch.linspace(-0.6, 0.6, 8, dtype=torch.float64).view(2, 1, 2, 2)
    start = walk(predict, image, sampler.inversion(ABAR, 1000), clamps=sampler.clamps)
    torch.testing.assert_close(start, image / 0.2, atol=0.05, rtol=0)
    end = walk(predict, start, sampler.decoding(ABAR, 1000), clamps=sampler.clamps)
    torch.testing.assert_close(end, image, atol=0.01, rtol=0)


def test_the_noise_is_recomputed_from_the_clamped_image():
    step = PDAE.decoding(ABAR, 10)[4]
    state = torch.full((1, 1, 1, 1), 0.3, dtype=torch.float64)
    noise = (0.3 - step.alpha_from**0.5) / (1 - step.alpha_from) ** 0.5
    end = walk(lambda state, step: torch.full_like(state, 9.0), state, [step], clamps=True)
    assert end.item() == pytest.approx(step.alpha_to**0.5 + (1 - step.alpha_to) ** 0.5 * noise)


@pytest.mark.parametrize(("name", "clamps"), [("pdae", True), ("diti", True), ("diffae", True), ("ldm", False)])
def test_who_clamps(name, clamps):
    assert SAMPLERS[name].clamps is clamps
    path = SAMPLERS[name].decoding(ABAR, 10)
    end = walk(lambda state, step: torch.full_like(state, 9.0), torch.zeros(1, 1, 1, 1), path, clamps=clamps)
    assert (end.item() < 2) is clamps


@pytest.mark.parametrize("steps", [0, 1001])
@names
def test_impossible_step_count(name, steps):
    with pytest.raises(ValueError, match=f"steps={steps}: a DDIM path takes 1 to 1000 steps"):
        SAMPLERS[name].decoding(ABAR, steps)


def test_every_sampler_has_its_name():
    assert get_args(SamplerName) == tuple(SAMPLERS)
