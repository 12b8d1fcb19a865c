"""What several test files stand on: made-up result files, the smallest parameters, and runs of the smoke profile."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_cells
from results_tree import ResultsTree
from smoke_runs import ROOMS, diffrep, killed, terminated, workspace

from diffrep.pipelines.core.params import Params, parsed

ROOT = Path(__file__).parents[1]


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
