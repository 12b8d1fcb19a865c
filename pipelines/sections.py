"""The sections of params.yaml that are not an adapter's own: what each key means stands beside it there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """Every combination is one cell of the tables."""

    dataset: list[str]
    method: list[str]
    seed: list[int]


@dataclass(frozen=True)
class Budget:
    """Optimiser steps on one data set."""

    base: int
    oracle: int
    method: int


@dataclass(frozen=True)
class Optimiser:
    """How a network is trained: alike for every method of a grid."""

    batch_size: int
    learning_rate: float
    warmup: int
    schedule: str
    beta2: float
    weight_decay: float
    gradient_clip: float
    ema_decay: float
    log_every: int
    checkpoint_every: int
    valid_images: int


@dataclass(frozen=True)
class Base:
    """The pre-trained diffusion model."""

    network: dict
    seed: int
    training: dict


@dataclass(frozen=True)
class Oracle:
    """The judge of counterfactuals."""

    channels: list[int]
    accuracy: float
    seed: int
    training: dict


@dataclass(frozen=True)
class Evaluate:
    """How codes and decodes are judged."""

    preset: str
    seed: int
    batch_size: int
    probe: dict
    disentangle: dict
    reconstruct: dict
    counterfactual: dict


@dataclass(frozen=True)
class Probe:
    """Linear attribute probes."""

    steps: int
    seeds: int


@dataclass(frozen=True)
class Disentangle:
    """Disentanglement metrics on grid data."""

    train: int
    test: int
    votes_train: int
    votes_test: int
    dci: str
    rounds: int


@dataclass(frozen=True)
class Reconstruct:
    """Reconstruction from the code alone and with the inferred start."""

    images: int
    decode_steps: int
    invert_steps: int


@dataclass(frozen=True)
class Counterfactual:
    """Swaps of one part of a code between two images."""

    pairs: int
    images: int
    decode_steps: int
    invert_steps: int
    random_parts: int


@dataclass(frozen=True)
class Machine:
    """Where it runs; recorded with every result."""

    device: str
    devices: int
    nodes: int
    precision: str
    threads: int
    workers: int
    compile: bool
    channels_last: bool


SECTIONS = {
    "grid": Grid,
    "base": Base,
    "oracle": Oracle,
    "train": Optimiser,
    "evaluate": Evaluate,
    "machine": Machine,
}
NESTED = {
    "base.training": Optimiser,
    "oracle.training": Optimiser,
    "evaluate.probe": Probe,
    "evaluate.disentangle": Disentangle,
    "evaluate.reconstruct": Reconstruct,
    "evaluate.counterfactual": Counterfactual,
}
