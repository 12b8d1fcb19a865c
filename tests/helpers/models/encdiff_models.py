"""EncDiff at a toy size, in pixels and in the latents of a toy autoencoder."""

import torch
from sections import built, nested
from toy_images import SHAPE, images

from diffrep.methods.encdiff import EncDiff, LatentEncDiff
from diffrep.methods.shared.networks.autoencoder import Autoencoder, AutoencoderSettings

SETTINGS = {
    "code_dim": 5,
    "tokens": {"dim": 4, "hidden": [8, 16], "activation": "elu"},
    "encoder": {"kind": "conv", "channels": [32], "attention": None},
    "code_scale": 1.0,
    "network": {
        "channels": [8, 16],
        "layers": 1,
        "attention_levels": [0],
        "heads": 2,
        "skip_dropout": 0.0,
        "norm_groups": 4,
        "dropout": 0.0,
        "patch": 2,
        "prediction_type": "sample",
    },
    "betas": "linear",
    "timestep_sampling": "late",
    "loss": "mse",
    "sampler": "pdae",
    "eta": 0.0,
}
DISDIS = {"tokens": {"activation": "relu"}}
EPSILON = {"prediction_type": "epsilon"}
CODE = {"betas": "scaled_linear", "loss": "l1", "timestep_sampling": "uniform", "sampler": "ldm"}


def build(latent=False, network=None, stirred=False, **changes):
    torch.manual_seed(0)
    settings = nested(SETTINGS, {"network": ({"patch": 1} if latent else {}) | (network or {})} | changes)
    model = built(LatentEncDiff, SHAPE, autoencoder(), **settings) if latent else built(EncDiff, SHAPE, **settings)
    if stirred:
        for name, parameter in model.named_parameters():
            if not name.startswith("autoencoder"):
                parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def autoencoder():
    made = Autoencoder(SHAPE, network=AutoencoderSettings((8, 8), 1, 3, 64, 4, "l1 + codebook"))
    made.vq.quantize.embedding.weight.data.normal_()
    made.set_scale(images())
    return made


def codes(count=4):
    return torch.linspace(-2, 2, 5 * count).view(count, 5)
