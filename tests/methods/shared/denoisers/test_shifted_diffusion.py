"""A shifted diffusion of known numbers: its code is scaled, and decoding ends at what the decoder predicts."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from diffrep.methods.shared.denoisers.shifted_diffusion import ShiftedDiffusion
from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.methods.shared.process.schedule import Schedule

SHAPE = (1, 2, 2)
UNGUIDED = -0.5


class Told:
    """A decoder that sees in every state an image of the code's mean; without a code, of UNGUIDED."""

    def __init__(self):
        self.base = SimpleNamespace(parametrisation=Parametrisation("sample", Schedule()))
        self.asked = []

    def predict(self, noisy, timesteps, codes):
        self.asked.append((timesteps[0].item(), codes is not None))
        return torch.full_like(noisy, UNGUIDED) if codes is None else codes.mean(1).view(-1, 1, 1, 1).expand_as(noisy)


class Toy(ShiftedDiffusion):
    """The code is the image."""

    sampler = SAMPLERS["pdae"]
    code_scale = 4.0

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Flatten(), Told()


@pytest.fixture
def toy():
    return Toy()


def test_the_code_is_the_encoders_output_scaled(toy):
    assert toy.encode(torch.tensor([[[[0.5, -1.0], [0.0, 0.25]]]]))["z"].tolist() == [[2.0, -4.0, 0.0, 1.0]]


def test_the_parametrisation_is_the_bases_and_no_part_of_the_method(toy):
    assert toy.parametrisation is toy.decoder.base.parametrisation
    assert "parametrisation" not in dict(toy.named_modules())


def test_decoding_ends_at_the_image_that_is_always_seen(toy):
    """The last state is sqrt(abar_0) x0 + sqrt(1 - abar_0) noise, and the noise of a constant image never changes."""
    start, codes = torch.tensor([1.0, -2.0]).view(2, 1, 1, 1).expand(2, *SHAPE), torch.tensor([[0.3, 0.5], [0.0, 0.2]])
    ends, seen = toy.schedule.alphas_cumprod[[0, 999]].double(), codes.mean(1).double().view(2, 1, 1, 1)
    noise = (start - ends[1].sqrt() * seen) / (1 - ends[1]).sqrt()
    expected = ends[0].sqrt() * seen + (1 - ends[0]).sqrt() * noise
    torch.testing.assert_close(toy.decode(codes, start, steps=4).double(), expected, atol=1e-5, rtol=1e-5)


def test_the_last_steps_are_not_guided_where_it_is_asked(toy):
    toy.decode(torch.zeros(1, 4), torch.zeros(1, *SHAPE), steps=4, stop=0.5)
    assert toy.decoder.asked == [(999, True), (749, True), (499, False), (249, False)]
