"""MLflow's store, and the one run in it of each row of the tables.

One experiment per data set, one run per row and seed, found again by its tag. The database is a view of the result
files: delete mlflow.db and mlartifacts/, and `diffrep sync` (sync.py) fills them again.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from diffrep.pipelines.tracking.trouble import VARIABLE, locked

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

KEY, DIGEST, STATE = "diffrep.key", "diffrep.digest", "state"  # tags
SQLITE = "sqlite+pysqlite:///"  # not "sqlite:///": of that MLflow makes the folders, by the names as they are quoted
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "5"}  # MLflow's own: 7 and 120 s
ARTIFACTS = "mlflow-artifacts:/"  # what the server reads from mlartifacts/: no absolute path, so that the tree may move


@dataclass(frozen=True)
class RunKey:
    """One run: a method or an anchor at one seed, made with the settings that hash to `settings_hash`."""

    dataset: str
    row: str
    seed: int | None  # None where no seed has a part in it
    settings_hash: str
    kind: str = "method"  # or "anchor"

    @property
    def name(self) -> str:
        """What MLflow shows below the experiment's name: pdae/0, anchors/noise/0, anchors/factors."""
        folder = "anchors/" if self.kind == "anchor" else ""
        return f"{folder}{self.row}" + ("" if self.seed is None else f"/{self.seed}")

    @property
    def text(self) -> str:
        """What the run is found by; the settings belong to it because a run's parameters cannot change."""
        return f"{self.dataset}/{self.name}/{self.settings_hash}"


def store_uri(root: Path = Path()) -> str:
    """MLFLOW_TRACKING_URI where it is set, else the SQLite file mlflow.db below `root`."""
    return os.environ.get(VARIABLE) or f"{SQLITE}{quote(str(root.resolve() / 'mlflow.db'))}"


def is_server(uri: str) -> bool:
    """Whether the store is somebody's server, which then keeps the artifacts too."""
    return uri.startswith(("http:", "https:", "databricks"))


def quieten_mlflow() -> None:
    """Set what MLflow reads: no telemetry, no word on a missing git, seconds and not minutes for a silent server."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    for name, value in {"GIT_PYTHON_REFRESH": "quiet", **PATIENCE}.items():
        os.environ.setdefault(name, value)


def create_store(root: Path = Path()) -> "MlflowClient":
    """A client of the store; the first one makes the database, which takes seconds and bears no second maker."""
    quieten_mlflow()
    from mlflow import MlflowClient

    for name in ("mlflow.store.db.utils", "alembic"):  # after the import, which sets its own levels
        logging.getLogger(name).setLevel(logging.WARNING)
    uri = store_uri(root)
    if not is_server(uri):
        from mlflow.store.db import utils

        utils.MAX_RETRY_COUNT = 1  # MLflow's 10 take 100 s for a file that is no database
    with locked(root):
        client = MlflowClient(tracking_uri=uri)
        client.search_experiments(max_results=1)
    return client


def experiment(client: "MlflowClient", dataset: str) -> str:
    """The id of the data set's experiment, made where it is missing, taken back where it was deleted."""
    name = f"diffrep/{dataset}"
    found = client.get_experiment_by_name(name)
    if found is None:
        place = None if is_server(client.tracking_uri) else ARTIFACTS + name
        return client.create_experiment(name, artifact_location=place)
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return found.experiment_id


def runs_by_key(client: "MlflowClient", experiment_id: str) -> dict[str, "Run"]:
    """The experiment's runs of ours under their keys."""
    runs = client.search_runs([experiment_id], max_results=50_000)
    return {run.data.tags[KEY]: run for run in runs if KEY in run.data.tags}


def create_run(client: "MlflowClient", key: RunKey) -> "Run":
    """A new, empty run."""
    tags = {KEY: key.text, STATE: "current", "diffrep.kind": key.kind, "mlflow.source.name": "diffrep"}
    return client.create_run(experiment(client, key.dataset), run_name=key.name, tags=tags)


def find_or_create_run(client: "MlflowClient", key: RunKey, root: Path = Path()) -> "Run":
    """The run of that key, the same for every process that asks."""
    with locked(root):
        found = runs_by_key(client, experiment(client, key.dataset)).get(key.text)
        return found or create_run(client, key)
