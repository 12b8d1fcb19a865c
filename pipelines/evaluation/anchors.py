"""Codes and images whose scores are known beforehand, which give every number its scale and catch a broken metric."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from diffrep.datasets.contract import SPLITS
from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.measured import Measured, joined
from diffrep.metrics.numerics.anchors import factor_codes, fit_pixel_pca, noise_codes, rotated_factors
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Repeat, Shared
from diffrep.pipelines.core.results import written
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.evaluation.disentanglement import disentanglement
from diffrep.pipelines.evaluation.probing import probe_codes
from diffrep.pipelines.evaluation.reconstructions import errors

PCA_DIMS = 20


Codes = dict[str, np.ndarray]  # by split, [n, d] each


def fixed_codes(data: Prepared) -> Iterator[tuple[str, Codes]]:
    """(name, codes) of anchors that no seed has a part in: the true factors, and a PCA of pixels."""
    if data.factors is not None:
        yield "factors", {split: factor_codes(values) for split, values in factors_by_split(data).items()}
    images = {split: data.images[data.splits[split]] for split in SPLITS}
    pca = fit_pixel_pca(images["train"], PCA_DIMS)
    yield f"pca{PCA_DIMS}", {split: pca.codes(shown) for split, shown in images.items()}


def drawn_codes(data: Prepared, size: int, seed: int, drawn: int) -> Iterator[tuple[str, Codes]]:
    """(name, codes) of anchors that are drawn anew with every seed: a rotation of the factors, and noise.

    size   dimensions of the noise
    seed   of the evaluation; drawn, of the repeat
    """
    if data.factors is not None:
        factors = factors_by_split(data)
        yield "rotation", {split: rotated_factors(factors["train"], own, seed=drawn) for split, own in factors.items()}
    first = mixed_seed(seed, drawn)
    counts = [len(data.splits[split]) for split in SPLITS]
    yield "noise", {split: noise_codes(counts[i], size, seed=first + i) for i, split in enumerate(SPLITS)}


def factors_by_split(data: Prepared) -> dict[str, np.ndarray]:
    """True factors [n, K] of every split."""
    return {split: np.asarray(data.factors)[data.splits[split]] for split in SPLITS}


def mean_image(data: Prepared, count: int) -> Measured:
    """The errors of answering the first test images with the mean training image: what a decoder must beat."""
    rows = data.splits["test"][:count]
    images = image_tensor(data.images[rows])
    mean = image_tensor(data.images[data.splits["train"]]).mean(0, keepdim=True)
    found = errors(images, mean.expand_as(images), "random_start")
    return joined(found, Measured({"n_test": len(rows)}))


def remove_others(root: Path, names: Iterable[str]) -> None:
    """Remove the anchors below `root` that are none of `names`: what earlier code or data have left."""
    for folder in root.iterdir() if root.exists() else ():
        if folder.name not in {*names}:
            shutil.rmtree(folder)


def write_scores(stage: Stage, place: Shared | Repeat, params: Params, data: Prepared, name: str, codes: Codes) -> None:
    """Score the codes of one anchor as those of any method, and write its results."""
    settings, seed = params.evaluate, params.evaluate.seed
    scores = {
        "probe": lambda: probe_codes(codes, data, settings.probe, seed),
        "disentangle": lambda: disentanglement(codes["test"], data, settings.disentangle, seed),
    }
    for kind, score in scores.items():
        identity = {"method": name, "stage": kind, "data_sha256": data.checksum}
        with written(stage, place, params, folder=place.anchor(name, kind), **identity) as result:
            result.add(score())
