"""A cell of the grid: its adapter built from its section, and its trained weights loaded again."""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from diffrep.methods.shared.method import Method
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params, digest, values_of
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.trained import pretrained
from diffrep.pipelines.trained.adapters import method_arguments, method_class
from diffrep.pipelines.trained.record import FILE, Record, read_record

SETTINGS = ("train", "base", "datasets.{dataset}", "budgets.{dataset}.base", "budgets.{dataset}.method")
OF_AUTOENCODER = ("autoencoder", "budgets.{dataset}.autoencoder")


def build(params: Params, cell: Cell, image_shape: tuple[int, int, int]) -> Any:
    """The method's adapter with fresh weights drawn from the cell's seed, on the pre-trained models that it needs."""
    cls, given = method_class(params, cell.method), method_arguments(params, cell.method)
    needed = [pretrained.load(need, cell.repeat, image_shape) for need in cls.needs]
    return fresh(cls, image_shape, needed, given, int(cell.seed))


def fresh(cls: Any, image_shape: tuple[int, int, int], needed: list[Any], given: dict[str, Any], seed: int) -> Any:
    """A method with weights drawn from the seed; `needed` are the models that it stands on, `given` its arguments."""
    torch.manual_seed(seed)
    network = cls(image_shape, *needed, **given)
    if not hasattr(network, "parts"):
        raise UserError(f"{cls.__name__} has no 'parts': an empty list, where a code has no parts of its own")
    return network


def load(params: Params, cell: Cell, image_shape: tuple[int, int, int], share: float = 1) -> Method:
    """The trained method of one cell, in eval mode, its kept weights; UserError for a checkpoint of other settings.

    share  of the training's steps after which it is wanted: 1, or one of evaluate.partway
    """
    folder = cell.weights
    again = f"run diffrep train --dataset {cell.dataset} --method {cell.method} --seed {cell.seed}"
    if not (folder / FILE).exists():
        raise UserError(f"no trained {cell.method} in {folder}: {again}")
    record = read_record(folder, again)
    if record.settings_hash != settings_hash(params, cell):
        raise UserError(f"{folder} was trained with other settings than params.yaml has: {again}")
    weights = cell.weights_after(share)
    if not weights.exists():
        raise UserError(f"{weights} is missing: {again}")
    return trained(build(params, cell, image_shape), weights, record, again).to(torch_device(params))


def trained(network: Any, weights: Path, record: Record, again: str) -> Any:
    """A fresh network as it was trained, in eval mode; UserError where the weights in a file do not fit it.

    again  what would do then
    """
    try:
        network.load_state_dict(load_file(weights))
    except (RuntimeError, SafetensorError) as error:
        raise UserError(f"{weights} does not fit the method: {again}") from error
    if record.chosen is not None:
        network.chosen = record.chosen
    return network.eval()


def torch_device(params: Params) -> torch.device:
    """The device of evaluation: what machine.device names, in torch's words."""
    return torch.device({"gpu": "cuda", "cpu": "cpu"}[params.machine.device])


def settings_hash(params: Params, cell: Cell) -> str:
    """What all settings hash to that made a cell's weights: the key under which its runs are found again."""
    needs = method_class(params, cell.method).needs
    keys = (f"methods.{cell.method}", *SETTINGS, *(OF_AUTOENCODER if "autoencoder" in needs else ()))
    return digest(values_of(params, [key.format(dataset=cell.dataset) for key in keys]))
