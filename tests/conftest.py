"""What several test files stand on: made-up result files, the smallest parameters, and runs of the smoke profile."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from results_tree import ResultsTree
from smoke_runs import ROOMS, diffrep, killed, terminated, workspace

from diffrep.pipelines.core.params import Params, parsed

ROOT = Path(__file__).parents[1]


@pytest.fixture
def results_tree(tmp_path: Path) -> ResultsTree:
    return ResultsTree(tmp_path)


@pytest.fixture
def small_values() -> dict[str, Any]:
    """The content of a params.yaml whose stages take a second or two: 16 x 16 rooms, narrow networks, few steps."""
    values: dict[str, Any] = yaml.safe_load((ROOT / "pipelines" / "profiles" / "smoke.yaml").read_text())
    values["budgets"]["shapes3d_rendered"] = {"base": 2, "oracle": 2, "method": 2, "autoencoder": 2}
    values["datasets"]["shapes3d_rendered"] |= {"size": 16, "train": 64, "valid": 40, "test": 40}
    values["base"]["network"] |= {"channels": [8, 8], "norm_groups": 4}
    values["autoencoder"]["network"] |= {"channels": [8, 8], "norm_groups": 4, "codebook": 16}
    values["methods"] = {
        "pdae": values["methods"]["pdae"] | {"code_dim": 4, "encoder_channels": [32]},
        "random": {"code_dim": 4, "encoder_channels": [32], "encoder_attention": None},
    }
    shared = [values[name]["training"] for name in ("base", "autoencoder", "oracle")]
    for training in (*shared, values["train"]):
        training |= {"batch_size": 8, "warmup": 1, "checkpoint_every": 1, "log_every": 1, "valid_images": 8}
    return values


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
