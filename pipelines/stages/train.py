"""Stage train: one cell of the grid, trained by the shared trainer, fitted in closed form, or left untrained."""

import csv
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import replacing, replacing_folder, write_json
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Optimiser
from diffrep.pipelines.tracking.sync import live_logger
from diffrep.pipelines.trained.cells import build, code_of, params_hash
from diffrep.pipelines.trained.pretrained import weights_checksum
from diffrep.pipelines.training.stage_training import count, ended, training

BY_STEPS = ("steps", "images_seen", "train_loss", "valid_loss")
COLUMNS = ("step", "loss", "valid_loss", "learning_rate")


def train(params: dict[str, Any], dataset: str, method: str, seed: int) -> None:
    """Train one cell and write runs/<dataset>/<method>/<seed> and its curves."""
    data = Prepared(paths.data(dataset))
    key = params_hash(params, dataset, method)
    identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "train", "params_hash": key}
    path = paths.result(dataset, method, "train", seed)
    with result(path, params, **identity, data_sha256=data.checksum) as filled:
        network = build(params, dataset, method, seed, data.image_shape)
        rows: list[dict[str, Any]] = []
        if hasattr(network, "loss"):
            weights, rows = by_steps(filled, network, data, params, (dataset, method, seed))
        else:
            filled.not_applicable(BY_STEPS, "no training by steps")
            if hasattr(network, "fit"):
                network.fit(image_tensor(data.images[data.splits["train"]]))
            weights = {"weights": network.state_dict()}
        save(paths.cell(dataset, method, seed), weights, key)
        write_curves(paths.curves(dataset, method, seed), rows)
        filled.update(count(network))
        if hasattr(network, "note"):
            filled["note"] = network.note
    ended(dataset, method, str(seed))


def by_steps(
    filled: Result, network: Any, data: Prepared, params: dict[str, Any], cell: tuple[str, str, int]
) -> tuple[dict[str, dict[str, torch.Tensor]], list[dict[str, Any]]]:
    """Averaged and raw weights as the shared trainer leaves them, and the curves; `filled` gets their last points."""
    dataset, method, seed = cell
    settings = section(params, "train", Optimiser)
    trained = training(
        network,
        (data.images,),
        data,
        params,
        settings,
        steps=params["budgets"][dataset]["method"],
        seed=seed,
        names=(dataset, method, str(seed)),
        identity={
            "method": params["methods"][method],
            "code": code_of(method),
            **{need: weights_checksum(need, dataset) for need in network.needs},
        },
        title=f"train {dataset} {method} {seed}",
        logger=live_logger(dataset, method, seed, params_hash(params, dataset, method)),
    )
    filled.update(trained.summary(settings.batch_size))
    return {"weights": trained.ema, "raw": trained.raw}, trained.rows


def save(folder: Path, weights: dict[str, dict[str, torch.Tensor]], key: str) -> None:
    """Put the weights and the hash of the settings they belong to in place, all at once."""
    with replacing_folder(folder) as temporary:
        for name, state in weights.items():
            save_file({key: value.contiguous() for key, value in state.items()}, temporary / f"{name}.safetensors")
        write_json(temporary / "settings.json", {"params_hash": key})


def write_curves(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the curves as CSV: step, loss, valid_loss, learning_rate; an empty field was not measured."""
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
