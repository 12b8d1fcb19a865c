"""The sections of params.yaml that are not an adapter's own: what each key means stands beside it there.

The type of a key holds all that is checked of its value: a Limit in an Annotated number, choices as a Literal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Annotated, Literal


@dataclass(frozen=True)
class Limit:
    """What a number must be: in words that end "which must be ...", and as a test, which NaN and infinities fail."""

    words: str
    fits: Callable[[float], bool]


Several = Annotated[int, Limit("at least 2", lambda n: n >= 2)]
Count = Annotated[int, Limit("at least 1", lambda n: n >= 1)]
CountFromZero = Annotated[int, Limit("at least 0", lambda n: n >= 0)]
Seed = CountFromZero
Amount = Annotated[float, Limit("at least 0 and finite", lambda x: 0 <= x < inf)]
Positive = Annotated[float, Limit("above 0 and finite", lambda x: 0 < x < inf)]
Decay = Annotated[float, Limit("at least 0 and below 1", lambda x: 0 <= x < 1)]
Share = Annotated[float, Limit("from 0 to 1", lambda x: 0 <= x <= 1)]


@dataclass(frozen=True)
class Grid:
    """Every combination is one cell of the tables."""

    dataset: list[str]
    method: list[str]
    seed: list[Seed]


@dataclass(frozen=True)
class Budget:
    """Optimiser steps on one data set."""

    base: Count
    oracle: Count
    method: Count
    autoencoder: Count


@dataclass(frozen=True)
class Optimiser:
    """How a network is trained: alike for every method of a grid."""

    batch_size: Count
    learning_rate: Positive
    warmup: CountFromZero
    schedule: Literal["constant", "constant_with_warmup", "linear", "cosine"]
    beta2: Decay
    weight_decay: Amount
    gradient_clip: Amount
    ema_decay: Decay
    log_every: Count
    checkpoint_every: Count
    valid_images: Count


@dataclass(frozen=True)
class Base:
    """A network that methods stand on: the pre-trained diffusion model, the pre-trained autoencoder."""

    network: dict
    seed: Seed
    training: dict


@dataclass(frozen=True)
class Oracle:
    """The judge of counterfactuals."""

    channels: list[Count]
    accuracy: Share
    seed: Seed
    training: dict


@dataclass(frozen=True)
class Evaluate:
    """How codes and decodes are judged."""

    preset: str
    seed: Seed
    batch_size: Count
    diagnose: dict
    probe: dict
    disentangle: dict
    reconstruct: dict
    counterfactual: dict


@dataclass(frozen=True)
class Diagnose:
    """Whether a code is used at every noise level, and when noise takes each factor."""

    images: Several  # each is also given another one's code
    times: Several
    pairs: Count


@dataclass(frozen=True)
class Probe:
    """Linear attribute probes."""

    steps: Count
    seeds: Count


@dataclass(frozen=True)
class Disentangle:
    """Disentanglement metrics on grid data."""

    train: Count
    test: Count
    votes_train: Count
    votes_test: Count
    dci: list[Literal["boosting", "permutation"]]
    rounds: Count


@dataclass(frozen=True)
class Reconstruct:
    """Reconstruction from the code alone and with the inferred start."""

    images: Several  # each is also given another one's code
    decode_steps: Count
    invert_steps: Count


@dataclass(frozen=True)
class Counterfactual:
    """Edits of test images through their codes."""

    pairs: Several  # half of them to choose parts and strengths on
    images: Count
    decode_steps: Count
    invert_steps: Count
    random_parts: CountFromZero
    probe_dims: Count
    mask_dims: CountFromZero
    interpolated: Count
    composed: Count


@dataclass(frozen=True)
class Report:
    """What the tables show beside the numbers."""

    reference: str


@dataclass(frozen=True)
class Machine:
    """Where it runs; recorded with every result."""

    device: Literal["cpu", "gpu", "cuda", "mps"]
    devices: Count
    nodes: Count
    precision: Literal["32-true", "16-mixed", "bf16-mixed", "bf16-true", "64-true"]
    threads: Count
    workers: CountFromZero
    compile: bool
    channels_last: bool


SECTIONS = {
    "grid": Grid,
    "base": Base,
    "autoencoder": Base,
    "oracle": Oracle,
    "train": Optimiser,
    "evaluate": Evaluate,
    "report": Report,
    "machine": Machine,
}
NESTED = {
    "base.training": Optimiser,
    "autoencoder.training": Optimiser,
    "oracle.training": Optimiser,
    "evaluate.diagnose": Diagnose,
    "evaluate.probe": Probe,
    "evaluate.disentangle": Disentangle,
    "evaluate.reconstruct": Reconstruct,
    "evaluate.counterfactual": Counterfactual,
}
