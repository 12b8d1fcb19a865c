"""A residual block that is told time and code: the order of the two, checked against the formula written out."""

import pytest
import torch
import torch.nn.functional as F
from diffusers.models.resnet import ResnetBlock2D

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings
from diffrep.methods.shared.networks.conditioned import TimeThenCode, condition

CODE_DIM = 5


@pytest.fixture(scope="module")
def network():
    """A small network of random weights in double precision: every level, and the middle, has blocks with a code."""
    torch.manual_seed(0)
    model = BaseDPM((3, 16, 16), network=DPMSettings((16, 32), 1, (1,), 8, 0.0, 1, "epsilon"))
    condition(model.unet, CODE_DIM)
    for parameter in model.parameters():
        parameter.data = 0.2 * torch.randn_like(parameter)
    return model.double().eval()


def group_norm(x, norm):
    grouped = x.reshape(len(x), norm.num_groups, -1)
    normal = (grouped - grouped.mean(2, keepdim=True)) / (grouped.var(2, keepdim=True, correction=0) + 1e-5).sqrt()
    return normal.reshape(x.shape) * norm.weight.view(1, -1, 1, 1) + norm.bias.view(1, -1, 1, 1)


def silu(x):
    return x / (1 + (-x).exp())


def written_out(block, x, time, code):
    """skip(x) + Conv(SiLU((1 + z_s) ((1 + t_s) GN(h) + t_b))) with h = Conv(resampled SiLU(GN(x)))."""

    def resampled(h):
        if block.upsample is not None:
            return h.repeat_interleave(2, 2).repeat_interleave(2, 3)
        if block.downsample is not None:
            return h.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).mean((3, 5))
        return h

    told = block.time_emb_proj
    t_s, t_b = (silu(time) @ told.time.weight.T + told.time.bias)[:, :, None, None].chunk(2, dim=1)
    z_s = (silu(code) @ told.code.weight.T + told.code.bias)[:, :, None, None]
    h = block.conv1(resampled(silu(group_norm(x, block.norm1))))
    h = (1 + z_s) * ((1 + t_s) * group_norm(h, block.norm2) + t_b)
    skip = resampled(x) if block.conv_shortcut is None else block.conv_shortcut(resampled(x))
    return skip + block.conv2(silu(h))


def test_every_block_is_the_formula(network):
    blocks = [module for module in network.unet.modules() if isinstance(module, ResnetBlock2D)]
    for block in blocks:
        x = torch.randn(2, block.in_channels, 8, 8, dtype=torch.float64)
        time, code = torch.randn(2, 64, dtype=torch.float64), torch.randn(2, CODE_DIM, dtype=torch.float64)
        torch.testing.assert_close(block(x, (time, code)), written_out(block, x, time, code), atol=1e-10, rtol=1e-10)
    kinds = {(block.upsample is not None, block.downsample is not None) for block in blocks}
    assert kinds == {(False, False), (True, False), (False, True)}


def test_a_code_acts_in_every_block(network):
    told = []
    hooks = [
        module.register_forward_hook(lambda module, inputs, output: told.append(inputs[0][1]))
        for module in network.unet.modules()
        if isinstance(module, TimeThenCode)
    ]
    state, code = torch.randn(2, 3, 16, 16, dtype=torch.float64), torch.randn(2, CODE_DIM, dtype=torch.float64)
    network.run(state, (network.embed(torch.tensor([3, 900]), state), code))
    for hook in hooks:
        hook.remove()
    assert len(told) == sum(isinstance(module, ResnetBlock2D) for module in network.unet.modules())
    assert all(torch.equal(seen, code) for seen in told)


def test_without_a_code_it_is_the_unconditional_block(network):
    block = network.unet.mid_block.resnets[0]
    time = torch.randn(2, 64, dtype=torch.float64)
    still = TimeThenCode(block.time_emb_proj.time, CODE_DIM, 32).double()
    torch.nn.init.zeros_(still.code.bias)
    told = still((time, torch.zeros(2, CODE_DIM, dtype=torch.float64)))
    torch.testing.assert_close(told, still.time(F.silu(time)))
