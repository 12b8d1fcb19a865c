"""Spectral norm: the largest singular value, torch's own with the same vectors, and when it moves on."""

import pytest
import torch
from official_dbae import spectral
from torch import nn

from diffrep.methods.shared.networks.spectral_norm import folded, normed

KINDS = {
    "convolution": lambda: nn.Conv2d(5, 7, 3, bias=False),
    "transposed": lambda: nn.ConvTranspose2d(5, 7, 4, bias=False),
}
ALL = pytest.mark.parametrize("kind", KINDS)


def build(kind):
    torch.manual_seed(0)
    return normed(KINDS[kind]())


def matrix(layer):
    weight = layer.weight
    return (weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight).flatten(1)


def iterated(layer, times=60):
    for _ in range(times):
        _ = layer.train().weight
    return layer.eval()


@ALL
def test_the_largest_singular_value_becomes_1(kind):
    layer = iterated(build(kind))
    assert torch.linalg.svdvals(matrix(layer))[0].item() == pytest.approx(1, abs=1e-3)
    plain = layer.parametrizations.weight.original
    torch.testing.assert_close(layer.weight / layer.weight.norm(), plain / plain.norm())


@ALL
def test_a_step_is_torchs(kind):
    """The same vectors before, the same weight and the same gradient after."""
    ours, theirs = build(kind).train(), spectral(KINDS[kind]()).train()
    parametrised = ours.parametrizations.weight
    theirs.weight_orig.data = parametrised.original.detach().clone()
    theirs.weight_u.copy_(parametrised[0].left)
    theirs.weight_v.copy_(parametrised[0].right)
    images = torch.randn(2, 5, 6, 6)
    found, expected = ours(images), theirs(images)
    torch.testing.assert_close(found, expected)
    for output in (found, expected):
        (output**3).sum().backward()
    torch.testing.assert_close(parametrised.original.grad, theirs.weight_orig.grad)
    torch.testing.assert_close(parametrised[0].left, theirs.weight_u)


@pytest.mark.parametrize("mode", ["eval", "no gradient"])
def test_what_is_only_looked_at_leaves_no_trace(mode):
    layer = build("convolution").train(mode != "eval")
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    with torch.set_grad_enabled(mode == "eval"):
        first, second = layer.weight, layer.weight
    assert torch.equal(first, second)
    assert all(torch.equal(value, before[name]) for name, value in layer.state_dict().items())
    _ = layer.train().weight
    assert not torch.equal(
        layer.state_dict()["parametrizations.weight.0.left"], before["parametrizations.weight.0.left"]
    )


@ALL
def test_folded_it_is_a_plain_layer_of_the_same_weight(kind):
    network = nn.Sequential(build(kind), nn.Conv2d(7, 1, 1)).eval()
    weight, plain = network[0].weight.detach().clone(), network[1].weight.clone()
    folded(network)
    assert {"0.weight", "1.weight", "1.bias"} == {*network.state_dict()}
    assert torch.equal(network[0].weight, weight)
    assert torch.equal(network[1].weight, plain)


def test_autocast_does_not_round_it():
    layer = build("convolution").eval()
    with torch.autocast("cpu", torch.bfloat16):
        rounded = layer.weight
    torch.testing.assert_close(rounded, layer.weight)
