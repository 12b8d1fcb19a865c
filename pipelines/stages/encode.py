"""Stage encode: the codes of all splits, computed once; every metric reads them. And whether the method uses them."""

from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, write_arrays, write_json
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import result
from diffrep.pipelines.trained.cells import load, torch_device
from diffrep.pipelines.trained.code_use import diagnose
from diffrep.pipelines.trained.readings import SPLITS, add_readings, view_names


def encode(params: dict[str, Any], dataset: str, method: str) -> None:
    """Write runs/<dataset>/codes/<method>/<seed>.npz, arrays "<view>_<split>", for every seed of the grid."""
    data = Prepared(paths.data(dataset))
    for seed in params["grid"]["seed"]:
        path = paths.result(dataset, method, "encode", seed)
        identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "encode"}
        with result(path, params, **identity, data_sha256=data.checksum) as filled:
            network = load(params, dataset, method, seed, data.image_shape)
            arrays = all_codes(network, data, params, f"encode {dataset} {method} {seed}")
            add_readings(filled, arrays, data)
            write_arrays(paths.codes(dataset, method, seed), arrays)
            view, *others = view_names(arrays)
            filled["code_dim"] = int(np.prod(arrays[f"{view}_test"].shape[1:]))
            filled["notes"]["views"] = others
            parts = [part._asdict() for part in network.parts]
            write_json(paths.parts(dataset, method, seed), {"view": view, "views": others, "parts": parts})
            codes = {split: arrays[f"{view}_{split}"] for split in SPLITS}
            write_arrays(paths.arrays(dataset, method, "encode", seed), diagnose(filled, network, data, codes, params))


def all_codes(network: Method, data: Prepared, params: dict[str, Any], title: str) -> dict[str, np.ndarray]:
    """{"<view>_<split>": [n, ...] float32} of every split."""
    found: dict[str, list[np.ndarray]] = {}
    size = params["evaluate"]["batch_size"]
    with meter(title, sum(len(data.splits[split]) for split in SPLITS)) as shown:
        for split in SPLITS:
            for rows in batches(data.splits[split], size):
                images = image_tensor(data.images[rows]).to(torch_device(params))
                for view, codes in codes_of(network, images).items():
                    found.setdefault(f"{view}_{split}", []).append(codes.float().cpu().numpy())
                shown.advance(len(rows))
    return {name: np.concatenate(parts) for name, parts in found.items()}


@torch.no_grad()
def codes_of(network: Method, images: Tensor) -> dict[str, Tensor]:
    """The method's views of `images`; UserError when they hold NaN or infinities."""
    views: dict[str, Tensor] = network.encode(images)
    for view, codes in views.items():
        if not torch.isfinite(codes).all():
            raise UserError(f"the codes {view!r} hold NaN or infinities: the training diverged")
    return views


def batches(rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """`rows` in pieces of `size`, the last one shorter."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def read_codes(dataset: str, method: str, seed: int, view: str = "") -> dict[str, np.ndarray]:
    """{"train", "valid", "test": [n, ...]} of one view, by default the method's own first."""
    path = paths.codes(dataset, method, seed)
    again = f"run diffrep encode --dataset {dataset} --method {method}"
    if not path.exists():
        raise UserError(f"no codes in {path}: {again}")
    try:
        with np.load(path) as arrays:
            view = view or arrays.files[0].rpartition("_")[0]
            return {split: arrays[f"{view}_{split}"] for split in SPLITS}
    except (BadZipFile, ValueError) as error:
        raise UserError(f"{path} is cut off: {again}") from error


def read_views(dataset: str, method: str, seed: int) -> list[str]:
    """The names of the views that are scored beside the default one."""
    return list(read_json(paths.parts(dataset, method, seed))["views"])


def read_parts(dataset: str, method: str, seed: int) -> list[Part]:
    """The parts of the default view's codes, none for most methods."""
    parts = read_json(paths.parts(dataset, method, seed))["parts"]
    return [Part(part["name"], tuple(part["dims"]), part["timesteps"] and tuple(part["timesteps"])) for part in parts]
