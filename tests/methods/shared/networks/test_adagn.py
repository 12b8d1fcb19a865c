"""The residual block that is told the time, then the code: the formula written out, and what a gate closes."""

import torch
import torch.nn.functional as F

from diffrep.methods.shared.networks.adagn import AdaGNBlock, scale_shift


def stir(module):
    for parameter in module.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return module


def test_time_comes_before_code():
    torch.manual_seed(0)
    block = stir(AdaGNBlock(16, 16, embedding_dim=4, groups=4, dropout=0.0))
    x, time, code = torch.randn(2, 16, 8, 8), torch.randn(2, 4), torch.randn(2, 4)
    t_scale, t_shift = block.time(F.silu(time))[:, :, None, None].chunk(2, 1)
    z_scale, z_shift = block.code(F.silu(code))[:, :, None, None].chunk(2, 1)
    normed = block.norm2(block.conv1(F.silu(block.norm1(x))))
    h = (1 + z_scale) * (normed * (1 + t_scale) + t_shift) + z_shift
    torch.testing.assert_close(block(x, time, code), x + block.conv2(F.silu(h)))


def test_a_time_that_is_added_comes_before_the_norm():
    torch.manual_seed(0)
    block = stir(AdaGNBlock(16, 16, embedding_dim=4, groups=4, dropout=0.0, added_time=True, eps=1e-2))
    x, time, code = torch.randn(2, 16, 8, 8), torch.randn(2, 4), torch.randn(2, 4)
    z_scale, z_shift = block.code(F.silu(code))[:, :, None, None].chunk(2, 1)
    normed = F.group_norm(x, 4, block.norm1.weight, block.norm1.bias, 1e-2)
    told = block.conv1(F.silu(normed)) + block.time(F.silu(time))[:, :, None, None]
    h = (1 + z_scale) * F.group_norm(told, 4, block.norm2.weight, block.norm2.bias, 1e-2) + z_shift
    torch.testing.assert_close(block(x, time, code), x + block.conv2(F.silu(h)))


def test_fresh_block_is_its_skip():
    block = AdaGNBlock(16, 16, embedding_dim=4, groups=4, dropout=0.0, upsample=True)
    x = torch.randn(2, 16, 4, 4)
    assert torch.equal(block(x, torch.randn(2, 4), torch.randn(2, 4)), F.interpolate(x, scale_factor=2.0))


def test_a_gate_multiplies_the_normed_input_and_the_skip():
    torch.manual_seed(0)
    block = stir(AdaGNBlock(16, 16, embedding_dim=4, groups=4, dropout=0.0))
    x, time, code, gate = torch.randn(2, 16, 8, 8), torch.randn(2, 4), torch.randn(2, 4), torch.rand(2, 16, 1, 1)
    h = block.norm2(block.conv1(F.silu(block.norm1(x) * gate)))
    h = scale_shift(scale_shift(h, block.time(F.silu(time))), block.code(F.silu(code)))
    torch.testing.assert_close(block(x, time, code, gate), x * gate + block.conv2(F.silu(h)))


def test_scales_come_before_shifts():
    scaled = scale_shift(torch.ones(1, 2, 1, 1), torch.tensor([[1.0, 2.0, 10.0, 20.0]]))
    assert scaled.flatten().tolist() == [12, 23]
