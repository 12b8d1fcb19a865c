"""Settings that ask for more images than a data set has: all told by key and limit, before anything is trained.

Nothing is taken twice, cut short or left out to make do with fewer.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from diffrep.datasets.contract import checked_splits
from diffrep.datasets.files.faults import Faults
from diffrep.metrics.numerics.anchors import PCA_DIMS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.core.trainings import training_of
from diffrep.pipelines.trained.adapters import adapter_path, data_set_named, method_class
from diffrep.pipelines.trained.buildable import trained_needs


class Demand(NamedTuple):
    """What a key asks for.

    key    of params.yaml
    asked  how many it says
    least, most  how many it may be
    words  what that limit is made of
    """

    key: str
    asked: int
    least: int
    most: int
    words: str


def expect_enough(params: Params, dataset: str, source: Any) -> None:
    """Raise UserError with all settings that a data set is too small for, or for splits that are none.

    source  the data set, built
    """
    with data_set_named(dataset, adapter_path(params, "datasets", dataset)):
        checked_splits(source.splits(), len(source))
        faults = too_large(params, dataset, source)
    if faults:
        told = Faults(faults)
        raise UserError(str(told)) from told


def too_large(params: Params, dataset: str, source: Any) -> list[str]:
    """A line for each setting that asks for more than a data set with sound splits has."""
    splits = source.splits()
    counts = {split: len(rows) for split, rows in splits.items()}
    has_factors = bool(getattr(source, "factor_names", ()))
    faults = [line for demand in demands(params, dataset, counts, has_factors) for line in unmet(demand, dataset)]
    faults += undecided(source, dataset, splits["valid"])
    return list(dict.fromkeys(faults))  # rows of the grid share their settings


def unmet(demand: Demand, dataset: str) -> Iterator[str]:
    """What of a demand a data set does not allow, in a line; nothing where it does."""
    key, asked, least, most, words = demand
    if asked > most:
        yield f"{FILE}: {key} is {asked}, but {dataset} allows at most {most}: {words}"
    elif asked < least:
        yield f"{FILE}: {key} is {asked}, which must be at least {least}: {words}"


def undecided(source: Any, dataset: str, rows: np.ndarray) -> Iterator[str]:
    """Validation images, of these rows, choose the epochs of probes: not where all of them are alike."""
    known = np.asarray(source.attributes(rows))
    if known.size and not (known != known[:1]).any():
        told = f"no attribute has both 0 and 1 among its {len(rows)} validation images, by which probes are chosen"
        yield f"{FILE}: datasets.{dataset}: {told}: give it more, or others"


def demands(params: Params, dataset: str, counts: dict[str, int], has_factors: bool) -> Iterator[Demand]:
    """All that is asked of splits of these `counts`; what stands on factors only where there are some."""
    yield from of_trainings(params, dataset, counts)
    yield from of_components(params, dataset, counts)
    yield from of_evaluation(params, counts)
    yield from of_edits(params, counts)
    if has_factors:
        yield from of_factors(params, counts)


def of_trainings(params: Params, dataset: str, counts: dict[str, int]) -> Iterator[Demand]:
    """A batch is drawn without replacement, a validation in whole batches of different images."""
    needs = [need for need in trained_needs(params) if not params.imports(need)]
    for name in (*needs, "oracle", *params.grid.method):
        training = training_of(params, dataset, name)
        asked, batch = training.settings, training.key("batch_size")
        words = f"a training takes {training.steps} steps"
        yield Demand(training.key("warmup"), asked.warmup, 0, training.steps, words)
        yield Demand(batch, asked.batch_size, 1, counts["train"], f"it has {counts['train']} training images")
        yield Demand(batch, asked.batch_size, 1, counts["valid"], f"it has {counts['valid']} validation images")
        words = f"{batch} is {asked.batch_size}, and there are {counts['valid']} validation images"
        yield Demand(training.key("valid_images"), asked.valid_images, asked.batch_size, counts["valid"], words)


def of_components(params: Params, dataset: str, counts: dict[str, int]) -> Iterator[Demand]:
    """Principal components are fewer than the training images that they are of."""
    there = counts["train"]
    for name in params.grid.method:
        dims = params.methods[name].settings.get("code_dim")
        if hasattr(method_class(params, name), "fit") and isinstance(dims, int):
            words = f"it is of components of its {there} training images"
            yield Demand(f"methods.{name}.code_dim", dims, 1, there - 1, words)
    words = f"the anchor pca{PCA_DIMS} has {PCA_DIMS} components of them"
    yield Demand(f"the number of training images of datasets.{dataset}", there, PCA_DIMS + 1, there, words)


def of_evaluation(params: Params, counts: dict[str, int]) -> Iterator[Demand]:
    """Codes in denoising are judged on validation images, reconstructions on test images."""
    asked, there = params.evaluate, f"it has {counts['valid']} validation images"
    yield Demand("evaluate.diagnose.images", asked.diagnose.images, 2, counts["valid"], there)
    there = f"it has {counts['test']} test images"
    yield Demand("evaluate.reconstruct.images", asked.reconstruct.images, 2, counts["test"], there)


def of_edits(params: Params, counts: dict[str, int]) -> Iterator[Demand]:
    """A test image is the source of one pair; two sets of training images stand for what is real."""
    asked, section = params.evaluate.counterfactual, "evaluate.counterfactual"
    there = f"it has {counts['test']} test images, of which a pair takes one and another"
    yield Demand(f"{section}.pairs", asked.pairs, 2, counts["test"] - 1, there)
    yield Demand(f"{section}.images", asked.images, 1, counts["test"] - 1, there)
    there = f"two sets of as many are drawn from its {counts['train']} training images"
    yield Demand(f"{section}.images", asked.images, 1, counts["train"] // 2, there)
    judged, drawn = asked.pairs - asked.pairs // 2, max(asked.pairs, asked.images)
    yield Demand(f"{section}.interpolated", asked.interpolated, 1, judged, f"of {asked.pairs} pairs half are judged")
    yield Demand(f"{section}.composed", asked.composed, 1, drawn, f"{section} has {drawn} pairs")


def of_factors(params: Params, counts: dict[str, int]) -> Iterator[Demand]:
    """Disentanglement is fitted on some test images and scored on others."""
    asked, there = params.evaluate.disentangle, counts["test"]
    words = f"evaluate.disentangle.test takes {asked.test} of its {there} test images"
    yield Demand("evaluate.disentangle.test", asked.test, 1, there - 1, f"it has {there} test images, some to fit on")
    yield Demand("evaluate.disentangle.train", asked.train, 1, there - asked.test, words)
    pairs = params.evaluate.diagnose.pairs
    yield Demand("evaluate.diagnose.pairs", pairs, 1, there, f"it has {there} test images")
