"""The sections of params.yaml that are not an adapter's own: what each key means stands beside it there.

The type of a key holds all that is checked of its value: a limit in an Annotated number, choices as a Literal.
"""

from itertools import pairwise
from math import inf
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from diffrep.pipelines.core.names import A_NAME, is_name
from diffrep.pipelines.core.validation import Section, limit


def at_most(most: float) -> Any:
    """The limit of a number that is no higher."""
    return limit(f"at most {most}", lambda n: n <= most)


def some_once(words: tuple[str, ...]) -> bool:
    """Whether there are any, and none twice."""
    return 0 < len(words) == len(set(words))


AT_MOST = at_most(2**31 - 1)  # what sizes of libraries hold
ONE_A_TIME = at_most(1000)  # a diffusion has the times 0 to 999
Several = Annotated[int, limit("at least 2", lambda n: n >= 2), AT_MOST]
Count = Annotated[int, limit("at least 1", lambda n: n >= 1), AT_MOST]
CountFromZero = Annotated[int, limit("at least 0", lambda n: n >= 0), AT_MOST]
Steps = Annotated[Count, ONE_A_TIME]
Times = Annotated[Several, ONE_A_TIME]
Repeats = Annotated[Count, at_most(1000)]  # each is a piece of work of its own
Draws = Annotated[Count, at_most(1_000_000)]  # 10,000 votes and 5,000 steps are published
Processes = Annotated[Count, at_most(1024)]  # threads of a machine, machines of a run
Seed = Annotated[int, limit("at least 0", lambda n: n >= 0), at_most(2**32 - 1)]
Name = Annotated[str, limit(A_NAME, is_name)]
Amount = Annotated[float, limit("at least 0 and finite", lambda x: 0 <= x < inf)]
Rate = Annotated[float, limit("above 0 and at most 1", lambda x: 0 < x <= 1)]  # about what Adam moves a weight by
Decay = Annotated[float, limit("at least 0 and below 1", lambda x: 0 <= x < 1)]
Betas = Annotated[tuple[Decay, ...], limit("two numbers, for Adam's two moments", lambda both: len(both) == 2)]
WeightDecay = Annotated[Amount, at_most(10)]  # times the learning rate: what a step takes off every weight
Precision = Literal["32-true", "16-mixed", "bf16-mixed"]
OwnMetric = Annotated[str, limit("package.module:function", lambda path: 0 < path.find(":") < len(path) - 1)]
Share = Annotated[float, limit("from 0 to 1", lambda x: 0 <= x <= 1)]
Part = Annotated[float, limit("above 0 and below 1", lambda x: 0 < x < 1)]
Rising = limit("rising, none twice", lambda parts: all(one < other for one, other in pairwise(parts)))


class Grid(Section):
    """Every combination is one cell of the tables."""

    dataset: tuple[Name, ...]
    method: tuple[Name, ...]
    seed: tuple[Seed, ...]


class Budget(Section):
    """Optimiser steps on one data set."""

    base: Count
    oracle: Count
    method: Count
    autoencoder: Count


class PartOptimiser(Section):
    """The optimiser of a submodule that has one of its own: no warm-up; clipped together with all the rest."""

    optimiser: Literal["sgd", "adamw"]
    learning_rate: Rate
    momentum: Decay | None = None  # of sgd
    betas: Betas | None = None  # of adamw
    weight_decay: WeightDecay
    schedule: Literal["constant", "linear", "cosine", "cosine_to_a_tenth"]

    @model_validator(mode="after")
    def expect_own_words(self) -> "PartOptimiser":
        """Raise ValueError where the moments are not those of this optimiser."""
        own, other = ("momentum", "betas") if self.optimiser == "sgd" else ("betas", "momentum")
        if getattr(self, own) is None or getattr(self, other) is not None:
            raise ValueError(f"{self.optimiser} has {own}, and no {other}")
        return self


class Optimiser(Section):
    """How a network is trained: alike for every method of a grid, unless a row says what it does otherwise.

    precision   of machine.precision where it is not given
    parts       {path of a submodule: its own optimiser}
    unaveraged  paths of submodules whose weights are never averaged
    """

    batch_size: Count
    learning_rate: Rate
    warmup: CountFromZero
    schedule: Literal["constant", "constant_with_warmup", "linear", "cosine", "cosine_to_a_tenth"]
    betas: Betas
    weight_decay: WeightDecay
    gradient_clip: Amount
    ema_decay: Decay
    ema_ramp: bool
    weights: Literal["ema", "raw"]
    flip: bool
    log_every: Count
    checkpoint_every: Count
    valid_images: Count  # in whole batches
    precision: Precision | None = None
    parts: dict[str, PartOptimiser] = Field(default={})
    unaveraged: tuple[str, ...] = ()

    def precision_on(self, machine: "Machine") -> Precision:
        """In which it computes there."""
        return self.precision or machine.precision


class RowTraining(Optimiser):
    """What a row of the grid does otherwise than `train` and its data set's budget: any of these keys."""

    steps: Count


for _field in RowTraining.model_fields.values():
    _field.default = None  # not given: as in `train`
RowTraining.model_rebuild(force=True)


class Pretrained(Section):
    """A network that methods stand on: the pre-trained diffusion model, one for each seed."""

    network: dict[str, Any]
    training: Optimiser


class PretrainedOnce(Pretrained):
    """One for all seeds of the grid: the pre-trained autoencoder."""

    seed: Seed


class Imported(Section):
    """A network that others trained, in place of the keys of Pretrained.

    source  `from` in the file: of a base model a folder of diffusers, or a repository of the Hugging Face Hub as
            owner/name[@revision]; of an autoencoder a folder that diffrep has made
    """

    source: Annotated[str, limit("a folder, or owner/name[@revision] of a repository", str.strip)] = Field(alias="from")


class OracleTraining(Section):
    """The network that judges edits."""

    channels: Annotated[tuple[Count, ...], limit("a list of at least one width", len)]
    seed: Seed
    training: Optimiser


class Diagnose(Section):
    """Whether a code is used at every noise level, and when noise takes each factor."""

    images: Several  # each is also given another one's code
    times: Times
    pairs: Count


class Probe(Section):
    """Linear attribute probes."""

    steps: Draws
    seeds: Repeats


class Disentangle(Section):
    """Disentanglement metrics on grid data."""

    train: Several
    test: Several
    votes_train: Draws
    votes_test: Draws
    dci: Annotated[tuple[Literal["boosting", "permutation"], ...], limit("boosting, permutation or both", some_once)]
    rounds: Repeats  # 100 are published


class Reconstruct(Section):
    """Reconstruction from the code alone and with the inferred start."""

    images: Several  # each is also given another one's code
    decode_steps: Steps
    invert_steps: Steps


class Counterfactual(Section):
    """Edits of test images through their codes."""

    pairs: Several  # half of them to choose parts and strengths on
    images: Several  # of which distances take a covariance
    oracle_accuracy: Share
    decode_steps: Steps
    invert_steps: Steps
    random_parts: Annotated[CountFromZero, at_most(1000)]  # each is decoded for every pair
    probe_dims: Count
    mask_dims: CountFromZero
    interpolated: Count
    composed: Count


class Evaluate(Section):
    """How codes and decodes are judged."""

    preset: Annotated[str, limit("a word", str.strip)]
    seed: Seed
    batch_size: Count
    diagnose: Diagnose
    probe: Probe
    disentangle: Disentangle
    metrics: tuple[OwnMetric, ...]  # from outside
    partway: Annotated[tuple[Part, ...], Rising]  # shares of a training after which its weights are scored too
    reconstruct: Reconstruct
    counterfactual: Counterfactual


class Report(Section):
    """What the tables show beside the numbers."""

    reference: str
    controls: tuple[Name, ...]


class Machine(Section):
    """Where it runs; recorded with every result."""

    device: Literal["cpu", "gpu"]
    devices: Processes
    nodes: Processes
    precision: Precision
    threads: Processes
    workers: Annotated[CountFromZero, at_most(1024)]
    compile: bool
    channels_last: bool
    tf32: bool
    cudnn_benchmark: bool
    checkpoint_minutes: Amount
    array_gib: Amount
