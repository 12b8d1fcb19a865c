"""Tiny rooms with an oracle that has learned nothing, on which the stages that edit are run at their places."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tiny_cells import write_code

from diffrep.pipelines import stages
from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.params import Params, parsed
from diffrep.pipelines.core.paths import Cell, Place, Shared, result_file
from diffrep.pipelines.edits.oracle import OracleNetwork

ROOMS = Shared("shapes3d_rendered")
PCA, RANDOM = (Cell(ROOMS.dataset, method, 0) for method in ("pca", "random"))
IMAGES = 30  # of each set of real images
ACCURACY = {"floor_hue": 0.9, "wall_hue": 1.0, "object_hue": 1.0, "scale": 1.0, "shape": 1.0, "orientation": 0.5}


def rooms_params(values: dict[str, Any]) -> Params:
    """Of small values, those of a grid of PCA, which draws images, and an untrained encoder, which does not."""
    values["methods"]["pca"] = {"code_dim": 20}
    values["grid"] |= {"method": ["pca", "random"], "seed": [0]}
    values["evaluate"]["seed"] = 7  # not that of any training
    values["datasets"][ROOMS.dataset] |= {"test": 60}
    values["evaluate"]["counterfactual"] |= {"pairs": 8, "images": IMAGES, "interpolated": 2, "composed": 2}
    return parsed(values)


def write_oracle() -> None:
    """An oracle of the rooms with random weights, and a card that says how well it reads them."""
    torch.manual_seed(0)
    network = OracleNetwork((3, 16, 16), [10, 10, 10, 8, 4, 15], [8])
    ROOMS.oracle.mkdir(parents=True)
    save_file(network.state_dict(), ROOMS.oracle / "weights.safetensors")
    write_card(ROOMS.oracle / "card.json", {"accuracy": ACCURACY, "channels": [8]}, of=ROOMS.oracle)


def run(params: Params, name: str, place: Place) -> None:
    """Run a stage in the working directory; the first one finds the hashes of the code there."""
    if name == "prepare":
        write_code(params)
    stages.load(name).run(params, place)


def result(folder: Path) -> dict[str, Any]:
    """What a stage has written into its folder of results."""
    content: dict[str, Any] = json.loads(result_file(folder).read_text())
    return content
