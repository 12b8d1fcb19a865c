"""EncDiff's encoders at the published size, and that a token knows its own scalar only."""

import pytest
import torch
from torch import nn

from diffrep.methods.shared.networks.concepts import Residual, Tokens, TokenSettings, TrunkSettings, trunk

IMAGES = (3, 64, 64)
DEEP = [64, 128, 256, 256, 256]
PUBLISHED = {"encoder4": [128, 128, 128, 128], "table8": DEEP, "disdis": DEEP}
ELU, RELU = {"hidden": (64, 128), "activation": "elu"}, {"hidden": (256, 512), "activation": "relu"}


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def published(kind):
    with torch.device("meta"):
        return trunk(IMAGES, 20, TrunkSettings(kind, tuple(PUBLISHED[kind])))


def maps(module, images):
    """(width, side) of every map that a convolution which changes them leaves."""
    seen = []
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size[0] > 3:
            layer.register_forward_hook(lambda layer, inputs, output: seen.append(tuple(output.shape[1:3])))
    return seen, module(images)


@pytest.mark.parametrize(
    ("kind", "parameters"), [("encoder4", 1_164_052), ("table8", 3_882_644), ("disdis", 20_600_084)]
)
def test_published_trunk(kind, parameters):
    assert count(published(kind)) == parameters


@pytest.mark.parametrize(("dim", "how", "parameters"), [(16, ELU, 10_512), (32, ELU, 12_576), (32, RELU, 148_512)])
def test_published_network_of_a_token(dim, how, parameters):
    with torch.device("meta"):
        assert count(Tokens(20, TokenSettings(dim, **how))) == 20 * parameters


@pytest.mark.parametrize(
    ("kind", "dim", "how", "parameters"),
    [("encoder4", 16, ELU, 1_374_292), ("encoder4", 32, ELU, 1_415_572), ("disdis", 32, RELU, 23_570_324)],
)
def test_published_encoder(kind, dim, how, parameters):
    with torch.device("meta"):
        assert count(published(kind)) + count(Tokens(20, TokenSettings(dim, **how))) == parameters


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("encoder4", [(128, 32), (128, 16), (128, 8), (128, 4)]),
        ("table8", [(64, 64), (128, 32), (256, 16), (256, 8), (256, 4)]),
        ("disdis", [(64, 64), (128, 32), (256, 16), (256, 8), (256, 4)]),
    ],
)
def test_published_shapes(kind, expected):
    seen, scalars = maps(published(kind), torch.empty(2, *IMAGES, device="meta"))
    assert (seen, scalars.shape) == (expected, (2, 20))


def test_no_activation_after_the_third_convolution():
    kinds = [type(layer).__name__ for layer in published("encoder4")]
    strided = ["Conv2d", "BatchNorm2d", "ReLU"]
    residual = ["Residual", "BatchNorm2d", "ReLU", "Residual", "Flatten", "Linear"]
    assert kinds == strided * 2 + ["Conv2d", "BatchNorm2d"] + strided + residual


@pytest.mark.parametrize(
    ("kind", "convolution", "hidden"),
    [("table8", ["Conv2d", "ReLU"], [256, 256]), ("disdis", ["Conv2d", "BatchNorm2d", "ReLU"], [4096, 256])],
)
def test_layers_of_the_deep_trunks(kind, convolution, hidden):
    layers = published(kind)
    dense = ["Linear", "ReLU"] * len(hidden)
    assert [type(layer).__name__ for layer in layers] == [*convolution * 5, "Flatten", *dense, "Linear"]
    assert [layer.out_features for layer in layers if isinstance(layer, nn.Linear)] == [*hidden, 20]


def test_a_residual_block_adds_a_branch_that_starts_with_relu():
    torch.manual_seed(0)
    block, x = Residual(8).eval(), torch.randn(2, 8, 4, 4)
    wide, norm, narrow = (block.branch[i] for i in (1, 2, 4))
    norm.running_mean.normal_()
    h = (wide(x.clamp(min=0)) - norm.running_mean.view(-1, 1, 1)) / (1 + norm.eps) ** 0.5
    torch.testing.assert_close(block(x), x + narrow(h.clamp(min=0)))


def test_a_token_depends_on_its_own_scalar_only():
    tokens, scalars = Tokens(5, TokenSettings(3, **ELU)), torch.randn(4, 5)
    moved = scalars.clone()
    moved[:, 2] += 1
    changed = (tokens(moved) - tokens(scalars)).abs().amax(dim=(0, 2)) > 0
    assert changed.tolist() == [False, False, True, False, False]


def test_every_token_has_a_network_of_its_own():
    tokens = Tokens(5, TokenSettings(3, **ELU))(torch.ones(1, 5))[0]
    assert len({tuple(token.tolist()) for token in tokens}) == 5


@pytest.mark.parametrize(("how", "activation", "last"), [(ELU, nn.ELU, False), (RELU, nn.ReLU, True)])
def test_tokens_are_what_single_linear_layers_make(how, activation, last):
    torch.manual_seed(0)
    tokens, scalars = Tokens(3, TokenSettings(4, **how)), torch.randn(6, 3)
    for i in range(3):
        layers = []
        for separate in tokens.layers:
            layer = nn.Linear(separate.weight.shape[1], separate.weight.shape[2])
            layer.weight.data, layer.bias.data = separate.weight[i].t(), separate.bias[i, 0]
            layers += [layer, activation()]
        expected = nn.Sequential(*(layers if last else layers[:-1]))(scalars[:, i : i + 1])
        torch.testing.assert_close(tokens(scalars)[:, i], expected)


@pytest.mark.parametrize(
    ("kind", "channels", "message"),
    [
        ("encoder4", (8,) * 5, "encoder 'encoder4' halves images of 16x16 5 times"),
        ("table8", (8,), "encoder 'table8' halves images of 16x16 0 times"),
        ("disdis", (8,), "encoder 'disdis' halves images of 16x16 0 times"),
    ],
)
def test_impossible_channels(kind, channels, message):
    with pytest.raises(ValueError, match=message):
        trunk((3, 16, 16), 4, TrunkSettings(kind, channels))
