"""The generator of endpoints: the published sizes, the published forward, and which maps gate which."""

import official_dbae as official
import pytest
import torch
from torch import nn

from diffrep.methods.shared.networks.fastgan import Generator, GeneratorSettings

PUBLISHED = {64: (1024, 512, 256, 128, 128), 128: (1024, 512, 256, 128, 128, 64)}


def build(side=64, channels=(64, 32, 16, 8, 8), code=6, depth=3):
    torch.manual_seed(0)
    return Generator((depth, side, side), code, GeneratorSettings(channels))


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def stirred(network):
    """Batch norms with statistics and factors of their own."""
    generator = torch.Generator().manual_seed(1)
    for name, value in network.state_dict().items():
        if name.endswith(("running_mean", "bias")):
            value.normal_(0, 0.3, generator=generator)
        if name.endswith("running_var"):
            value.uniform_(0.5, 2, generator=generator)
    return network


def codes(count=3, size=6):
    return torch.randn(count, size, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize(("side", "parameters"), [(64, 31_580_544), (128, 32_256_448)])
def test_published_parameters(side, parameters):
    """Those of the release but its idle block from 128 to 256 pixels."""
    with torch.device("meta"):
        ours, theirs = build(side, PUBLISHED[side], 512), official.Generator(512, side)
    assert count(ours) == parameters == official.count_of_generator(512, PUBLISHED[side])
    assert count(theirs) - count(theirs.feat_256) == parameters


def pairs(ours, theirs):
    """(layer of ours, layer of theirs) of every convolution and batch norm."""
    sizes = [8, 16, 32, 64, *([128] if theirs.side == 128 else [])]
    gates = [theirs.se_64, *([theirs.se_128] if theirs.side == 128 else [])]
    yield from zip(ours.first[:2], theirs.init.init, strict=True)
    for block, size in zip(ours.blocks, sizes, strict=True):
        yield from zip(block[:2], list(theirs.get_submodule(f"feat_{size}"))[1:], strict=True)
    for gate, their_gate in zip(ours.gates, gates, strict=True):
        yield from ((gate.layers[i], their_gate.main[i]) for i in (1, 3))
    yield ours.last, theirs.get_submodule(f"to_{theirs.side}")


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("side", [64, 128])
def test_published_forward(side, training):
    channels = (64, 32, 16, 8, 8, 4)[: 5 + (side == 128)]
    ours, theirs = stirred(build(side, channels)), official.Generator(6, side, width=4)
    for own, other in pairs(ours, theirs):
        if isinstance(own, nn.BatchNorm2d):
            other.load_state_dict(own.state_dict())
            continue
        norm = own.parametrizations.weight
        other.weight_orig.data = norm.original.detach().clone()
        other.weight_u.copy_(norm[0].left)
        other.weight_v.copy_(norm[0].right)
    found, expected = (network.train(training)(codes()) for network in (ours, theirs))
    assert found.shape == (3, 3, side, side)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_small_images_have_no_map_that_is_gated():
    network = build(32, (16, 8, 8, 4))
    assert len(network.gates) == 0
    assert network.first[0].kernel_size == (4, 4)
    assert network(codes()).shape == (3, 3, 32, 32)


def test_images_that_are_not_square_and_of_one_channel():
    network = Generator((1, 8, 12), 5, GeneratorSettings((8, 4, 4)))
    assert network.first[0].kernel_size == (2, 3)
    assert network(torch.randn(2, 5)).shape == (2, 1, 8, 12)


@pytest.mark.parametrize(("channels", "message"), [((), r"channels=\[\]"), ((8,) * 8, "cannot be halved 7 times")])
def test_impossible_channels(channels, message):
    with pytest.raises(ValueError, match=message):
        build(64, channels)
