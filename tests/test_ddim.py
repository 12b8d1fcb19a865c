"""Grids and single steps of deterministic DDIM, against the numbers of the reference implementations."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diffrep.methods.shared import ddim
from diffrep.methods.shared.schedule import Schedule
from diffrep.methods.shared.shifted_dpm import shifted_x0

SCHEDULE = Schedule()
ABAR = SCHEDULE.alphas_cumprod


def toy(path, start, shift):
    """One number carried along `path` with predicted noise 0.2 and gradient `shift`, in double precision."""
    state = torch.full((1, 1, 1, 1), start, dtype=torch.float64)

    def predict(state, step):
        t = torch.tensor([step.timestep])
        noise, gradient = torch.full_like(state, 0.2), torch.full_like(state, shift)
        return shifted_x0(SCHEDULE, "epsilon", state, t, noise, gradient)

    return ddim.walk(predict, state, path).item()


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
    path = [step for step in ddim.pdae_decoding(ABAR, 100) if step.timestep == before]
    assert path[0].alpha_to == ABAR[after]
    assert toy(path, 0.3, shift) == pytest.approx(expected, abs=5.1e-8)


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(489, 499, 0.2906867), (89, 99, 0.3025449), (0, 9, 0.3064047)]
)
def test_one_inversion_step(before, after, expected):
    path = [step for step in ddim.pdae_inversion(ABAR, 100) if step.timestep == before]
    assert path[0].alpha_to == ABAR[after]
    assert toy(path, 0.3, 0.1) == pytest.approx(expected, abs=5.1e-8)


@pytest.mark.parametrize(
    ("steps", "head"),
    [(10, [0, 99, 199]), (20, [0, 49, 99]), (50, [0, 19, 39]), (100, [0, 9, 19]), (500, [0, 1, 3, 5])],
)
def test_pdae_grid(steps, head):
    grid = ddim.pdae_grid(steps)
    assert (grid[: len(head)], grid[-1], len(grid)) == (head, 999, steps + 1)


def test_end_of_pdae_grid():
    assert ddim.pdae_grid(500)[-2:] == [997, 999]
    assert ddim.pdae_grid(100)[-2:] == [989, 999]


def test_thousand_steps_are_999_transitions():
    assert len(ddim.pdae_decoding(ABAR, 1000)) == 999


def test_decoding_never_asks_at_zero():
    assert min(step.timestep for step in ddim.pdae_decoding(ABAR, 1000)) == 1


def test_inversion_never_asks_at_the_last_time():
    assert max(step.timestep for step in ddim.pdae_inversion(ABAR, 1000)) == 998


@pytest.mark.parametrize(("steps", "unguided"), [(10, 3), (20, 6), (50, 15), (100, 30)])
def test_unguided_steps_come_last(steps, unguided):
    guided = [step.guided for step in ddim.pdae_decoding(ABAR, steps, stop=0.3)]
    assert guided == [True] * (steps - unguided) + [False] * unguided


def test_everything_is_guided_by_default():
    assert all(step.guided for step in ddim.pdae_decoding(ABAR, 50))


@pytest.mark.parametrize(("steps", "gap"), [(50, 20), (100, 10), (200, 5), (500, 2), (1000, 1)])
def test_diti_grid(steps, gap):
    assert ddim.diti_grid(steps) == list(range(0, 1000, gap))


def test_diti_grid_of_a_count_that_divides_nothing():
    assert len(ddim.diti_grid(300)) == 334


def test_diti_decoding_ends_at_the_predicted_image():
    path = ddim.diti_decoding(ABAR, 50)
    assert (path[0].timestep, path[-1].timestep, path[-1].alpha_to) == (980, 0, 1.0)


def test_diti_inversion_ends_at_the_predicted_noise():
    path = ddim.diti_inversion(ABAR, 50)
    assert (path[0].timestep, path[-1].timestep, path[-1].alpha_to) == (0, 980, 0.0)


def test_diti_stops_guiding_below_a_time():
    path = ddim.diti_decoding(ABAR, 100, stop=0.3)
    assert {step.timestep for step in path if not step.guided} == set(range(0, 300, 10))


@pytest.mark.parametrize(
    ("steps", "stride"),
    [(10, 100), (20, 50), (25, 40), (50, 20), (100, 10), (125, 8), (200, 5), (250, 4), (500, 2)],
)
def test_even_grid(steps, stride):
    assert [step.timestep for step in ddim.even_inversion(ABAR, steps)] == list(range(0, 1000, stride))
    assert [step.timestep for step in ddim.even_decoding(ABAR, steps)] == list(range(1000 - stride, -1, -stride))


@pytest.mark.parametrize("steps", [60, 70, 150, 300, 333, 400])
@pytest.mark.parametrize("path", [ddim.even_decoding, ddim.even_inversion])
def test_no_even_grid(path, steps):
    with pytest.raises(ValueError, match=f"steps={steps}: .* that divide 1000"):
        path(ABAR, steps)


@given(st.integers(1, 1000), st.sampled_from(["pdae", "diti"]))
def test_steps_join_up(steps, sampler):
    down = getattr(ddim, f"{sampler}_decoding")(ABAR, steps)
    up = getattr(ddim, f"{sampler}_inversion")(ABAR, steps)
    for path in (down, up):
        assert all(a.alpha_to == b.alpha_from for a, b in pairwise(path))
        assert all(step.alpha_from == ABAR[step.timestep] for step in path)


def test_true_noise_leads_back_to_the_image():
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(2, 3, 4, 4, generator=generator, dtype=torch.float64) * 1.8 - 0.9
    noise = torch.randn(image.shape, generator=generator, dtype=torch.float64)
    start = SCHEDULE.add_noise(image, noise, torch.tensor([999, 999]))
    end = ddim.walk(lambda state, step: image, start, ddim.pdae_decoding(ABAR, 20))
    torch.testing.assert_close(end, SCHEDULE.add_noise(image, noise, torch.tensor([0, 0])))


@pytest.mark.parametrize("sampler", ["pdae", "diti"])
def test_decoding_undoes_inversion(sampler):
    """With the exact denoiser of pixels ~ N(0, 0.2^2), for which the path is smooth and known."""

    def predict(state, step):
        abar = step.alpha_from
        return abar**0.5 * 0.04 * state / (abar * 0.04 + 1 - abar)

    image = torch.linspace(-0.6, 0.6, 8, dtype=torch.float64).view(2, 1, 2, 2)
    start = ddim.walk(predict, image, getattr(ddim, f"{sampler}_inversion")(ABAR, 1000))
    torch.testing.assert_close(start, image / 0.2, atol=0.05, rtol=0)
    end = ddim.walk(predict, start, getattr(ddim, f"{sampler}_decoding")(ABAR, 1000))
    torch.testing.assert_close(end, image, atol=0.01, rtol=0)


def test_predicted_image_is_clamped():
    end = ddim.walk(
        lambda state, step: torch.full_like(state, 9.0), torch.zeros(1, 1, 1, 1), ddim.diti_decoding(ABAR, 10)
    )
    assert end.item() == 1.0


@pytest.mark.parametrize("steps", [0, 1001])
@pytest.mark.parametrize("grid", [ddim.pdae_grid, ddim.diti_grid])
def test_impossible_step_count(grid, steps):
    with pytest.raises(ValueError, match=f"steps={steps}: a DDIM path takes 1 to 1000 steps"):
        grid(steps)
