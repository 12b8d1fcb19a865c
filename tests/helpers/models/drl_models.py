"""DRL at toy sizes: static codes, a curve of codes, and the published settings made small."""

import torch
from sections import built
from toy_images import SHAPE, stir

from diffrep.methods.drl import DRL

UNET = {
    "channels": [32, 32],
    "layers": 1,
    "attention_levels": [],
    "norm_groups": 16,
    "dropout": 0.0,
    "patch": 2,
    "prediction_type": "epsilon",
}
SETTINGS = {
    "code_dim": 8,
    "encoder": {"kind": "conv", "channels": [32, 32], "attention": None},
    "encoder_time": "none",
    "code_scale": 4.0,
    "regulariser": "l1",
    "regulariser_weight": 1e-5,
    "reduction": "mean",
    "decoder": {"kind": "unet", "timestep_sampling": "uniform", "network": UNET},
}
PUBLISHED = {
    "encoder": {"kind": "wide_resnet"},
    "encoder_time": "joint",
    "code_scale": 1.0,
    "reduction": "half_sum",
    "decoder": {
        "kind": "ncsnpp",
        "timestep_sampling": "log_sigma",
        "mean": [0.49, 0.48, 0.45],
        "std": [0.25, 0.24, 0.26],
        "network": {"channels": [16, 32], "layers": 1, "attention": 8, "dropout": 0.0},
    },
}
KINDS = {"static": {}, "joint": {"encoder_time": "joint"}, "published": PUBLISHED}


def build(**changes):
    torch.manual_seed(0)
    return built(DRL, SHAPE, **SETTINGS | changes)


def with_network(**changes):
    """The decoder "unet" with some keys of its network changed."""
    return SETTINGS["decoder"] | {"network": UNET | changes}


def stirred(**changes):
    """A model whose decoder listens."""
    return stir(build(**changes)).eval()
