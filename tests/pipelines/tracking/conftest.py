"""A store to fill: MLflow's database takes seconds to make, so each test gets a copy."""

import shutil

import pytest
from tracked_tree import fill

from diffrep.pipelines.tracking.store import create_store


@pytest.fixture
def no_server_of_mine(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """An empty database."""
    root = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        create_store(root)
    return root / "mlflow.db"


@pytest.fixture
def root(empty_store, tmp_path, no_server_of_mine):
    """A tree of results with an empty database."""
    shutil.copy(empty_store, tmp_path)
    fill(tmp_path)
    return tmp_path
