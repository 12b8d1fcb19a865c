"""DRL's published score network: what its blocks, its pyramid and its features of time compute, written out."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from diffrep.methods.shared.networks.ncsnpp import Down, NCSNpp, NCSNppSettings, _attention, _block

ROOT2 = math.sqrt(2)


def build(side=8, channels=(16, 32), layers=1, attention=None):
    torch.manual_seed(0)
    return NCSNpp((3, side, side), 4, NCSNppSettings(channels, layers, attention, 0.0))


def stir(module):
    """Away from the branches that end in nearly nothing."""
    torch.manual_seed(1)
    for parameter in module.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return module.eval()


def normal(*shape, seed=2):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("before", "after"), [(16, 16), (16, 32)])
def test_a_block_is_a_branch_and_a_shortcut_over_the_root_of_two(before, after):
    block, x, told = stir(_block(before, after, 24, 0.0)), normal(2, before, 8, 8), normal(2, 24, seed=3)
    h = block.conv1(F.silu(F.group_norm(x, before // 4, block.norm1.weight, block.norm1.bias, 1e-6)))
    h = h + block.time_emb_proj(F.silu(told))[:, :, None, None]
    h = block.conv2(F.silu(F.group_norm(h, after // 4, block.norm2.weight, block.norm2.bias, 1e-6)))
    shortcut = x if before == after else block.conv_shortcut(x)
    torch.testing.assert_close(block(x, told), (shortcut + h) / ROOT2)


@pytest.mark.parametrize(("way", "scale"), [("down", 0.5), ("up", 2)])
def test_a_block_changes_resolution_by_averaging_or_repeating(way, scale):
    block, x, told = stir(_block(16, 16, 24, 0.0, **{way: True})), normal(2, 16, 8, 8), normal(2, 24, seed=3)
    resize = nn.AvgPool2d(2) if way == "down" else nn.Upsample(scale_factor=2)
    h = block.conv1(resize(F.silu(F.group_norm(x, 4, block.norm1.weight, block.norm1.bias, 1e-6))))
    h = h + block.time_emb_proj(F.silu(told))[:, :, None, None]
    h = block.conv2(F.silu(F.group_norm(h, 4, block.norm2.weight, block.norm2.bias, 1e-6)))
    assert h.shape[2] == 8 * scale
    torch.testing.assert_close(block(x, told), (block.conv_shortcut(resize(x)) + h) / ROOT2)


def test_attention_is_a_branch_over_the_root_of_two():
    module, x = stir(_attention(16)), normal(2, 16, 4, 4)
    h = F.group_norm(x, 4, module.group_norm.weight, module.group_norm.bias, 1e-6).flatten(2).mT
    query, key, value = (layer(h) for layer in (module.to_q, module.to_k, module.to_v))
    seen = module.to_out[0]((query @ key.mT / 4).softmax(2) @ value).mT.view(x.shape)
    torch.testing.assert_close(module(x), (x + seen) / ROOT2)


def test_the_input_pyramid_joins_the_halved_maps():
    down = stir(Down(16, 16, 1, False, 3, 24, 0.0))
    h, pyramid, told = normal(2, 16, 8, 8), normal(2, 3, 8, 8, seed=4), normal(2, 24, seed=3)
    inner, outer = down(h, pyramid, told)
    torch.testing.assert_close(inner, down.blocks[0](h, told))
    layer = down.pyramid
    joined = F.conv2d(F.pad(pyramid, (0, 1, 0, 1)), layer.weight, layer.bias, stride=2)
    torch.testing.assert_close(outer, (joined + down.shrink(inner, told)) / ROOT2)


def test_the_pyramid_of_the_second_halving_is_the_first_ones_result():
    network, seen = build(channels=(16, 32, 32)), []
    for down in network.down:
        down.register_forward_hook(lambda down, inputs, output: seen.append((inputs[1], output[-1])))
    noisy = normal(2, 3, 8, 8)
    network(noisy, torch.zeros(2), normal(2, 4))
    assert torch.equal(seen[0][0], noisy)
    assert torch.equal(seen[1][0], seen[0][1])


def test_the_prediction_listens_to_the_map_of_time_and_code():
    network = stir(build())
    given = normal(2, 3, 8, 8), torch.zeros(2), normal(2, 4)
    before = network(*given)
    network.code_map[4].bias.data += 1
    assert not torch.allclose(network(*given), before)


def test_the_map_sees_time_and_code_and_joins_the_lowest_maps():
    network, seen = stir(build()), {}
    network.code_map.register_forward_hook(lambda layer, inputs, output: seen.update(told=inputs[0], joined=output))
    network.middle[0].register_forward_pre_hook(lambda layer, inputs: seen.update(h=inputs[0], block=inputs[1]))
    codes, log_sigma = normal(2, 4), torch.tensor([-1.0, 2.0])
    network(normal(2, 3, 8, 8), log_sigma, codes)
    told = torch.cat([network.time(log_sigma), network.code(codes)], dim=1)
    torch.testing.assert_close(seen["told"], told)
    torch.testing.assert_close(seen["block"], told)
    layers = network.code_map
    h = layers[4](F.silu(layers[2](F.silu(layers[0](told)))))
    torch.testing.assert_close(seen["joined"], F.silu(h).view(2, 32, 4, 4))
    assert torch.equal(seen["h"][:, 32:], seen["joined"])
