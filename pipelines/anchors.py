"""Stage anchors: rows whose scores are known beforehand; they give every number its scale and catch a broken metric.

And what belongs to a data set and its base model alone: when noise takes each factor.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.anchors import factor_codes, fit_pixel_pca, noise_codes, rotated_factors
from diffrep.pipelines import disentangle, layout, probe
from diffrep.pipelines.attribute_loss import attribute_loss
from diffrep.pipelines.chance import mixed_seed
from diffrep.pipelines.files import read_json
from diffrep.pipelines.params import section
from diffrep.pipelines.progress import meter
from diffrep.pipelines.readings import SPLITS
from diffrep.pipelines.reconstruct import SCORES, compare
from diffrep.pipelines.results import Result, result
from diffrep.pipelines.sections import Reconstruct

PCA_DIMS = 20


def anchors(params: dict[str, Any], dataset: str) -> None:
    """Score every anchor; those that chance has a part in for every seed of the grid, the others for the first."""
    data, first = Prepared(layout.data(dataset)), params["grid"]["seed"][0]
    rows = list(anchor_codes(data, params))
    with meter(f"anchors {dataset}", len(rows)) as shown:
        for name, seed, codes in rows:
            with filling(params, dataset, data, name, "probe", seed) as filled:
                probe.score(filled, codes, data, params)
            with filling(params, dataset, data, name, "disentangle", seed) as filled:
                disentangle.score(filled, codes["test"], data, params)
            shown.advance()
    mean_image(params, dataset, data, first)
    real(params, dataset, data, first)
    attribute_loss(params, dataset, data)


def filling(
    params: dict[str, Any], dataset: str, data: Prepared, name: str, stage: str, seed: int
) -> AbstractContextManager[Result]:
    """The result of one anchor and stage, to fill."""
    identity = {"dataset": dataset, "method": name, "seed": seed, "stage": stage}
    return result(layout.anchor(dataset, name, stage, seed), params, **identity, data_sha256=data.checksum)


def anchor_codes(data: Prepared, params: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, np.ndarray]]]:
    """(name, seed, codes by split): true factors, rotations of them, noise of the grid's code size, PCA of pixels."""
    seeds, images = params["grid"]["seed"], {split: data.images[data.splits[split]] for split in SPLITS}
    if data.factors is not None:
        factors = {split: np.asarray(data.factors[data.splits[split]]) for split in SPLITS}
        train = factors["train"]
        yield "factors", seeds[0], {split: factor_codes(values) for split, values in factors.items()}
        for seed in seeds:
            yield "rotation", seed, {name: rotated_factors(train, rows, seed=seed) for name, rows in factors.items()}
    dims = read_json(layout.grid_code())["code_dim"] or PCA_DIMS
    for seed in seeds:
        drawn = mixed_seed(params["evaluate"]["seed"], seed)
        yield (
            "noise",
            seed,
            {name: noise_codes(len(images[name]), dims, seed=drawn + i) for i, name in enumerate(SPLITS)},
        )
    pca = fit_pixel_pca(images["train"], PCA_DIMS)
    yield "pca20", seeds[0], {split: pca.codes(shown) for split, shown in images.items()}


def mean_image(params: dict[str, Any], dataset: str, data: Prepared, seed: int) -> None:
    """The error of answering every test image with the mean training image: what a decoder must beat."""
    with filling(params, dataset, data, "mean_image", "reconstruct", seed) as filled:
        rows = data.splits["test"][: section(params, "evaluate.reconstruct", Reconstruct).images]
        images = image_tensor(data.images[rows])
        mean = image_tensor(data.images[data.splits["train"]]).mean(0, keepdim=True)
        measured = compare(images, mean.expand_as(images))
        filled.update({f"{score}_random_start": measured[score] for score in SCORES})
        filled["n_test"] = len(rows)


def real(params: dict[str, Any], dataset: str, data: Prepared, seed: int) -> None:
    """The Frechet distance between two sets of real images of the same n: no decode can be expected below it."""
    with filling(params, dataset, data, "real", "counterfactual", seed) as filled:
        oracle = read_json(layout.oracle_result(dataset))
        filled["fd_effnet_lite0"] = oracle["fd_effnet_lite0"]
        filled["reasons"] = {k: v for k, v in oracle["reasons"].items() if k == "fd_effnet_lite0"}
        filled["n_images"] = params["evaluate"]["counterfactual"]["images"]
