"""Diff-AE at its published sizes: the network part by part."""

from itertools import chain
from pathlib import Path

import pytest
import torch
import yaml
from diffusers.models.attention_processor import Attention
from sections import built

from diffrep.methods.diffae import DiffAE
from diffrep.methods.shared.networks.conditioned import TimeThenCode
from diffrep.methods.shared.process.sampler import SAMPLERS

PRESETS = {64: "diffae-celeba64", 128: "diffae-ffhq128", 256: "diffae-ffhq256"}
PUBLISHED = yaml.safe_load((Path(__file__).parents[2] / "methods" / "published.yaml").read_text())


def count(*modules):
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def shapes(preset):
    """The published model of one preset, without memory."""
    with torch.device("meta"):
        return built(DiffAE, tuple(PUBLISHED[preset]["image_shape"]), **PUBLISHED[preset]["methods"]["diffae"])


@pytest.fixture(scope="module", params=PRESETS)
def published(request):
    return request.param, shapes(PRESETS[request.param])


def test_published_parameters_of_each_part(published):
    side, model = published
    unet = model.denoiser.unet
    found = {
        "total": count(model),
        "encoder": count(model.encoder),
        "time": count(unet.time_embedding),
        "down": count(unet.conv_in, unet.down_blocks),
        "middle": count(unet.mid_block),
        "up": count(unet.up_blocks),
        "head": count(unet.conv_norm_out, unet.conv_out),
    }
    expected = {
        64: (90_839_235, 19_320_512, 295_936, 16_893_504, 12_070_912, 42_256_512, 1_859),
        128: (128_545_155, 24_673_536, 328_704, 28_632_064, 12_070_912, 62_836_224, 3_715),
        256: (168_492_291, 30_150_400, 328_704, 40_751_360, 12_070_912, 85_187_200, 3_715),
    }[side]
    assert tuple(found.values()) == expected


def test_published_blocks_that_are_told_the_code(published):
    side, model = published
    told = [module for module in model.modules() if isinstance(module, TimeThenCode)]
    found = len(told), sum(module.code.out_features for module in told)
    assert found == {64: (28, 7_168), 128: (35, 10_240), 256: (42, 12_928)}[side]


def test_published_number_of_tensors(published):
    side, model = published
    attentions = sum(isinstance(module, Attention) for module in model.modules())
    found = len(model.state_dict()) - 4 * attentions  # q, k and v are one tensor in the reference
    assert found == {64: 506, 128: 608, 256: 706}[side]


def test_published_bottleneck_and_attention(published):
    side, model = published
    unet = model.denoiser.unet
    state, told = torch.zeros(2, 3, side, side, device="meta"), torch.zeros(2, 512, device="meta")
    time = model.denoiser.embed(torch.zeros(2, dtype=torch.long, device="meta"), state)
    places, sides = [unet.down_blocks, unet.mid_block, unet.up_blocks], []
    attentions = [[module for module in place.modules() if isinstance(module, Attention)] for place in places]
    for module in chain.from_iterable(attentions):
        module.register_forward_pre_hook(lambda module, inputs: sides.append(inputs[0].shape[2]))
    features = model.denoiser.run(state, (time, told))
    assert features.residuals[-1].shape == (2, 512, 8, 8)
    assert features.prediction.shape == state.shape
    assert [[module.heads for module in found] for found in attentions] == [[1, 1], [1], [1, 1, 1]]
    assert sides == [16, 16, 8, 16, 16, 16]


def test_published_way_up_of_64():
    found = [[block.in_channels for block in level.resnets] for level in shapes(PRESETS[64]).denoiser.unet.up_blocks]
    assert found == [[1024, 1024, 768], [768, 512, 384], [384, 256, 192], [192, 128, 128]]


def test_departures_are_off_in_every_preset():
    presets = [name for name in PUBLISHED if name.startswith("diffae-")]
    assert len(presets) == 5
    for model in map(shapes, presets):
        assert (model.code_scale, model.timestep_sampling, model.sampler) == (1.0, "uniform", SAMPLERS["diffae"])
        assert (model.denoiser.patch, model.parametrisation.prediction_type) == (1, "epsilon")
