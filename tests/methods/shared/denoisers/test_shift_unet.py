"""The gradient estimator and its block with two scale-shifts."""

import pytest
import torch

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings, Features
from diffrep.methods.shared.denoisers.shift_unet import GradientEstimator
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM, ShiftedDPMSettings
from diffrep.methods.shared.networks.adagn import AdaGNBlock

SHAPE = (3, 16, 16)
BASE128 = {"channels": [128, 128, 256, 384, 512], "attention_levels": [3]}
CELEBA64 = {"channels": [64, 128, 256, 512], "attention_levels": [2]}
PUBLISHED = {"layers": 2, "norm_groups": 32, "dropout": 0.1, "patch": 1, "prediction_type": "epsilon"}
MNIST = {"channels": [64, 128, 128, 256], "attention_levels": []}


def stir(module, scale=0.05):
    for parameter in module.parameters():
        parameter.data += scale * torch.randn_like(parameter)
    return module


def build(attention_levels=(1,), layers=1, code_map=False):
    torch.manual_seed(0)
    base = BaseDPM(SHAPE, network=DPMSettings((32, 64), layers, attention_levels, 16, 0.0, 1, "epsilon"))
    stir(base).eval()
    return base, GradientEstimator(base, code_dim=8, dropout=0.0, code_map=code_map).eval()


def features(base):
    torch.manual_seed(1)
    with torch.no_grad():
        return base.features(torch.randn(2, *SHAPE), torch.tensor([10, 900]))


def published(shape, settings):
    with torch.device("meta"):
        base = BaseDPM(shape, network=DPMSettings(**settings, **PUBLISHED))
        return GradientEstimator(base, code_dim=512, dropout=0.1, code_map=False)


def count(*modules):
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


@pytest.mark.parametrize(
    ("shape", "settings", "parameters"),
    [
        pytest.param((3, 128, 128), BASE128, 78_522_371, id="base-128"),
        pytest.param((3, 64, 64), CELEBA64, 52_007_811, id="CelebA64 (A)"),
        pytest.param((1, 32, 32), MNIST, 16_079_233, id="MNIST"),
    ],
)
def test_published_parameters(shape, settings, parameters):
    assert count(published(shape, settings)) == parameters


def test_a_plain_dpm_leaves_the_estimator_alone_unnamed():
    base, _ = build(code_map=False)
    whole = ShiftedDPM(base, 8, ShiftedDPMSettings(0.0, "none", False, "uniform", "lambda"))
    missing, unexpected = whole.load_state_dict({f"base.{k}": v for k, v in base.state_dict().items()}, strict=False)
    assert unexpected == []
    assert missing == [f"estimator.{name}" for name in whole.estimator.state_dict()]
    assert {name.split(".")[1] for name in missing} == {"code", "middle", "up", "norm_out", "conv_out"}


def test_published_parameters_of_each_part():
    estimator = published((3, 128, 128), BASE128)
    head = count(estimator.norm_out, estimator.conv_out)
    assert [count(estimator.code), count(estimator.middle), count(estimator.up), head] == [
        262_656,
        12_596_224,
        65_659_776,
        3_715,
    ]


def test_published_parameters_of_the_code_projections():
    blocks = [m for m in published((3, 128, 128), BASE128).modules() if isinstance(m, AdaGNBlock)]
    assert count(*(block.code for block in blocks)) == 6_697_728


def test_fresh_estimator_gives_zero():
    base, estimator = build()
    assert not estimator(features(base), torch.randn(2, 8)).any()


def test_at_first_only_the_head_learns():
    base, estimator = build()
    estimator(features(base), torch.randn(2, 8)).sum().backward()
    learns = {name for name, p in estimator.named_parameters() if p.grad is not None and p.grad.any()}
    assert learns == {"conv_out.weight", "conv_out.bias"}


def copy_block(ours, theirs):
    """Take over a frozen block's weights; the code's scale and shift become zero."""
    for mine, other in [("norm1", "norm1"), ("conv1", "conv1"), ("time", "time_emb_proj"), ("norm2", "norm2")]:
        getattr(ours, mine).load_state_dict(getattr(theirs, other).state_dict())
    ours.conv2.load_state_dict(theirs.conv2.state_dict())
    if theirs.conv_shortcut is not None:
        ours.shortcut.load_state_dict(theirs.conv_shortcut.state_dict())
    torch.nn.init.zeros_(ours.code.weight)
    torch.nn.init.zeros_(ours.code.bias)


@pytest.mark.parametrize(("attention_levels", "layers"), [((), 1), ((1,), 1), ((0, 1), 2)])
def test_mirrors_the_frozen_network(attention_levels, layers):
    base, estimator = build(attention_levels, layers)
    unet = base.unet
    copy_block(estimator.middle[0], unet.mid_block.resnets[0])
    copy_block(estimator.middle[2], unet.mid_block.resnets[1])
    estimator.middle[1].load_state_dict(unet.mid_block.attentions[0].state_dict())
    for ours, theirs in zip(estimator.up, unet.up_blocks, strict=True):
        for i, block in enumerate(theirs.resnets):
            copy_block(ours.blocks[i], block)
            if hasattr(theirs, "attentions"):
                ours.attentions[i].load_state_dict(theirs.attentions[i].state_dict())
        if theirs.upsamplers is not None:
            copy_block(ours.upsampler, theirs.upsamplers[0])
    estimator.norm_out.load_state_dict(unet.conv_norm_out.state_dict())
    estimator.conv_out.load_state_dict(unet.conv_out.state_dict())
    seen = features(base)
    torch.testing.assert_close(estimator(seen, torch.randn(2, 8)), seen.prediction, atol=1e-5, rtol=1e-5)


def test_open_gate_changes_nothing():
    base, estimator = build()
    seen, code = features(base), torch.randn(2, 8)
    stir(estimator)
    torch.testing.assert_close(estimator(seen, code, torch.ones(2, 1, 1, 1)), estimator(seen, code))


def test_closed_gate_hides_the_frozen_features():
    base, estimator = build()
    seen, code = features(base), torch.randn(2, 8)
    stir(estimator)
    others = Features(seen.prediction, tuple(torch.randn_like(h) for h in seen.residuals), seen.time)
    closed = torch.zeros(2, 1, 1, 1)
    # what stays: the shared statistics of a norm group that holds channels of both
    assert (estimator(seen, code, closed) - estimator(others, code, closed)).abs().mean() < 0.1 * (
        estimator(seen, code) - estimator(others, code)
    ).abs().mean()


def test_code_map_lets_the_code_in_without_the_frozen_features():
    base, estimator = build(code_map=True)
    stir(estimator)
    for block in estimator.modules():
        if isinstance(block, AdaGNBlock):
            torch.nn.init.zeros_(block.code.weight)
    seen = features(base)
    assert not torch.allclose(estimator(seen, torch.zeros(2, 8)), estimator(seen, torch.ones(2, 8)))


def test_channels_last_training_step_survives():
    base, estimator = build()
    base.to(memory_format=torch.channels_last)
    stir(estimator).to(memory_format=torch.channels_last)
    estimator(features(base), torch.randn(2, 8)).square().mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in estimator.parameters())
