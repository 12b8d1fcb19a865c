"""A store to fill: MLflow's database takes seconds to make, so each test gets a copy; and a server of MLflow's."""

import shutil
import socket

import pytest
from tracked_tree import fill, settings, study

from diffrep.pipelines.tracking.store import open_store
from diffrep.pipelines.tracking.sync import sync
from diffrep.pipelines.tracking.ui import HOST, running, server_command, wait_for_answer


@pytest.fixture
def no_server_of_mine(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """An empty database."""
    root = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        open_store(root)
    return root / "mlflow.db"


@pytest.fixture
def root(empty_store, tmp_path, no_server_of_mine):
    """A tree of results with an empty database."""
    shutil.copy(empty_store, tmp_path)
    fill(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def written(empty_store, tmp_path_factory):
    """A tree whose results MLflow has."""
    root = tmp_path_factory.mktemp("written")
    shutil.copy(empty_store, root)
    fill(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
        sync(root, study(), settings)
    return root


@pytest.fixture
def synced(written, tmp_path, no_server_of_mine):
    """A copy of it to change, with its database; that a copy goes on with its runs is shown in test_sync."""
    return shutil.copytree(written, tmp_path / "synced")


@pytest.fixture(scope="session")
def address(empty_store, tmp_path_factory):
    """A real server of MLflow's on this machine, with a database of its own."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(empty_store, folder)
    port = a_free_port()
    command = server_command(f"sqlite+pysqlite:///{folder}/mlflow.db", port, folder)
    with running(command, folder / "log") as server:
        wait_for_answer(f"http://{HOST}:{port}", server, folder / "log")
        yield f"http://{HOST}:{port}"


@pytest.fixture
def server(address, no_server_of_mine, monkeypatch):
    """The server, named as the one to write to."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    return address


@pytest.fixture
def free_port():
    return a_free_port()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
