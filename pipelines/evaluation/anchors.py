"""Codes and images whose scores are known beforehand, which give every number its scale and catch a broken metric."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from diffrep.datasets.contract import SPLITS
from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.measured import Measured, joined
from diffrep.metrics.numerics.anchors import PCA_DIMS, factor_codes, noise_codes, rotated_factors
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Repeat, Shared
from diffrep.pipelines.core.results import written
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.evaluation.combinations import errors_apart, held_out
from diffrep.pipelines.evaluation.disentanglement import disentanglement
from diffrep.pipelines.evaluation.pixel_pca import fit_pixel_pca
from diffrep.pipelines.evaluation.probing import probe_codes
from diffrep.pipelines.evaluation.reconstructions import errors

BATCH = 1000  # images that are looked at at a time

Codes = dict[str, np.ndarray]  # by split, [n, d] each


def fixed_codes(data: Prepared) -> Iterator[tuple[str, Codes]]:
    """(name, codes) of anchors that no seed has a part in: the true factors, and a PCA of pixels."""
    if data.factors is not None:
        yield "factors", {split: factor_codes(values) for split, values in factors_by_split(data).items()}
    pca = fit_pixel_pca(in_batches(data, "train"), PCA_DIMS)
    codes = {split: np.concatenate([pca.codes(images) for images in in_batches(data, split)]) for split in SPLITS}
    yield f"pca{PCA_DIMS}", codes


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


def in_batches(data: Prepared, split: str) -> Iterator[np.ndarray]:
    """The images of a split, `BATCH` at a time, [n, h, w, c] uint8."""
    rows = data.splits[split]
    yield from (data.images[rows[start : start + BATCH]] for start in range(0, len(rows), BATCH))


def mean_image(data: Prepared, count: int) -> Measured:
    """The errors of answering the first test images with the mean training image: what a decoder must beat."""
    rows = data.splits["test"][:count]
    images = image_tensor(data.images[rows])
    total = sum(batch.sum(axis=0, dtype=np.int64) for batch in in_batches(data, "train"))
    mean = total / len(data.splits["train"]) / 127.5 - 1
    shown = torch.from_numpy(np.asarray(mean, dtype=np.float32)).permute(2, 0, 1)
    found = errors(images, shown.expand_as(images), "random_start")
    return joined(found, errors_apart(found, held_out(data, rows)), Measured({"n_test": len(rows)}))


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
