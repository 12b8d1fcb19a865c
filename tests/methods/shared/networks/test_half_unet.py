"""Diff-AE's encoder at its published sizes, and what it promises at any."""

import pytest
import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from torch import nn

from diffrep.methods.shared.networks.half_unet import HalfUNet, HalfUNetSettings, SingleConvBlock

CHANNELS = {
    64: [64, 128, 256, 512, 512],
    128: [128, 128, 256, 384, 512, 512],
    256: [128, 128, 256, 256, 512, 512, 512],
}


def published(side):
    with torch.device("meta"):
        return HalfUNet((3, side, side), 512, HalfUNetSettings("half_unet", CHANNELS[side], 16))


def small(shape=(3, 16, 16), channels=(32, 64), attention=8):
    torch.manual_seed(0)
    return HalfUNet(shape, 8, HalfUNetSettings("half_unet", channels, attention))


@pytest.mark.parametrize(("side", "parameters"), [(64, 19_320_512), (128, 24_673_536), (256, 30_150_400)])
def test_published_parameters(side, parameters):
    assert sum(parameter.numel() for parameter in published(side).parameters()) == parameters


@pytest.mark.parametrize(
    ("side", "maps"),
    [
        (64, "64@64 64@64 64@64 64@32 128@32 128@32 128@16 256@16 256@16 256@8 512@8 512@8 512@4 512@4 512@4"),
        (
            128,
            "128@128 128@128 128@128 128@64 128@64 128@64 128@32 256@32 256@32 256@16 384@16 384@16 384@8 512@8 512@8 "
            "512@4 512@4 512@4",
        ),
    ],
)
def test_published_maps(side, maps):
    model, seen = published(side), []
    for layer in model.layers:
        if isinstance(layer, nn.Conv2d | SingleConvBlock):
            layer.register_forward_hook(
                lambda layer, inputs, output: seen.append(f"{output.shape[1]}@{output.shape[2]}")
            )
    codes = model(torch.zeros(2, 3, side, side, device="meta"))
    assert " ".join(seen[:-3]) == maps
    assert seen[-3:] == ["512@4", "512@4", "512@1"]  # the middle and the head
    assert codes.shape == (2, 512)


@pytest.mark.parametrize("side", CHANNELS)
def test_published_attention_is_on_16x16_and_in_the_middle(side):
    model, sides = published(side), []
    for layer in model.layers:
        if isinstance(layer, Attention):
            assert layer.heads == 1
            layer.register_forward_hook(lambda layer, inputs, output: sides.append(output.shape[-1]))
    model(torch.zeros(1, 3, side, side, device="meta"))
    assert sides == [16, 16, 4]


@pytest.mark.parametrize(("before", "after", "downsample"), [(32, 32, False), (32, 64, False), (32, 32, True)])
def test_a_block_is_one_convolution_beside_its_input(before, after, downsample):
    torch.manual_seed(0)
    block, x = SingleConvBlock(before, after, downsample=downsample), torch.randn(2, before, 8, 8)
    pool = (lambda h: F.interpolate(h, scale_factor=0.5, mode="area")) if downsample else (lambda h: h)
    grouped = x.view(2, 32, -1)  # 32 groups
    normal = (grouped - grouped.mean(2, keepdim=True)) / (grouped.var(2, keepdim=True, correction=0) + 1e-5).sqrt()
    normal = normal.view_as(x)
    expected = block.shortcut(pool(x)) + block.conv(pool(normal * normal.sigmoid()))
    torch.testing.assert_close(block(x), expected, atol=2e-6, rtol=1e-5)


def test_training_mode_changes_nothing():
    model, images = small(), torch.randn(2, 3, 16, 16)
    assert torch.equal(model.train()(images), model.eval()(images))


def test_fresh_codes_tell_images_apart():
    codes = small()(torch.randn(2, 3, 16, 16))
    assert (codes[0] - codes[1]).abs().max() > 1e-3


def test_sides_need_not_be_powers_of_two():
    assert small((1, 28, 20), [32, 32, 32], attention=7)(torch.zeros(2, 1, 28, 20)).shape == (2, 8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": [32, 40]}, r"encoder.channels=\[32, 40\]: every width must be a multiple of 32"),
        ({"channels": []}, r"encoder.channels=\[\]: every width"),
        ({"channels": [32] * 6}, "too many widths to halve 16x16 images"),
        ({"attention": 5}, r"encoder.attention=5: the encoder's maps have sides \[16, 8\]"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        small(**changes)
