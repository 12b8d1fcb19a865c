"""A cell of the grid: its adapter built from its section, and its trained weights loaded again."""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from diffrep.methods.shared.method import Method
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import digest, method_class
from diffrep.pipelines.trained import pretrained


def build(params: dict[str, Any], dataset: str, method: str, seed: int, image_shape: tuple[int, int, int]) -> Any:
    """The method's adapter with fresh weights drawn from `seed`, on the pre-trained models that it needs."""
    cls = method_class(params, method)
    settings = {key: value for key, value in params["methods"][method].items() if key != "adapter"}
    given = arguments(cls, f"methods.{method}", settings)
    needed = [pretrained.load(need, dataset, image_shape) for need in cls.needs]
    torch.manual_seed(seed)
    network = cls(image_shape, *needed, **given)
    if not hasattr(network, "parts"):
        raise UserError(f"{cls.__name__} has no 'parts': an empty list, where a code has no parts of its own")
    return network


def load(params: dict[str, Any], dataset: str, method: str, seed: int, image_shape: tuple[int, int, int]) -> Method:
    """The trained method of one cell, averaged weights, in eval mode; UserError for a checkpoint of other settings."""
    folder = paths.cell(dataset, method, seed)
    again = f"run diffrep train --dataset {dataset} --method {method} --seed {seed}"
    if not (folder / "settings.json").exists():
        raise UserError(f"no trained {method} in {folder}: {again}")
    if read_json(folder / "settings.json")["params_hash"] != params_hash(params, dataset, method):
        raise UserError(f"{folder} was trained with other settings than params.yaml has: {again}")
    network = build(params, dataset, method, seed, image_shape)
    weights = folder / "weights.safetensors"
    try:
        network.load_state_dict(load_file(weights))
    except SafetensorError as error:
        raise UserError(f"{weights} is cut off or altered: {again}") from error
    except RuntimeError as error:
        raise UserError(f"{weights} does not fit the method: {again}") from error
    network = network.to(torch_device(params))
    return network.eval()


def torch_device(params: dict[str, Any]) -> torch.device:
    """The device of evaluation: what machine.device names, in torch's words."""
    device = params["machine"]["device"]
    return torch.device({"gpu": "cuda"}.get(device, device))


def params_hash(params: dict[str, Any], dataset: str, method: str) -> str:
    """What the settings of one cell hash to: the key under which its runs are found again."""
    budget = params["budgets"][dataset]
    shared = (params["train"], params["base"], params["datasets"][dataset], budget["base"], budget["method"])
    own = [params["autoencoder"], budget["autoencoder"]] if "autoencoder" in method_class(params, method).needs else []
    return digest(params["methods"][method], *shared, *own)


def code_of(method: str) -> dict[str, Any]:
    """The hashes of the adapter's source, as the stage `adapters` wrote them."""
    return read_json(Path("runs", "adapters", "methods", f"{method}.json"))
