"""EncDiff's encoders at the published size, and that a token knows its own scalar only."""

import pytest
import torch
from torch import nn

from diffrep.methods.shared.networks.concepts import Residual, Tokens, TrunkSettings, trunk

IMAGES = (3, 64, 64)
PUBLISHED = {"encoder4": [128, 128, 128, 128], "table8": [64, 128, 256, 256, 256]}


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


@pytest.mark.parametrize(("kind", "parameters"), [("encoder4", 1_164_052), ("table8", 3_882_644)])
def test_published_trunk(kind, parameters):
    assert count(published(kind)) == parameters


@pytest.mark.parametrize(("token_dim", "parameters"), [(16, 10_512), (32, 12_576)])
def test_published_network_of_a_token(token_dim, parameters):
    with torch.device("meta"):
        assert count(Tokens(20, token_dim)) == 20 * parameters


@pytest.mark.parametrize(("token_dim", "parameters"), [(16, 1_374_292), (32, 1_415_572)])
def test_published_encoder(token_dim, parameters):
    with torch.device("meta"):
        assert count(published("encoder4")) + count(Tokens(20, token_dim)) == parameters


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("encoder4", [(128, 32), (128, 16), (128, 8), (128, 4)]),
        ("table8", [(64, 64), (128, 32), (256, 16), (256, 8), (256, 4)]),
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


def test_a_residual_block_adds_a_branch_that_starts_with_relu():
    torch.manual_seed(0)
    block, x = Residual(8).eval(), torch.randn(2, 8, 4, 4)
    wide, norm, narrow = (block.branch[i] for i in (1, 2, 4))
    norm.running_mean.normal_()
    h = (wide(x.clamp(min=0)) - norm.running_mean.view(-1, 1, 1)) / (1 + norm.eps) ** 0.5
    torch.testing.assert_close(block(x), x + narrow(h.clamp(min=0)))


def test_a_token_depends_on_its_own_scalar_only():
    tokens, scalars = Tokens(5, 3), torch.randn(4, 5)
    moved = scalars.clone()
    moved[:, 2] += 1
    changed = (tokens(moved) - tokens(scalars)).abs().amax(dim=(0, 2)) > 0
    assert changed.tolist() == [False, False, True, False, False]


def test_every_token_has_a_network_of_its_own():
    tokens = Tokens(5, 3)(torch.ones(1, 5))[0]
    assert len({tuple(token.tolist()) for token in tokens}) == 5


def test_tokens_are_what_single_linear_layers_make():
    torch.manual_seed(0)
    tokens, scalars = Tokens(3, 4), torch.randn(6, 3)
    for i in range(3):
        layers = []
        for separate in tokens.layers:
            layer = nn.Linear(separate.weight.shape[1], separate.weight.shape[2])
            layer.weight.data, layer.bias.data = separate.weight[i].t(), separate.bias[i, 0]
            layers += [layer, nn.ELU()]
        expected = nn.Sequential(*layers[:-1])(scalars[:, i : i + 1])
        torch.testing.assert_close(tokens(scalars)[:, i], expected)


@pytest.mark.parametrize(
    ("kind", "channels", "message"),
    [
        ("encoder4", (8,) * 5, "encoder 'encoder4' halves images of 16x16 5 times"),
        ("table8", (8,), "encoder 'table8' halves images of 16x16 0 times"),
    ],
)
def test_impossible_channels(kind, channels, message):
    with pytest.raises(ValueError, match=message):
        trunk((3, 16, 16), 4, TrunkSettings(kind, channels))
