"""Diff-AE at a toy size: as published, and with the settings of the small default."""

import torch
from sections import built, nested
from toy_images import SHAPE

from diffrep.methods.diffae import DiffAE

NETWORK = {
    "channels": [32, 32],
    "layers": 1,
    "attention_levels": [],
    "norm_groups": 16,
    "dropout": 0.0,
    "patch": 1,
    "prediction_type": "epsilon",
}
SETTINGS = {
    "code_dim": 8,
    "encoder": {"kind": "conv", "channels": [32, 32], "attention": None},
    "code_scale": 1.0,
    "network": NETWORK,
    "timestep_sampling": "uniform",
    "sampler": "pdae",
}
ABARS = (1 - torch.linspace(1e-4, 2e-2, 1000, dtype=torch.float64)).cumprod(0)  # written out


def build(**changes):
    torch.manual_seed(0)
    return built(DiffAE, SHAPE, **nested(SETTINGS, changes))


def small(**changes):
    """The settings of the small default that differ from the published ones."""
    network = {"patch": 2, "prediction_type": "sample"}
    return build(network=network, timestep_sampling="late", code_scale=4.0, **changes)


def codes(count=4):
    return torch.linspace(-1, 1, 8 * count).view(count, 8)
