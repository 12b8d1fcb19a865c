"""PDAE's encoder: the published tables, and other sizes."""

import pytest
import torch
from diffusers.models.attention_processor import Attention
from torch import nn

from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings

CHANNELS64 = [64, 128, 128, 128]
CHANNELS128 = [64, 128, 256, 256, 256]


def encoder(shape, code_dim, channels, attention):
    return Encoder(shape, code_dim, EncoderSettings("conv", tuple(channels), attention))


def names(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize(
    ("side", "channels", "parameters"), [(64, CHANNELS64, 1_487_104), (128, CHANNELS128, 3_914_240)]
)
def test_published_parameters(side, channels, parameters):
    with torch.device("meta"):
        model = encoder((3, side, side), 512, channels, 16)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


@pytest.mark.parametrize(
    ("side", "channels", "convolutions", "attention", "linear"),
    [(64, CHANNELS64, [0, 3, 7, 10], 4, 14), (128, CHANNELS128, [0, 3, 6, 10, 13], 7, 17)],
)
def test_published_order_of_layers(side, channels, convolutions, attention, linear):
    with torch.device("meta"):
        found = names(encoder((3, side, side), 512, channels, 16))
    assert [i for i, name in enumerate(found) if name == "Conv2d"] == convolutions
    assert found.index("Attention") == attention
    assert found.index("Linear") == linear == len(found) - 1


@pytest.mark.parametrize(("side", "channels", "features"), [(64, CHANNELS64, 2048), (128, CHANNELS128, 4096)])
def test_published_flat_size(side, channels, features):
    with torch.device("meta"):
        assert encoder((3, side, side), 512, channels, 16).layers[-1].in_features == features


def test_attention_sits_on_the_16x16_map():
    model = encoder((3, 64, 64), 8, [32, 64], 16)
    shapes = []
    next(m for m in model.modules() if isinstance(m, Attention)).register_forward_hook(
        lambda module, inputs, output: shapes.append(output.shape)
    )
    model(torch.zeros(1, 3, 64, 64))
    assert shapes == [(1, 64, 16, 16)]


def test_attention_starts_as_identity():
    torch.manual_seed(0)
    attention = encoder((3, 32, 32), 8, [32, 64], 8).layers[4]
    x = torch.randn(2, 64, 8, 8)
    assert torch.equal(attention(x), x)


def test_attention_has_four_heads():
    model = encoder((3, 32, 32), 8, [32], 16)
    assert next(m for m in model.modules() if isinstance(m, Attention)).heads == 4


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 32, 32), (1, 28, 28), (3, 30, 46)])
def test_any_image_shape(shape):
    model = encoder(shape, 16, [32, 32, 64], None)
    assert model(torch.zeros(2, *shape)).shape == (2, 16)


def test_norms_are_as_published():
    norms = [m for m in encoder((3, 32, 32), 8, [32, 64], 8).modules() if isinstance(m, nn.GroupNorm)]
    assert {(norm.num_groups, norm.eps) for norm in norms} == {(32, 1e-5)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": [32, 48]}, r"encoder.channels=\[32, 48\]: every width must be a multiple of 32"),
        ({"channels": [0]}, r"encoder.channels=\[0\]: give at least one width, each at least 1"),
        ({"channels": []}, r"encoder.channels=\[\]: give at least one width, each at least 1"),
        ({"code_dim": 0}, "code_dim=0: a code has at least 1 dimension"),
        ({"attention": 5}, r"encoder.attention=5: the encoder's maps have sides \[16, 8\]"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        encoder((3, 32, 32), **{"code_dim": 8, "channels": [32, 64], "attention": None} | changes)
