"""Stage anchors: rows whose scores are known beforehand; they give every number its scale and catch a broken metric."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.anchors import factor_codes, fit_pixel_pca, noise_codes, rotated_factors
from diffrep.pipelines import disentangle, layout, probe
from diffrep.pipelines.encode import SPLITS
from diffrep.pipelines.files import read_json
from diffrep.pipelines.params import section
from diffrep.pipelines.progress import meter
from diffrep.pipelines.reconstruct import SCORES, compare
from diffrep.pipelines.results import result
from diffrep.pipelines.sections import Reconstruct

PCA_DIMS = 20
STAGES = {"probe": probe.score, "disentangle": disentangle.score}


def anchors(params: dict[str, Any], dataset: str) -> None:
    """Score every anchor for every seed of the grid; what no seed can change is written alike for all."""
    data = Prepared(layout.data(dataset))
    seeds = params["grid"]["seed"]
    with meter(f"anchors {dataset}", len(seeds) * len(STAGES) * (4 if data.factors is not None else 2)) as shown:
        for seed in seeds:
            for name, codes in anchor_codes(data, params, seed):
                for stage, score in STAGES.items():
                    identity = {"dataset": dataset, "method": name, "seed": seed, "stage": stage}
                    path = layout.anchor(dataset, name, stage, seed)
                    with result(path, params, **identity, data_sha256=data.checksum) as filled:
                        score(filled, codes if stage == "probe" else codes["test"], data, params)
                    shown.advance()
            mean_image(params, dataset, data, seed)
            real(params, dataset, data, seed)


def anchor_codes(data: Prepared, params: dict[str, Any], seed: int) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """(name, codes of every split): true factors, the same rotated, noise of the grid's code size, PCA of pixels."""
    if data.factors is not None:
        factors = {split: np.asarray(data.factors[data.splits[split]]) for split in SPLITS}
        yield "factors", {split: factor_codes(values) for split, values in factors.items()}
        yield (
            "rotation",
            {split: rotated_factors(factors["train"], values, seed=seed) for split, values in factors.items()},
        )
    dims = max(params["methods"][name].get("code_dim", 0) for name in params["grid"]["method"]) or PCA_DIMS
    yield (
        "noise",
        {split: noise_codes(len(data.splits[split]), dims, seed=3 * seed + i) for i, split in enumerate(SPLITS)},
    )
    pca = fit_pixel_pca(data.images[data.splits["train"]], PCA_DIMS)
    yield "pca20", {split: pca.codes(data.images[data.splits[split]]) for split in SPLITS}


def mean_image(params: dict[str, Any], dataset: str, data: Prepared, seed: int) -> None:
    """The error of answering every test image with the mean training image: what a decoder must beat."""
    identity = {"dataset": dataset, "method": "mean_image", "seed": seed, "stage": "reconstruct"}
    path = layout.anchor(dataset, "mean_image", "reconstruct", seed)
    with result(path, params, **identity, data_sha256=data.checksum) as filled:
        rows = data.splits["test"][: section(params, "evaluate.reconstruct", Reconstruct).images]
        images = image_tensor(data.images[rows])
        mean = image_tensor(data.images[data.splits["train"]]).mean(0, keepdim=True)
        measured = compare(images, mean.expand_as(images))
        filled.update({f"{score}_random_start": measured[score] for score in SCORES})
        filled["n_test"] = len(rows)


def real(params: dict[str, Any], dataset: str, data: Prepared, seed: int) -> None:
    """The Frechet distance between two sets of real images of the same n: no decode can be expected below it."""
    identity = {"dataset": dataset, "method": "real", "seed": seed, "stage": "counterfactual"}
    path = layout.anchor(dataset, "real", "counterfactual", seed)
    with result(path, params, **identity, data_sha256=data.checksum) as filled:
        oracle = read_json(layout.oracle_result(dataset))
        filled["fd_effnet_lite0"] = oracle["fd_effnet_lite0"]
        filled["reasons"] = {k: v for k, v in oracle["reasons"].items() if k == "fd_effnet_lite0"}
        filled["n_images"] = params["evaluate"]["counterfactual"]["images"]
