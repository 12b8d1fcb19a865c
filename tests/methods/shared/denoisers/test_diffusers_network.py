"""Base models of layouts that others publish: run as diffusers runs them, shifted as they are laid out, or refused."""

import functools

import pytest
import torch
from diffusers import DDPMScheduler
from diffusers_folders import CIFAR, LAYOUTS, model
from torch.testing import assert_close

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.diffusers_network import DiffusersSettings
from diffrep.methods.shared.denoisers.shift_unet import GradientEstimator
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM, ShiftedDPMSettings
from diffrep.methods.shared.process.schedule import noise_shares
from diffrep.pipelines.trained.imported import DEFAULTS

KEYS = {"_class_name", "_diffusers_version"}
ROUNDED = {"rtol": 1e-6, "atol": 2e-6}  # of numbers around 1: convolutions round otherwise at other addresses


def settings(config, betas="linear", prediction_type="epsilon", patch=1):
    unet = DEFAULTS | {key: value for key, value in config.items() if key not in KEYS}
    return DiffusersSettings("diffusers", unet, betas, prediction_type, patch)


def shape_of(config):
    return (3, config["sample_size"], config["sample_size"])


def base_of(config, **changes):
    """A BaseDPM with the weights of a published layout, and that layout's UNet2DModel."""
    unet = model(config)
    base = BaseDPM(shape_of(config), network=settings(config, **changes)).eval()
    base.unet.load_state_dict(unet.state_dict())
    return base, unet


@functools.cache
def of_layout(layout):
    """The same of one of the layouts, made once: no test changes them."""
    return base_of(LAYOUTS[layout])


def batch(config):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(3, *shape_of(config), generator=generator), torch.tensor([0, 250, 999])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_predicts_what_diffusers_predicts(layout):
    base, unet = of_layout(layout)
    noisy, timesteps = batch(LAYOUTS[layout])
    assert_close(base.features(noisy, timesteps).prediction, unet(noisy, timesteps).sample, **ROUNDED)


def copied(ours, theirs):
    """Take over a frozen block's weights; what the code says becomes nothing."""
    names = {"norm1": "norm1", "conv1": "conv1", "time": "time_emb_proj", "norm2": "norm2", "conv2": "conv2"}
    if theirs.conv_shortcut is not None:
        names["shortcut"] = "conv_shortcut"
    for mine, other in names.items():
        ours.get_submodule(mine).load_state_dict(theirs.get_submodule(other).state_dict())
    for parameter in ours.code.parameters():
        torch.nn.init.zeros_(parameter)


def mirrored(estimator, unet):
    """The estimator with the weights of the network that it mirrors."""
    first, attention, second = estimator.middle
    copied(first, unet.mid_block.resnets[0])
    copied(second, unet.mid_block.resnets[1])
    if unet.mid_block.attentions[0] is not None:
        attention.load_state_dict(unet.mid_block.attentions[0].state_dict())
    for ours, theirs in zip(estimator.up, unet.up_blocks, strict=True):
        for mine, other in zip(ours.blocks, theirs.resnets, strict=True):
            copied(mine, other)
        for mine, other in zip(ours.attentions, getattr(theirs, "attentions", ()), strict=False):
            mine.load_state_dict(other.state_dict())
        if theirs.upsamplers is not None and hasattr(theirs.upsamplers[0], "time_emb_proj"):
            copied(ours.upsampler, theirs.upsamplers[0])
        elif theirs.upsamplers is not None:
            ours.upsampler.load_state_dict(theirs.upsamplers[0].state_dict())
    estimator.norm_out.load_state_dict(unet.conv_norm_out.state_dict())
    estimator.conv_out.load_state_dict(unet.conv_out.state_dict())
    return estimator


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_estimator_mirrors_the_layout(layout):
    """With the frozen weights and a code that says nothing it gives the frozen prediction."""
    base, unet = of_layout(layout)
    estimator = mirrored(GradientEstimator(base, code_dim=8, dropout=0.0, code_map=False).eval(), unet)
    seen = base.features(*batch(LAYOUTS[layout]))
    assert_close(estimator(seen, torch.randn(3, 8)), seen.prediction, **ROUNDED)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("gate", ["none", "sqrt_alphas_cumprod"])
@torch.no_grad()
def test_a_fresh_shift_is_none(layout, gate):
    base, unet = of_layout(layout)
    shifted = ShiftedDPM(base, 8, ShiftedDPMSettings(0.1, gate, True, "uniform", "lambda"))
    noisy, timesteps = batch(LAYOUTS[layout])
    found = shifted.predict(noisy, timesteps, torch.randn(3, 8))
    assert torch.equal(found, base.features(noisy, timesteps).prediction)
    assert_close(found, unet(noisy, timesteps).sample, **ROUNDED)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_everything_of_the_estimator_learns(layout):
    base, _ = of_layout(layout)
    shifted = ShiftedDPM(base, 8, ShiftedDPMSettings(0.0, "none", True, "uniform", "lambda"))
    for parameter in shifted.estimator.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    noisy, timesteps = batch(LAYOUTS[layout])
    shifted.loss(shifted.see(noisy, timesteps, noisy.flip(0)), torch.randn(3, 8)).backward()
    still = [name for name, value in shifted.estimator.named_parameters() if value.grad is None]
    assert still == []
    assert all(value.grad is None for value in base.parameters())


@pytest.mark.parametrize("betas", ["linear", "scaled_linear", "cosine"])
def test_its_schedule_is_the_one_it_was_trained_on(betas):
    base, _ = base_of(CIFAR, betas=betas)
    abar = (1 - noise_shares(betas)).cumprod(0)
    assert torch.equal(base.schedule.alphas_cumprod, abar)
    found = DDPMScheduler(**base.scheduler_config()).alphas_cumprod.double()
    assert_close(found, abar, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "parameters", "tensors", "config"),
    [
        ((3, 32, 32), 35_746_307, 328, CIFAR | {"block_out_channels": [128, 256, 256, 256]}),
        (
            (3, 256, 256),
            113_673_219,
            450,
            LAYOUTS["google/ddpm-*-256"] | {"block_out_channels": [128, 128, 256, 256, 512, 512]},
        ),
    ],
)
def test_at_full_width_it_is_the_published_size(shape, parameters, tensors, config):
    with torch.device("meta"):
        base = BaseDPM(shape, network=settings(config | {"sample_size": shape[1], "norm_num_groups": 32}))
    assert sum(parameter.numel() for parameter in base.parameters()) == parameters
    assert len(base.state_dict()) == tensors


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"center_input_sample": True}, "center_input_sample is True, where only False can be used"),
        ({"time_embedding_type": "fourier"}, "time_embedding_type is 'fourier', where only 'positional' can"),
        ({"time_embedding_type": "learned"}, "time_embedding_type is 'learned'"),
        ({"mid_block_type": None}, "mid_block_type is None, where only 'UNetMidBlock2D' can be used"),
        ({"mid_block_scale_factor": 1.4142}, "mid_block_scale_factor is 1.4142, where only 1 can be used"),
        ({"act_fn": "gelu"}, "act_fn is 'gelu', where only 'silu' or 'swish' can be used"),
        ({"resnet_time_scale_shift": "spatial"}, "resnet_time_scale_shift is 'spatial', where only 'default' or 'sc"),
        ({"downsample_type": None}, "downsample_type is None, where only 'conv' or 'resnet' can be used"),
        ({"upsample_type": "fir"}, "upsample_type is 'fir'"),
        ({"class_embed_type": "timestep"}, "class_embed_type is 'timestep', where only None can be used"),
        ({"num_class_embeds": 10}, "num_class_embeds is 10, where only None can be used"),
        ({"down_block_types": ["SkipDownBlock2D"] * 4}, "down_block_types has 'SkipDownBlock2D', where only 'DownBl"),
        ({"up_block_types": ["CrossAttnUpBlock2D"] * 4}, "up_block_types has 'CrossAttnUpBlock2D', where only 'UpBl"),
        ({"out_channels": 6}, r"out_channels is 6 \(a learned variance, it seems\), which must be in_channels, 3"),
        ({"out_channels": 1}, "out_channels is 1, which must be in_channels, 3"),
        ({"in_channels": 1, "out_channels": 1}, "in_channels is 1, but the data set's images have 3 channels"),
        ({"sample_size": 32}, "sample_size is 32, but the data set's images ask for 16x16"),
        ({"sample_size": None}, "sample_size is None, but the data set's images ask for 16x16"),
        ({"sample_size": [16, 8]}, r"sample_size is \[16, 8\], but the data set's images ask for 16x16"),
    ],
)
def test_what_cannot_be_is_told_by_its_key(changes, told):
    with pytest.raises(ValueError, match=f"^config.json: {told}"):
        BaseDPM((3, 16, 16), network=settings(CIFAR | changes))


def test_images_that_cannot_be_halved_so_often_are_told():
    with pytest.raises(ValueError, match=r"^config.json: block_out_channels: images of 20 cannot be halved 3 times"):
        BaseDPM((3, 20, 20), network=settings(CIFAR | {"sample_size": 20}))


def test_a_folded_model_is_for_images_before_they_are_folded():
    config = CIFAR | {"in_channels": 12, "out_channels": 12}
    base = BaseDPM((3, 32, 32), network=settings(config, patch=2))
    assert base.features(torch.randn(2, 3, 32, 32), torch.tensor([1, 2])).prediction.shape == (2, 3, 32, 32)
    with pytest.raises(ValueError, match="in_channels is 12, but the data set's images have 3 channels"):
        BaseDPM((3, 16, 16), network=settings(config))
