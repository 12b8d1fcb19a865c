"""The suite's denoiser told a code by addition: what the code is added to, and the walk that it goes."""

import pytest
import torch

from diffrep.methods.shared.denoisers.added_code import AddedCode, AddedCodeSettings
from diffrep.methods.shared.denoisers.base import DPMSettings
from diffrep.methods.shared.process.sampler import SAMPLERS

SHAPE = (3, 8, 8)
TIMES = torch.tensor([0, 300, 999])


@pytest.fixture(params=["epsilon", "sample"])
def model(request):
    torch.manual_seed(0)
    network = DPMSettings((16,), 1, (), 8, 0.0, 1, request.param)
    decoder = AddedCode(SHAPE, 4, AddedCodeSettings("unet", "late", network))
    for parameter in decoder.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return decoder.eval()


def normal(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_the_code_is_added_to_the_time_through_a_map_without_bias(model):
    states, codes = normal(3, *SHAPE), normal(3, 4, seed=2)
    told = model.network.embed(TIMES, states) + codes @ model.code.weight.T
    torch.testing.assert_close(model.predict(states, TIMES, codes), model.network.run(states, told).prediction)


def test_a_code_of_zeros_leaves_the_unconditional_network(model):
    states = normal(3, *SHAPE)
    plain = model.network.features(states, TIMES).prediction
    assert torch.equal(model.predict(states, TIMES, torch.zeros(3, 4)), plain)


def test_loss_is_the_networks_own_given_the_code(model):
    images, noise, codes = normal(3, *SHAPE), normal(3, *SHAPE, seed=2), normal(3, 4, seed=3)
    prediction = model.predict(model.noised(images, noise, TIMES), TIMES, codes)
    assert torch.equal(
        model.loss(images, noise, TIMES, codes), model.parametrisation.loss(prediction, images, noise, TIMES)
    )


def test_times_and_images_are_the_suites_own(model):
    images = normal(3, *SHAPE)
    assert torch.equal(model.times(TIMES), TIMES)
    assert torch.equal(model.inner(images), images)
    assert (model.tau(TIMES)[0].item(), model.tau(TIMES)[2].item()) == (0, 1)
    assert model.grid.tolist()[::10] == [0, 999]


def test_it_decodes_on_pdaes_grid(model):
    assert model.sampler == SAMPLERS["pdae"]
