"""What several test files stand on: made-up result files, the smallest parameters, and runs of the smoke profile."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny_cells
from matplotlib.image import imsave
from smoke_runs import ROOMS, diffrep, killed, terminated, workspace

from diffrep.pipelines.core.params import Params, parsed

ROOT = Path(__file__).parents[1]
PARAMS = {
    "grid": {"dataset": ["squares"], "method": ["alpha", "beta"], "seed": [0, 1, 2]},
    "train": {"steps": 40},
    "methods": {"alpha": {"code_dim": 4}, "beta": {"code_dim": 4, "adapter": "alpha"}},
}
NO_DECODER = "not applicable: beta decodes nothing"


class ResultsTree:
    """A project folder with results of one data set; `put` adds or changes one result file."""

    def __init__(self, root: Path):
        self.root = root
        self.params = json.loads(json.dumps(PARAMS))
        for seed in (0, 1, 2):
            self.put("alpha", "train", seed, steps=40, parameters=1000, parameters_trained=600, valid_loss=0.5)
            self.put("alpha", "probe", seed, average_precision=(0.5, 0.6, 0.7)[seed], average_precision_colour=0.9)
            self.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=0.05)
            self.put("beta", "probe", seed, average_precision=0.25, average_precision_colour=0.5)
            self.put("beta", "reconstruct", seed, mse_random_start=None, reasons={"mse_random_start": NO_DECODER})
        self.put("anchors/noise", "probe", 0, average_precision=0.125, average_precision_colour=0.1)

    def path(self, row: str, stage: str, seed: int) -> Path:
        return self.root / "results" / "squares" / row / stage / f"{seed}.json"

    def put(self, row: str, stage: str, seed: int, **record) -> Path:
        path = self.path(row, stage, seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = {"dataset": "squares", "method": row, "seed": seed, "stage": stage, "preset": "quick"}
        path.write_text(json.dumps(whole | {"data_sha256": "ab12", "wall_seconds": 30.0, "n_test": 8} | record))
        return path

    def draw(self, row: str, stage: str, name: int | str, names: list[str], **told: Any) -> Path:
        """A picture grid of 3 columns of 4 x 4 pixels, 4 white ones between them, with its rows' names beside it.

        name  the seed, or "<seed>-<kind>"; told: what else stands beside the names of the rows
        """
        path = self.root / "results" / "squares" / row / "pictures" / stage / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        tiles = np.random.default_rng([*str(name).encode()]).random((len(names), 3, 4, 4, 3))
        spaced = np.pad(tiles, ((0, 0), (0, 0), (0, 4), (0, 4), (0, 0)), constant_values=1)
        imsave(path, np.concatenate([np.concatenate(row, axis=1) for row in spaced])[:-4, :-4])
        path.with_name(f"{name}.rows.json").write_text(json.dumps({"rows": names} | told))
        return path


@pytest.fixture
def results_tree(tmp_path: Path) -> ResultsTree:
    return ResultsTree(tmp_path)


@pytest.fixture
def small_values() -> dict[str, Any]:
    """The content of a params.yaml whose stages take a second or two, to change."""
    return tiny_cells.small_values()


@pytest.fixture
def small_params(small_values: dict[str, Any]) -> Params:
    """The same as one object."""
    return parsed(small_values)


@pytest.fixture(scope="session")
def calm(tmp_path_factory):
    """A run to its end: its folder, and the process that has `done` it."""
    folder = workspace(tmp_path_factory.mktemp("calm") / "smoke")
    return SimpleNamespace(folder=folder, done=diffrep(folder, "repro", "--jobs", "2"))


@pytest.fixture(scope="session")
def stormy(tmp_path_factory):
    """A run that was told to stop, then killed, then run to its end; what was said and who survived."""
    folder = workspace(tmp_path_factory.mktemp("stormy") / "smoke")
    process, words, survivors = terminated(folder)
    checkpoint = killed(folder)
    done = diffrep(folder, "repro", "--jobs", "1")
    log = folder / "runs" / "logs" / f"train@{ROOMS}-pdae-{checkpoint.parent.name}.log"
    return SimpleNamespace(
        folder=folder, process=process, words=words, survivors=survivors, done=done, log=log.read_text()
    )


@pytest.fixture
def copy(calm, tmp_path):
    """A copy of the finished workspace, to change."""
    assert calm.done.returncode == 0, calm.done.stdout + calm.done.stderr
    shutil.copytree(calm.folder, tmp_path / "smoke", symlinks=True)
    return tmp_path / "smoke"
