"""What a diffusion makes of its denoiser: states, images, and the walks between them."""

from dataclasses import replace

import pytest
import torch

from diffrep.methods.shared.process.diffusion import Diffusion
from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.methods.shared.process.schedule import Schedule

IMAGES = torch.linspace(-0.9, 0.9, 24, dtype=torch.float64).view(2, 3, 2, 2)


class TrueDenoiser(Diffusion):
    """A denoiser that knows its images, which are its codes; it notes when it is asked, and what it is given."""

    def __init__(self, prediction_type, sampler="pdae", eta=0.0):
        super().__init__()
        self.parametrisation = Parametrisation(prediction_type, Schedule())
        self.sampler, self.eta, self.calls = SAMPLERS[sampler], eta, []

    def predict(self, noisy, timesteps, codes):
        self.calls.append((timesteps[0].item(), codes))
        if self.parametrisation.prediction_type == "sample":
            return codes
        abar = self.schedule.alphas_cumprod[timesteps].view(-1, 1, 1, 1)
        return (noisy - abar.sqrt() * codes) / (1 - abar).sqrt()


def noise():
    return torch.randn(IMAGES.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def first_state(model, steps):
    """The state of the images at the time from which `decode` sets out."""
    path = model.sampler.decoding(model.schedule.alphas_cumprod, steps)
    return model.noised(IMAGES, noise(), torch.full((2,), path[0].timestep))


@pytest.mark.parametrize("sampler", ["pdae", "ldm"])
@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_decoding_ends_at_the_images_with_the_noise_of_time_zero(prediction_type, sampler):
    model = TrueDenoiser(prediction_type, sampler)
    end = model.noised(IMAGES, noise(), torch.zeros(2, dtype=torch.long))
    torch.testing.assert_close(model.decode(IMAGES, first_state(model, 8), steps=8), end)


@pytest.mark.parametrize("sampler", ["diti", "diffae"])
def test_decoding_past_the_grid_ends_at_the_images(sampler):
    model = TrueDenoiser("epsilon", sampler)
    torch.testing.assert_close(model.decode(IMAGES, first_state(model, 8), steps=8), IMAGES)


@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_states_are_denoised_to_the_images(prediction_type):
    model, times = TrueDenoiser(prediction_type), torch.tensor([10, 900])
    noisy = model.noised(IMAGES, noise(), times)
    assert torch.equal(noisy, model.schedule.add_noise(IMAGES, noise(), times))
    torch.testing.assert_close(model.denoise(noisy, times, IMAGES), IMAGES)


def test_inversion_leads_to_the_noise_that_the_image_hides():
    model, first = TrueDenoiser("epsilon"), torch.zeros(2, dtype=torch.long)
    state = model.noised(IMAGES, noise(), first)
    end = model.noised(IMAGES, noise(), first + 999)
    torch.testing.assert_close(model.invert(state, IMAGES, steps=8), end)


@pytest.mark.parametrize(("prediction_type", "first"), [("epsilon", 0), ("sample", 142)])
def test_a_network_that_predicts_images_is_never_asked_at_zero(prediction_type, first):
    model = TrueDenoiser(prediction_type)
    model.invert(IMAGES, IMAGES, steps=7)
    assert model.calls[0][0] == first
    assert [t for t, _ in model.calls][-1] == 856


def test_steps_that_are_not_guided_have_no_codes():
    model = TrueDenoiser("sample")
    path = model.sampler.decoding(model.schedule.alphas_cumprod, 4, stop=0.5)
    model.predict = lambda noisy, timesteps, codes: model.calls.append(codes) or noisy
    model.travel(noise(), path, IMAGES)
    assert [codes is None for codes in model.calls] == [False, False, True, True]


@pytest.mark.parametrize("clamps", [True, False])
def test_images_are_clamped_where_the_sampler_clamps(clamps):
    model = TrueDenoiser("sample")
    model.sampler = replace(SAMPLERS["pdae"], clamps=clamps)
    end = model.decode(torch.full_like(IMAGES, 9.0), noise(), steps=8)
    assert (end.mean().item() < 1.1) is clamps


def test_fresh_noise_is_a_function_of_the_start():
    model = TrueDenoiser("sample", "ldm", eta=1.0)
    once = model.decode(IMAGES, noise(), steps=8)
    assert torch.equal(model.decode(IMAGES, noise(), steps=8), once)
    assert not torch.equal(TrueDenoiser("sample", "ldm").decode(IMAGES, noise(), steps=8), once)


def test_walks_take_no_gradient():
    codes = IMAGES.clone().requires_grad_()
    assert not TrueDenoiser("sample").decode(codes, noise(), steps=2).requires_grad
    assert TrueDenoiser("sample").denoise(noise(), torch.tensor([5, 5]), codes).requires_grad
