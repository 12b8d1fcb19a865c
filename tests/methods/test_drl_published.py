"""DRL as published: its networks have the released numbers of parameters, its presets restore its settings."""

from pathlib import Path

import pytest
import torch
import yaml
from diffusers.models.attention_processor import Attention
from sections import built
from torch import nn

from diffrep.methods.drl import DRL
from diffrep.methods.shared.denoisers.ve_score import VEScore
from diffrep.methods.shared.networks.ncsnpp import NCSNpp, NCSNppSettings, Up, _attention, _block
from diffrep.methods.shared.networks.wide_resnet import WideResNet

PUBLISHED = yaml.safe_load((Path(__file__).parents[1].parent / "methods" / "published.yaml").read_text())
PRESETS = {name: values for name, values in PUBLISHED.items() if name.startswith(("drl-", "functions-"))}
ROWS = [(preset, row) for preset in PRESETS for row in PRESETS[preset]["methods"]]
FREQUENCIES, LEARNED_TIME = 16, 1  # which the sources count


def build(preset, row):
    with torch.device("meta"):
        return built(DRL, tuple(PRESETS[preset]["image_shape"]), **PRESETS[preset]["methods"][row])


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("width", "gaussian", "released"),
    [
        (1, False, 405_915),
        (2, False, 1_534_171),
        (4, False, 5_975_867),
        (1, True, 414_235),
        (2, True, 1_567_195),
        (4, True, 6_107_451),
    ],
)
def test_encoder(width, gaussian, released):
    with torch.device("meta"):
        encoder = WideResNet((3, 32, 32), 64 * width, gaussian=gaussian)
    classifier = 10 * (64 * width + 1)
    assert count(encoder) + classifier + FREQUENCIES + LEARNED_TIME == released
    assert count(encoder.time) + FREQUENCIES + LEARNED_TIME == 6_289


@pytest.mark.parametrize(
    ("side", "channels", "attention", "unet", "code_map", "side_of_map"),
    [
        (32, [16, 32, 32, 32], 16, 831_587, 99_072, 4),
        (84, [16, 32, 32], None, 614_019, 10_036_320, 21),
        (64, [16, 32, 32], 16, None, None, 16),
    ],
)
def test_score_network(side, channels, attention, unet, code_map, side_of_map):
    with torch.device("meta"):
        network = NCSNpp((3, side, side), 128, NCSNppSettings(tuple(channels), 2, attention, 0.1))
        joined = network.code_map(torch.empty(2, 128))
        h = network(torch.empty(2, 3, side, side), torch.empty(2), torch.empty(2, 128))
    assert joined.shape == (2, 32, side_of_map, side_of_map)
    assert h.shape == (2, 3, side, side)
    if unet is not None:
        assert count(network) - count(network.code) - count(network.code_map) + FREQUENCIES == unet
        assert (count(network.code), count(network.code_map)) == (8_256, code_map)
        assert count(network.time) + FREQUENCIES == 6_288


@pytest.mark.parametrize(("side", "channels"), [(32, [16, 32, 32, 32]), (64, [16, 32, 32])])
def test_attention_is_on_the_maps_of_16_and_in_the_middle(side, channels):
    with torch.device("meta"):
        network, sides = NCSNpp((3, side, side), 8, NCSNppSettings(tuple(channels), 2, 16, 0.1)), []
        for module in network.modules():
            if isinstance(module, Attention):
                module.register_forward_pre_hook(lambda module, inputs: sides.append(inputs[0].shape[2]))
        network(torch.empty(1, 3, side, side), torch.empty(1), torch.empty(1, 8))
    assert sides == [16, 16, side // 2 ** (len(channels) - 1), 16]


def test_middle_blocks_have_64_channels():
    with torch.device("meta"):
        network = NCSNpp((3, 32, 32), 128, NCSNppSettings((16, 32, 32, 32), 2, 16, 0.1))
    assert [network.middle[i].out_channels for i in (0, 2)] == [64, 64]
    assert network.middle[0].time_emb_proj.in_features == 128


def idle_decoder(network):
    """The release's second decoder: the middle and the way up of `network`, fed by the map of the code, no skips."""
    widths = [up.grow.conv2.out_channels if up.grow else network.conv_out.in_channels for up in network.up]
    told = network.middle[0].time_emb_proj.in_features
    before = network.code_map[-1].unflattened_size[0]
    with torch.device("meta"):
        parts = [_block(before, before, told, 0.1), _attention(before), _block(before, before, told, 0.1)]
        for width, up in zip(widths, network.up, strict=True):
            attends = isinstance(up.attention, Attention)
            parts.append(Up(before, width, [0] * len(up.blocks), attends, up.grow is not None, told, 0.1))
            before = width
    return nn.ModuleList([*parts, network.norm_out, network.conv_out])


@pytest.mark.parametrize(
    ("preset", "row", "idle", "released"),
    [
        ("drl-cifar10", "drl", 353_907, 2_826_993),
        ("drl-cifar10", "vdrl", 353_907, 2_860_017),
        ("drl-mini_imagenet", "drl", 257_555, 12_450_321),
    ],
)
def test_whole_model(preset, row, idle, released):
    model, classifier = build(preset, row), 1_290
    assert count(idle_decoder(model.decoder.network)) == idle
    assert count(model) + idle + classifier + 2 * FREQUENCIES + LEARNED_TIME == released


def test_statistics_of_mini_imagenet_are_those_of_256_levels():
    decoder = PRESETS["drl-mini_imagenet"]["methods"]["drl"]["decoder"]
    for name, levels in {"mean": (120.396, 115.594, 104.540), "std": (70.682, 68.276, 72.545)}.items():
        assert decoder[name] == pytest.approx([level / 255 for level in levels], abs=5e-7)


@pytest.mark.parametrize(("preset", "row"), ROWS)
def test_departures_are_off(preset, row):
    model = build(preset, row)
    assert (type(model.encoder), type(model.decoder)) == (WideResNet, VEScore)
    assert (model.encoder_time, model.code_scale, model.reduction) == ("joint", 1.0, "half_sum")
    assert model.regulariser_weight == 1e-5
    assert model.regulariser == {"drl_noreg": "none", "vdrl": "kl"}.get(row, "l1")
    assert model.decoder.timestep_sampling == ("sigma" if row == "drl_high_noise" else "log_sigma")


@pytest.mark.parametrize(("preset", "row"), ROWS)
def test_stated_parameters(preset, row):
    model = build(preset, row)
    stated = dict(PRESETS[preset]["parameters"][row])
    assert count(model) == stated.pop("total")
    for path, number in stated.items():
        assert count(model.get_submodule(path)) == number, path


@pytest.mark.parametrize(("preset", "steps"), [("drl", 70_000), ("functions", 250_000)])
def test_budgets(preset, steps):
    for budget in PRESETS[f"{preset}-cifar10"]["budgets"].values():
        assert (budget["steps"], budget["batch_size"], budget["warmup"]) == (steps, 100, 5000)
        assert (budget["ema_decay"], budget["ema_ramp"], budget["weights"]) == (0.999, True, "raw")
