"""The encoder that is told a time: the suite's own, but for a bias after each convolution."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.networks.timed_encoder import TimedEncoder

SHAPE, SETTINGS = (3, 16, 16), EncoderSettings("conv", (32, 64), 8)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return TimedEncoder(SHAPE, 8, SETTINGS)


def images():
    return torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1))


def test_without_biases_it_is_the_encoder(model):
    for bias in model.biases:
        nn.init.zeros_(bias.weight)
        nn.init.zeros_(bias.bias)
    assert torch.equal(model(images(), torch.tensor([0.0, 1.0])), model.encoder(images()))


def test_it_starts_as_the_encoder_of_the_same_seed(model):
    torch.manual_seed(0)
    plain = Encoder(SHAPE, 8, SETTINGS).state_dict()
    assert all(torch.equal(value, plain[name]) for name, value in model.encoder.state_dict().items())


def test_the_time_is_a_bias_after_each_convolution(model):
    tau = torch.tensor([0.2, 0.7])
    told = F.silu(model.time(tau))
    first, second = (bias(told)[:, :, None, None] for bias in model.biases)
    layers = model.encoder.layers  # convolution, attention, norm, activation, convolution, ...
    h = layers[1:4](layers[0](images()) + first)
    expected = layers[5:](layers[4](h) + second)
    torch.testing.assert_close(model(images(), tau), expected)


def test_every_image_has_its_own_time(model):
    together = model(images(), torch.tensor([0.2, 0.7]))
    alone = model(images()[1:], torch.tensor([0.7]))
    torch.testing.assert_close(together[1:], alone)
    assert not torch.allclose(model(images()[1:], torch.tensor([0.2])), alone)
