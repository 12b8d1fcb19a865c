"""The denoiser that reads tokens: the published size, diffusers' own forward, and who listens to what."""

import pytest
import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import nn

from diffrep.methods.shared.networks.token_unet import TokenUNet, TokenUNetSettings

SMALL = {
    "channels": [16, 32],
    "layers": 1,
    "attention_levels": [0],
    "heads": 2,
    "skip_dropout": 0.0,
    "norm_groups": 8,
    "dropout": 0.0,
    "patch": 1,
    "prediction_type": "epsilon",
}
PUBLISHED = {
    "channels": [64, 128, 256, 256],
    "layers": 2,
    "attention_levels": [0, 1, 2],
    "heads": 8,
    "skip_dropout": 0.0,
    "norm_groups": 32,
    "dropout": 0.0,
    "patch": 1,
    "prediction_type": "epsilon",
}


def build(**changes):
    torch.manual_seed(0)
    return TokenUNet((3, 8, 8), 4, TokenUNetSettings(**SMALL | changes)).eval()


def stirred(**changes):
    """A network that no longer predicts zero."""
    network = build(**changes)
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return network


def batch(count=3):
    generator = torch.Generator().manual_seed(1)
    states, tokens = (torch.randn(count, *shape, generator=generator) for shape in ((3, 8, 8), (5, 4)))
    return states, torch.arange(count) * 300, tokens


def published(token_dim=16):
    with torch.device("meta"):
        return TokenUNet((3, 16, 16), token_dim, TokenUNetSettings(**PUBLISHED))


@pytest.fixture(scope="module")
def large():
    return published()


@pytest.mark.parametrize(("token_dim", "parameters"), [(16, 37_469_635), (32, 37_549_507)])
def test_published_parameters(token_dim, parameters):
    assert sum(parameter.numel() for parameter in published(token_dim).parameters()) == parameters


def test_published_tensors(large):
    assert len(large.state_dict()) == 734


def test_published_transformers(large):
    below = [module for block in large.unet.up_blocks for module in block.modules()]
    kinds = [sum(isinstance(m, Transformer2DModel) for m in modules) for modules in (large.modules(), below)]
    assert kinds == [16, 9]


def test_published_heads(large):
    found = {(m.transformer_blocks[0].attn2.heads, m.in_channels) for m in large.modules() if hasattr(m, "proj_in")}
    assert found == {(8, 64), (8, 128), (8, 256)}


def test_published_inputs_of_the_way_up(large):
    inputs = [[layer.in_channels for layer in block.resnets] for block in large.unet.up_blocks]
    assert inputs == [[512, 512, 512], [512, 512, 384], [384, 256, 192], [192, 128, 128]]


def test_published_maps(large):
    seen = []
    for block in large.unet.down_blocks:
        for module in [*block.resnets, *(block.downsamplers or [])]:
            module.register_forward_hook(lambda module, inputs, output: seen.append(tuple(output.shape[1:3])))
    large.unet.mid_block.register_forward_hook(lambda module, inputs, output: seen.append(tuple(output.shape[1:3])))
    states, times = torch.empty(2, 3, 16, 16, device="meta"), torch.zeros(2, dtype=torch.long, device="meta")
    prediction = large(states, times, torch.empty(2, 20, 16, device="meta"))
    down = [(64, 16)] * 2 + [(64, 8)] + [(128, 8)] * 2 + [(128, 4)] + [(256, 4)] * 2 + [(256, 2)] * 3
    assert (seen, prediction.shape) == ([*down, (256, 2)], (2, 3, 16, 16))


class Halve(nn.Module):
    """A change of resolution that diffusers' blocks and ours can both call."""

    def forward(self, h, *_):
        return F.avg_pool2d(h, 2)


class Double(nn.Module):
    def forward(self, h, *_):
        return F.interpolate(h, scale_factor=2.0)


def test_diffusers_own_forward_gives_the_same_but_for_the_resamplers():
    network, (states, times, tokens) = stirred(), batch()
    config = {key: value for key, value in network.unet.config.items() if not key.startswith("_")}
    theirs = UNet2DConditionModel(**config).eval()
    for unet in (network.unet, theirs):
        unet.down_blocks[0].downsamplers = nn.ModuleList([Halve()])
        unet.up_blocks[0].upsamplers = nn.ModuleList([Double()])
    theirs.load_state_dict(network.unet.state_dict())
    torch.testing.assert_close(network(states, times, tokens), theirs(states, times, tokens).sample)


def test_resamplers_are_told_the_time():
    network, seen = stirred(), []
    for block in (network.unet.down_blocks[0].downsamplers[0], network.unet.up_blocks[0].upsamplers[0]):
        block.time_emb_proj.register_forward_hook(lambda module, inputs, output: seen.append(output))
    states, _, tokens = batch(2)
    network(states, torch.tensor([0, 900]), tokens)
    assert [bool((out[0] != out[1]).any()) for out in seen] == [True, True]


def test_fresh_branches_give_zero():
    """The head alone would hide what the branches before it start from."""
    ends = {name: p for name, p in build().named_parameters() if "conv2." in name or "proj_out." in name}
    assert len(ends) == 2 * (10 + 4)  # weights and biases of the residual blocks and of the transformers
    assert not any(end.any() for end in ends.values())


def test_fresh_network_predicts_zero():
    assert not build()(*batch()).any()


@pytest.mark.parametrize("what", [1, 2], ids=["time", "tokens"])
def test_prediction_listens(what):
    network, given = stirred(), list(batch())
    before = network(*given)
    given[what] = given[what] + 1
    assert not torch.allclose(network(*given), before)


def test_tokens_are_a_set():
    network, (states, times, tokens) = stirred(), batch()
    torch.testing.assert_close(network(states, times, tokens.flip(1)), network(states, times, tokens))


def test_patches_are_folded_into_channels():
    network = build(patch=2)
    assert network.unet.conv_in.in_channels == 12
    assert network(*batch()).shape == (3, 3, 8, 8)


def skips(network, states):
    """{width of a map: what the first residual block of that width on the way up gets}."""
    seen = {}

    def keep(layer, inputs):
        seen.setdefault(inputs[0].shape[3], inputs[0])

    for block in network.unet.up_blocks:
        block.resnets[0].register_forward_pre_hook(keep)
    network(states, torch.zeros(len(states), dtype=torch.long), torch.ones(len(states), 5, 4))
    return seen


def test_skip_dropout_leaves_out_whole_channels_and_scales_the_others():
    network, ones = build(skip_dropout=0.25).train(), torch.ones(64, 16, 8, 8)
    dropped = network.dropped(ones)
    assert torch.equal(dropped, dropped[:, :, :1, :1].expand_as(dropped))
    assert dropped.unique().tolist() == [0.0, pytest.approx(4 / 3)]
    assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.05)
    assert len(dropped[:, :, 0, 0].unique(dim=0)) > 32  # every image has channels of its own


@pytest.mark.parametrize(("side", "whole"), [(1, True), (2, True), (4, True), (3, False), (8, False), (16, False)])
def test_skips_of_the_coarsest_maps_stay_whole(side, whole):
    network, ones = build(skip_dropout=0.5).train(), torch.ones(4, 16, side, side)
    assert torch.equal(network.dropped(ones), ones) == whole


def test_the_way_up_gets_dropped_skips_of_maps_8_wide_only():
    network = stirred(skip_dropout=0.5).train()
    seen = skips(network, torch.randn(4, 3, 8, 8))
    silent = {side: (maps.flatten(2).abs().amax(2) == 0).any().item() for side, maps in seen.items()}
    assert silent == {4: False, 8: True}


def test_skips_are_whole_once_trained_and_without_dropout_nothing_is_drawn():
    dropping, plain = stirred(skip_dropout=0.5), stirred().train()
    before = torch.get_rng_state()
    torch.testing.assert_close(dropping(*batch()), plain(*batch()))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heads": 3}, r"heads=3 must divide every width of channels=\[16, 32\]"),
        ({"heads": 0}, "heads=0: must be at least 1"),
        ({"layers": 0}, "layers=0: a resolution has at least 1 block"),
        ({"patch": 3}, "images of 8x8 cannot be cut by patch=3"),
        ({"attention_levels": [2]}, "there are levels 0 to 1"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)
