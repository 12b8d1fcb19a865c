"""Stage oracle: train the judge of counterfactuals on real images, and put on record how far it can be trusted."""

from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, replacing_folder, write_arrays, write_json
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.results import result
from diffrep.pipelines.core.sections import Counterfactual, Optimiser, Oracle
from diffrep.pipelines.edits.extractors import extractors
from diffrep.pipelines.edits.oracle import Judge
from diffrep.pipelines.trained.cells import torch_device
from diffrep.pipelines.training.stage_training import count, ended, training


def oracle(params: dict[str, Any], dataset: str) -> None:
    """Train on the train split, measure the accuracy on the test split, keep features of real images for distances."""
    settings, data = section(params, "oracle", Oracle), Prepared(paths.data(dataset))
    identity = {"dataset": dataset, "method": "", "seed": settings.seed, "stage": "oracle"}
    with result(paths.oracle_result(dataset), params, **identity, data_sha256=data.checksum) as filled:
        names, sizes, values = questions(data)
        torch.manual_seed(settings.seed)
        judge = Judge(data.image_shape, sizes, settings.channels)
        optimiser = section(params, "oracle.training", Optimiser)
        trained = training(
            judge,
            (data.images, values),
            data,
            params,
            optimiser,
            steps=params["budgets"][dataset]["oracle"],
            seed=settings.seed,
            names=(dataset, "oracle"),
            identity={"channels": settings.channels, "names": names},
            title=f"oracle {dataset}",
        )
        judge.load_state_dict(trained.ema)
        test = data.splits["test"]
        accuracy = (judge.eval().read(image_tensor(data.images[test])) == values[test]).mean(0)
        judged = dict(zip(names, accuracy.tolist(), strict=True))
        with replacing_folder(paths.oracle(dataset)) as folder:
            save_file(trained.ema, folder / "weights.safetensors")
            write_json(folder / "card.json", {"accuracy": judged, "channels": settings.channels})
            write_arrays(folder / "real.npz", real_features(params, data))
        filled.update(count(judge), **trained.summary(optimiser.batch_size), accuracy=float(accuracy.mean()))
        filled.update({f"accuracy_{name}": value for name, value in judged.items()})
        filled["notes"]["left_out"] = left_out(judged, settings.accuracy)
    ended(dataset, "oracle")


def questions(data: Prepared) -> tuple[list[str], list[int], np.ndarray]:
    """What is asked of an image: names, numbers of values, and the answers [n, k]; factors, else binary attributes."""
    if data.factors is not None:
        return data.card["factor_names"], data.card["factor_sizes"], np.asarray(data.factors)
    names = data.card["attribute_names"]
    return names, [2] * len(names), np.asarray(data.attributes).astype(np.int64)


def real_features(params: dict[str, Any], data: Prepared) -> dict[str, np.ndarray]:
    """Features of two disjoint sets of real training images, the reference of all distances and their floor.

    {"<extractor>_reference", "<extractor>_other": [n, d]} for every extractor whose weights are here.
    """
    n = section(params, "evaluate.counterfactual", Counterfactual).images
    rows = np.random.default_rng(params["evaluate"]["seed"]).permutation(data.splits["train"])
    if len(rows) < 2 * n:
        raise UserError(f"evaluate.counterfactual.images = {n} needs {2 * n} training images, there are {len(rows)}")
    sets = {"reference": data.images[rows[:n]], "other": data.images[rows[n : 2 * n]]}
    return {f"{name}_{side}": see(sets[side]) for name, see in extractors().items() for side in sets}


def left_out(accuracy: dict[str, float], least: float) -> str:
    """The factors that the judge does not read well enough to be asked about, with its accuracy."""
    return ", ".join(f"{name} ({value:.3f})" for name, value in accuracy.items() if value < least)


def load_judge(params: dict[str, Any], dataset: str, data: Prepared) -> tuple[Judge, dict[str, float]]:
    """The trained judge and its accuracy on real test images, by factor."""
    folder = paths.oracle(dataset)
    if not (folder / "card.json").exists():
        raise UserError(f"no oracle in {folder}: run diffrep oracle --dataset {dataset}")
    card = read_json(folder / "card.json")
    judge = Judge(data.image_shape, questions(data)[1], card["channels"])
    judge.load_state_dict(load_file(folder / "weights.safetensors"))
    return judge.to(torch_device(params)).eval(), card["accuracy"]
