"""A data set, methods and an oracle all of whose answers are known: pictures of three bands, a grey level each.

The fourth band is nuisance: no factor tells it, and methods keep it in the start of their decodes.
"""

import dataclasses
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import torch
from torch import nn

from diffrep.datasets.pixels import image_tensor
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.protocol import evaluate
from diffrep.pipelines.edits.session import Session, chosen_parts, open_session
from diffrep.pipelines.trained.decoder import Decoder

BANDS, VALUES, SIDE, STEP = 3, 5, 32, 0.3
HIGH = 0.023  # nuisance: between two levels that rounding tells apart
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
        return as_images(bands)

    def invert(self, images, codes, *, steps):
        return images

    def noised(self, images, noise, timesteps):
        return images

    def denoise(self, noisy, timesteps, codes):
        return self.decode(codes, noisy, steps=1)


class Residual(Painter):
    """Starts are what the code does not tell of an image: it comes back from its own code and start, and from no other.

    A start that is inferred with another image's code is wrong, as it is with real methods.
    """

    def invert(self, images, codes, *, steps):
        return images - self.told(codes)

    def decode(self, codes, start, *, steps):
        return start + self.told(codes)

    def told(self, codes):
        bands = torch.cat([codes @ self.basis.T, torch.zeros(len(codes), 1)], dim=1)
        return as_images(bands / 2)  # so that the start is another one for other factors


class TwoFaced(Painter):
    """Images whose nuisance is above `HIGH` have another code than the others, and are edited otherwise.

    There the first two dimensions have changed places, and a step along the third goes a quarter of its way.
    """

    def encode(self, images):
        bands = self.bands(images)
        return {"z": self.faced(bands[:, :BANDS], bands[:, BANDS:])}

    def decode(self, codes, start, *, steps):
        own, nuisance = self.bands(start)[:, :BANDS], self.bands(start)[:, BANDS:]
        told, slow = self.faced(codes, nuisance), torch.tensor([1.0, 1.0, 0.25])
        told = torch.where(nuisance > HIGH, own + slow * (told - own), told)
        return as_images(torch.cat([told, nuisance], dim=1))

    def faced(self, codes, nuisance):
        return torch.where(nuisance > HIGH, codes[:, [1, 0, 2]], codes)


def as_images(bands):
    """[n, 4] band levels -> [n, 3, side, side]."""
    return bands[:, None, :, None, None].expand(-1, 3, -1, SIDE // 4, SIDE).flatten(2, 3).contiguous()


class PerfectNetwork:
    """Reads every band exactly: its logits fall with the distance to each value's level."""

    sizes = (VALUES,) * BANDS

    def logits(self, images):
        bands = Painter().bands(images.clamp(-1, 1)).numpy()[:, :BANDS]
        return [-np.abs(band[:, None] - (np.arange(VALUES) * STEP - 0.6)) for band in bands.T]

    def read(self, images):
        return np.stack([logits.argmax(1) for logits in self.logits(images)], axis=1)


SETTINGS = Counterfactual(
    pairs=80,
    images=100,
    oracle_accuracy=0.98,
    decode_steps=2,
    invert_steps=2,
    random_parts=2,
    probe_dims=1,
    mask_dims=0,
    interpolated=20,
    composed=20,
)
SEED = 5  # not that of any training
SCENE = Painted(nuisance_of)


def oracle(*bands) -> Oracle:
    """The perfect oracle, trusted with these bands; by default with all three."""
    known, kept = data(), np.array(bands if bands else range(BANDS), int)
    names = [known.card["factor_names"][k] for k in kept]
    truth = known.factors[known.splits["test"]][:, kept]
    return Oracle(PerfectNetwork(), kept, names, np.ones(len(kept)), truth, None, 0.98, {})


def blind_oracle() -> Oracle:
    """An oracle that is trusted with nothing."""
    return dataclasses.replace(oracle(0), kept=np.zeros(0, int), names=[], accuracy=np.ones(0), truth=np.ones((200, 0)))


def session(network=None, batch_size=100, known=None, **changed) -> Session:
    """A painting method at work on the painted pictures or on `known`, with settings of evaluate.counterfactual."""
    network, known = (network or Painter()).eval(), known or data()
    settings = SETTINGS.model_copy(update=changed)
    codes = {name: network.encode(image_tensor(known.images[rows]))["z"].numpy() for name, rows in known.splits.items()}
    parts = chosen_parts(network, codes["valid"], known, settings, SEED)
    decoder = Decoder(network, batch_size, Meter("painted", 1, shown=False))
    return open_session(network, known, codes, parts, settings, SEED, decoder)


def rearranged(opened: Session, a, b) -> Session:
    """The same session on other pairs."""
    start = opened.starts(a, opened.images(a), opened.codes["test"][a])
    original = opened.draw(opened.codes["test"][a], start)
    return dataclasses.replace(opened, a=a, b=b, start=start, original=original)


def evaluated(opened: Session, by: Oracle, folder, scene=SCENE):
    """Every score of a session; no features of real images are there."""
    return evaluate(opened, by, scene, {}, folder)
