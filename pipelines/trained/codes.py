"""The codes of a cell as later stages read them: all splits of a view, the views, the parts."""

from typing import Any

import numpy as np

from diffrep.datasets.contract import SPLITS
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_arrays
from diffrep.pipelines.core.paths import Cell


def encoded_again(cell: Cell) -> str:
    """What writes the codes of a cell anew."""
    return f"run diffrep encode --dataset {cell.dataset} --method {cell.method} --seed {cell.seed}"


def read_codes(cell: Cell, view: str = "") -> dict[str, np.ndarray]:
    """{"train", "valid", "test": [n, ...]} of one view, by default the method's own first."""
    if not cell.codes.exists():
        raise UserError(f"no codes in {cell.codes}: {encoded_again(cell)}")

    def of_view(names: list[str]) -> list[str]:
        chosen = view or next(iter(names), "").rpartition("_")[0]
        return [f"{chosen}_{split}" for split in SPLITS]

    found = read_arrays(cell.codes, of_view, encoded_again(cell))
    return dict(zip(SPLITS, found.values(), strict=True))


def codes_of_images(cell: Cell, splits: dict[str, np.ndarray], view: str = "") -> dict[str, np.ndarray]:
    """`read_codes`, of as many images as the splits have; UserError where the data set has become another since."""
    codes = read_codes(cell, view)
    for split, rows in codes.items():
        if len(rows) != len(splits[split]):
            counts = f"{len(rows)} {split} images, and the data set has {len(splits[split])}"
            raise UserError(f"{cell.codes} is of {counts}: {encoded_again(cell)}")
    return codes


def layout_of(parts: list[Part], view: str, views: list[str], size: int) -> dict[str, Any]:
    """What is kept beside codes: the size of the default view, the other views, the method's own parts."""
    return {"view": view, "views": views, "code_size": size, "parts": [part._asdict() for part in parts]}


def read_layout(cell: Cell) -> dict[str, Any]:
    """What `layout_of` has put together."""
    return read_card(cell.parts, encoded_again(cell))


def read_views(cell: Cell) -> list[str]:
    """The names of the views that are scored beside the default one."""
    return list(read_layout(cell)["views"])


def read_parts(cell: Cell) -> list[Part]:
    """The parts of the default view's codes, none for most methods."""
    parts = read_layout(cell)["parts"]
    return [Part(part["name"], tuple(part["dims"]), part["timesteps"] and tuple(part["timesteps"])) for part in parts]
