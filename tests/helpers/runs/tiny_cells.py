"""Cells of the smallest networks: their params, and the hashes that their stages read of runs/code."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from quick_yaml import read
from sections import nested

from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import IMPORTED_BASE, Cell, code
from diffrep.pipelines.stages.code import adapter_hashes, data_files, needs
from diffrep.pipelines.trained.imported import record

ROOT = Path(__file__).parents[3]
ROOMS = "shapes3d_rendered"
SHAPE = (3, 16, 16)
STUDIED = ("pdae", "diti", "diffsiam", "drl_joint", "encdiff", "encdiff_latent", "pca", "random")
NARROW = {"channels": [8, 8], "norm_groups": 4}
COMMITTED: dict[str, Any] = read(ROOT / "params.yaml")
SMOKE: dict[str, Any] = read(ROOT / "pipelines" / "profiles" / "smoke.yaml")


def small_values() -> dict[str, Any]:
    """The content of a params.yaml whose stages take a second or two: 16 x 16 rooms, narrow networks, few steps."""
    values = deepcopy(SMOKE)
    values["budgets"][ROOMS] = {"base": 2, "oracle": 2, "method": 2, "autoencoder": 2}
    values["datasets"][ROOMS] |= {"size": 16, "train": 64, "valid": 40, "test": 40}
    values["base"]["network"] |= NARROW
    values["autoencoder"]["network"] |= NARROW | {"codebook": 16}
    values["methods"] = {name: narrow(name) for name in ("pdae", "random")}
    values["evaluate"]["disentangle"] |= {"train": 20, "test": 10}
    values["evaluate"]["counterfactual"] |= {"images": 24}
    shared = [values[name]["training"] for name in ("base", "autoencoder", "oracle")]
    for training in (*shared, values["train"]):
        training |= {"batch_size": 8, "warmup": 1, "checkpoint_every": 1, "log_every": 1, "valid_images": 8}
    return values


def study_values() -> dict[str, Any]:
    """The same with a method of every kind, one seed, and scores that take no time."""
    values = small_values()
    values["grid"] = {"dataset": [ROOMS], "method": list(STUDIED), "seed": [0]}
    values["methods"] = {name: narrow(name) for name in STUDIED}
    values["evaluate"]["seed"] = 3  # not that of any training
    values["evaluate"]["probe"] = {"steps": 10, "seeds": 1}
    values["evaluate"]["disentangle"] |= {"train": 20, "test": 10, "votes_train": 20, "votes_test": 20, "rounds": 1}
    values["evaluate"]["reconstruct"] |= {"images": 6, "decode_steps": 2, "invert_steps": 2}
    return values


def narrow(name: str) -> dict[str, Any]:
    """The committed section of a method, everything in it small."""
    section = COMMITTED["methods"][name] | {"code_dim": 4}
    small = {"encoder": {"channels": [32]}, "network": NARROW, "decoder": {"network": NARROW}, "blocks": {"count": 2}}
    changes = {key: value for key, value in small.items() if key in section}
    if "network" not in section.get("decoder", {}):
        changes.pop("decoder", None)
    return nested(section, changes)


def cell(method: str, seed: int = 0) -> Cell:
    """A cell of the rooms."""
    return Cell(ROOMS, method, seed)


def write_code(params: Params) -> None:
    """Write of runs/code what stages read, without the walk through the code of every stage."""
    stages = {
        code(name): {"code": {f"code of {name}": "ab"}}
        for name in ("prepare", "base", "autoencoder", "oracle", "train")
    }
    made = adapter_hashes(params) | needs(params) | data_files(params) | {IMPORTED_BASE: record(params)} | stages
    for path, content in made.items():
        write_json(path, content)
