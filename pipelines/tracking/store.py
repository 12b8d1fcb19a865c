"""MLflow's store, and the one run in it of each row of the tables.

One experiment per data set, one run per row and seed, found again by its tag. The database is a view of the result
files: delete mlflow.db and mlartifacts/, and `diffrep sync` (sync.py) fills them again.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

KEY, DIGEST, STATE = "diffrep.key", "diffrep.digest", "state"  # tags
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
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root.resolve() / 'mlflow.db'}"


def is_server(uri: str) -> bool:
    """Whether the store is somebody's server, which then keeps the artifacts too."""
    return uri.startswith(("http:", "https:", "databricks"))


def quieten_mlflow() -> None:
    """Set what MLflow reads when it is imported: no telemetry, no word on a missing git."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")


def create_store(root: Path = Path()) -> "MlflowClient":
    """A client of the store; the first one makes the database, which takes seconds and bears no second maker."""
    quieten_mlflow()
    from mlflow import MlflowClient

    for name in ("mlflow.store.db.utils", "alembic"):  # after the import, which sets its own levels
        logging.getLogger(name).setLevel(logging.WARNING)
    with locked(root):
        client = MlflowClient(tracking_uri=store_uri(root))
        client.search_experiments(max_results=1)
    return client


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other processes of this tree from creating anything in the store until the block ends."""
    path = root / "runs" / "mlflow.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
