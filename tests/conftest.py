"""What several test files stand on: made-up result files, the smallest parameters, and runs of the smoke profile."""

import json
import os
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_cells
from filelock import FileLock
from results_tree import ResultsTree
from smoke_runs import ROOMS, changed_params, diffrep, killed, terminated, workspace

from diffrep.pipelines.core.params import Params, parsed

ROOT = Path(__file__).parents[1]

os.environ["DVC_TEST"] = "true"  # DVC then reports no use and looks for no newer one: processes that call a server

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has its background jobs; tests send and hear it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole pipelines first, as they take longest; those that stand on a finished one once it is likely to be there."""
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    """0 for the runs themselves, 2 for what needs them; between the two the other process has work."""
    room = item.path.relative_to(ROOT / "tests").parts[0]
    if room == "runs":
        return 0 if item.path.name == "test_pipeline.py" else 2
    return 1 if room in ("datasets", "methods", "metrics") else 3


@pytest.fixture
def results_tree(tmp_path: Path) -> ResultsTree:
    return ResultsTree(tmp_path)


@pytest.fixture(scope="module")
def kept_tree(tmp_path_factory: pytest.TempPathFactory) -> ResultsTree:
    """One for all tests of a file, none of which changes it."""
    return ResultsTree(tmp_path_factory.mktemp("results"))


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
    """A run to its end, made once for all processes of the tests: its folder, and how the process has `done` it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = shared / "calm" / "smoke", shared / "calm.json"
    with FileLock(shared / "calm.lock"):
        if not said.exists():
            folder.parent.mkdir()
            done = diffrep(workspace(folder), "repro", "--jobs", "2")
            said.write_text(json.dumps({name: getattr(done, name) for name in ("returncode", "stdout", "stderr")}))
    return SimpleNamespace(folder=folder, done=SimpleNamespace(**json.loads(said.read_text())))


@pytest.fixture(scope="session")
def stormy(tmp_path_factory):
    """A run of one cell that was told to stop, then killed, then run to its end; what was said and who survived."""
    folder = workspace(tmp_path_factory.mktemp("stormy") / "smoke")
    changed_params(folder, lambda params: params["grid"].update(method=["pdae"], seed=[0]))
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
