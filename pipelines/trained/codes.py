"""The codes of a cell as later stages read them: all splits of a view, the views, the parts."""

from typing import Any
from zipfile import BadZipFile

import numpy as np

from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Cell

SPLITS = ("train", "valid", "test")


def read_codes(cell: Cell, view: str = "") -> dict[str, np.ndarray]:
    """{"train", "valid", "test": [n, ...]} of one view, by default the method's own first."""
    path = cell.codes
    again = f"run diffrep encode --dataset {cell.dataset} --method {cell.method} --seed {cell.seed}"
    if not path.exists():
        raise UserError(f"no codes in {path}: {again}")
    try:
        with np.load(path) as arrays:
            view = view or arrays.files[0].rpartition("_")[0]
            return {split: arrays[f"{view}_{split}"] for split in SPLITS}
    except (BadZipFile, ValueError) as error:
        raise UserError(f"{path} is cut off: {again}") from error


def layout_of(parts: list[Part], view: str, views: list[str], size: int) -> dict[str, Any]:
    """What is kept beside codes: the size of the default view, the other views, the method's own parts."""
    return {"view": view, "views": views, "code_size": size, "parts": [part._asdict() for part in parts]}


def read_views(cell: Cell) -> list[str]:
    """The names of the views that are scored beside the default one."""
    return list(read_json(cell.parts)["views"])


def read_parts(cell: Cell) -> list[Part]:
    """The parts of the default view's codes, none for most methods."""
    parts = read_json(cell.parts)["parts"]
    return [Part(part["name"], tuple(part["dims"]), part["timesteps"] and tuple(part["timesteps"])) for part in parts]
