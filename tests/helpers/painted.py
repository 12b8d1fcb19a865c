"""A data set, methods and a judge all of whose answers are known: pictures of three bands, a grey level each.

The fourth band is nuisance: no factor tells it, and methods keep it in the start of their decodes.
"""

import copy
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import torch
from torch import nn

from diffrep.datasets.pixels import image_tensor
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.edits.questions import Asked
from diffrep.pipelines.edits.session import Editing, chosen_parts, editing

BANDS, VALUES, SIDE, STEP = 3, 5, 32, 0.3
N = {"train": 200, "valid": 100, "test": 200}


def levels(factors, nuisance) -> np.ndarray:
    """[n, 4] band levels in [-1, 1]."""
    return np.concatenate([np.asarray(factors) * STEP - 0.6, np.asarray(nuisance)[:, None]], axis=1)


def painted(bands) -> np.ndarray:
    """[n, 4] levels in [-1, 1] -> [n, side, side, 3] uint8."""
    bytes_ = np.rint((np.clip(bands, -1, 1) + 1) * 127.5).astype(np.uint8)
    return np.repeat(bytes_, SIDE // 4, axis=1)[:, :, None, None] * np.ones((1, 1, SIDE, 3), np.uint8)


class Painted:
    """What `redrawn` needs: draws factors under the nuisance of the images that had others."""

    def __init__(self, nuisance_of):
        self.nuisance_of = nuisance_of

    def redrawn(self, factors, original):
        return painted(levels(factors, self.nuisance_of(original)))


def nuisance_of(factors) -> np.ndarray:
    """A function of the original scene alone, as that of rendered rooms."""
    return np.asarray(factors) @ np.array([0.03, 0.07, 0.11]) - 0.4


def data():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, VALUES, size=(sum(N.values()), BANDS))
    ends = np.cumsum(list(N.values()))
    splits = {name: np.arange(end - N[name], end) for name, end in zip(N, ends, strict=True)}
    card = {"factor_names": ["upper", "middle", "lower"], "factor_sizes": [VALUES] * BANDS}
    images = painted(levels(factors, nuisance_of(factors)))
    return SimpleNamespace(
        images=images, factors=factors, attributes=None, splits=splits, card=card, image_shape=(3, SIDE, SIDE)
    )


class Painter(nn.Module):
    """Codes are band levels in `basis`; decoding paints them. With `parts`, one dimension each."""

    needs = ()
    cannot: ClassVar[dict[str, str]] = {}

    def __init__(self, basis=None, deaf=False):
        super().__init__()
        self.basis = torch.eye(BANDS) if basis is None else torch.as_tensor(basis, dtype=torch.float32)
        self.deaf = deaf
        self.parts = [Part(f"band {i}", (i,)) for i in range(BANDS)]

    def bands(self, images):
        return images.unflatten(2, (4, -1)).mean((1, 3, 4))

    def encode(self, images):
        return {"z": self.bands(images)[:, :BANDS] @ self.basis}

    def decode(self, codes, start, *, steps):
        told = torch.zeros(len(codes), BANDS) if self.deaf else codes @ self.basis.T
        bands = torch.cat([told, self.bands(start)[:, BANDS:]], dim=1)
        return bands[:, None, :, None, None].expand(-1, 3, -1, SIDE // 4, SIDE).flatten(2, 3).contiguous()

    def invert(self, images, codes, *, steps):
        return images

    def noised(self, images, noise, timesteps):
        return images

    def denoise(self, noisy, timesteps, codes):
        return self.decode(codes, noisy, steps=1)


class PerfectJudge:
    """Reads every band exactly: its logits fall with the distance to each value's level."""

    sizes = (VALUES,) * BANDS

    def logits(self, images):
        bands = Painter().bands(images.clamp(-1, 1)).numpy()[:, :BANDS]
        return [-np.abs(band[:, None] - (np.arange(VALUES) * STEP - 0.6)) for band in bands.T]

    def read(self, images):
        return np.stack([logits.argmax(1) for logits in self.logits(images)], axis=1)


SETTINGS = {
    **{"pairs": 80, "images": 100, "decode_steps": 2, "invert_steps": 2, "random_parts": 2},
    **{"probe_dims": 1, "mask_dims": 0, "interpolated": 20, "composed": 20},
}
PARAMS = {
    "evaluate": {"seed": 0, "counterfactual": SETTINGS},
    "oracle": {"accuracy": 0.98},
    "machine": {"device": "cpu"},
}


def asked() -> Asked:
    """The perfect judge, asked about all three bands."""
    known = data()
    truth = known.factors[known.splits["test"]]
    return Asked(PerfectJudge(), np.arange(BANDS), known.card["factor_names"], np.ones(BANDS), truth, None, "")


def cell(network=None, batch_size=100, **changed) -> Editing:
    """An editing of the painted pictures by `network`; `changed` are settings of evaluate.counterfactual."""
    network, known = (network or Painter()).eval(), data()
    params = copy.deepcopy(PARAMS)
    params["evaluate"]["batch_size"] = batch_size
    params["evaluate"]["counterfactual"] |= changed
    settings = Counterfactual(**params["evaluate"]["counterfactual"])
    codes = {name: network.encode(image_tensor(known.images[rows]))["z"].numpy() for name, rows in known.splits.items()}
    parts = chosen_parts(network, codes["valid"], known, params, settings)
    return editing(network, known, codes, parts, params, Meter("painted", 1, shown=False))
