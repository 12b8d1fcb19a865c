"""Stage anchors: rows whose scores are known beforehand; they give every number its scale and catch a broken metric.

And what belongs to a data set and its base model alone: when noise takes each factor.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.numerics.anchors import factor_codes, fit_pixel_pca, noise_codes, rotated_factors
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Counterfactual, Reconstruct
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.edits.realism import NAMES, distances
from diffrep.pipelines.edits.scenes import Scenes, fill_exact
from diffrep.pipelines.edits.session import draw_pairs
from diffrep.pipelines.edits.truth import differing, redrawing, true_images
from diffrep.pipelines.stages import disentangle, probe
from diffrep.pipelines.stages.attribute_loss import attribute_loss
from diffrep.pipelines.stages.reconstruct import SCORES, compare
from diffrep.pipelines.trained.readings import SPLITS

PCA_DIMS = 20


def anchors(params: dict[str, Any], dataset: str) -> None:
    """Score every anchor; those that chance has a part in for every seed of the grid, the others for the first."""
    data, first = Prepared(paths.data(dataset)), params["grid"]["seed"][0]
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
    unedited(params, dataset, data, first)
    attribute_loss(params, dataset, data)


def filling(
    params: dict[str, Any], dataset: str, data: Prepared, name: str, stage: str, seed: int
) -> AbstractContextManager[Result]:
    """The result of one anchor and stage, to fill."""
    identity = {"dataset": dataset, "method": name, "seed": seed, "stage": stage}
    return result(paths.anchor(dataset, name, stage, seed), params, **identity, data_sha256=data.checksum)


def anchor_codes(data: Prepared, params: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, np.ndarray]]]:
    """(name, seed, codes by split): true factors, rotations of them, noise of the grid's code size, PCA of pixels."""
    seeds, images = params["grid"]["seed"], {split: data.images[data.splits[split]] for split in SPLITS}
    if data.factors is not None:
        factors = {split: np.asarray(data.factors[data.splits[split]]) for split in SPLITS}
        train = factors["train"]
        yield "factors", seeds[0], {split: factor_codes(values) for split, values in factors.items()}
        for seed in seeds:
            yield "rotation", seed, {name: rotated_factors(train, rows, seed=seed) for name, rows in factors.items()}
    dims = read_json(paths.grid_code())["code_dim"] or PCA_DIMS
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
    """The distances between two sets of real images of the same n: no decode can be expected below them."""
    with filling(params, dataset, data, "real", "counterfactual", seed) as filled:
        with np.load(paths.oracle(dataset) / "real.npz") as sets:
            for name, titles in NAMES.items():
                if f"{name}_other" in sets:
                    found = distances(
                        sets[f"{name}_other"], sets[f"{name}_reference"], name, seed=params["evaluate"]["seed"]
                    )
                    filled.update({f"cf_{title}": found[title] for title in titles})
                else:
                    filled.update({f"cf_{title}": None for title in titles})
                    filled["reasons"].update({f"cf_{title}": MISSING for title in titles})
        filled["n_images"] = params["evaluate"]["counterfactual"]["images"]


def unedited(params: dict[str, Any], dataset: str, data: Prepared, seed: int) -> None:
    """The real source handed back instead of an edit: all that had to change is wrong, nothing else is."""
    redrawn = redrawing(params, dataset)
    if redrawn is None:
        return
    settings = section(params, "evaluate.counterfactual", Counterfactual)
    with filling(params, dataset, data, "unedited", "counterfactual", seed) as filled:
        pairs = draw_pairs(data.splits["test"], max(settings.pairs, settings.images), params)
        a, b = (data.splits["test"][side[settings.pairs // 2 : settings.pairs]] for side in pairs)
        factors = np.asarray(data.factors)
        cases, factor = differing(factors[a], factors[b])
        source, truth = data.images[a[cases]], true_images(redrawn, factors[a[cases]], factors[b[cases]], factor)
        known = Scenes(cases, factor, truth, source, source)
        fill_exact(filled, known, source, "", params["evaluate"]["seed"])
        filled["n_pairs"] = settings.pairs
