"""MLflow's store, and the runs in it that are this workspace's: one of each row of the tables at each seed.

One experiment per preset and data set, one run per row and seed, found again by its tags. The database is a view of the
result files: delete mlflow.db and mlartifacts/, and `diffrep sync` (sync.py) fills them again.
"""

import logging
import os
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from diffrep.pipelines.core.settings_file import read_sections
from diffrep.pipelines.core.validation import FILE
from diffrep.pipelines.tracking.owner import TAG, owner, workspace_id
from diffrep.pipelines.tracking.trouble import VARIABLE, expect_answer, locked

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

KEY, DIGEST, STATE, KIND = "diffrep.key", "diffrep.digest", "state", "diffrep.kind"  # tags
EXPERIMENTS = "MLFLOW_EXPERIMENT_NAME"  # how the names of experiments begin; MLflow's own variable
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
    kind: str = "method"  # or "anchor", or "report", which has the figures of all

    @property
    def name(self) -> str:
        """What MLflow shows below the experiment's name: pdae/0, anchors/noise/0, anchors/factors, report."""
        folder = "anchors/" if self.kind == "anchor" else ""
        return f"{folder}{self.row}" + ("" if self.seed is None else f"/{self.seed}")

    @property
    def text(self) -> str:
        """What the run is found by; the settings belong to it because a run's parameters cannot change."""
        return f"{self.dataset}/{self.name}/{self.settings_hash}"


@dataclass(frozen=True)
class Store:
    """The store as the workspace in `root` uses it; every call may raise whatever MLflow and its server do."""

    client: "MlflowClient"
    root: Path

    @cached_property
    def owner(self) -> str | None:
        """The workspace whose runs are looked at; None where all of them are this one's."""
        return owner(self.root)

    def experiment(self, dataset: str) -> str:
        """The id of the data set's experiment, made where it is missing, taken back where it was deleted."""
        name = experiment_name(dataset, self.root)
        found = self.client.get_experiment_by_name(name)
        if found is None:
            return self._new_experiment(name)
        if found.lifecycle_stage == "deleted":
            self.client.restore_experiment(found.experiment_id)
        return found.experiment_id

    def _new_experiment(self, name: str) -> str:
        from mlflow.exceptions import MlflowException

        place = None if is_server(self.client.tracking_uri) else ARTIFACTS + name
        try:
            return self.client.create_experiment(name, artifact_location=place)
        except MlflowException:
            found = self.client.get_experiment_by_name(name)  # made meanwhile by another process
            if found is None:
                raise
            return found.experiment_id

    def runs(self, experiment_id: str) -> dict[str, "Run"]:
        """The experiment's runs of this workspace under their keys."""
        ours = f"tags.{TAG} = '{self.owner}'" if self.owner else ""
        runs = self.client.search_runs([experiment_id], ours, max_results=50_000)
        return {run.data.tags[KEY]: run for run in runs if KEY in run.data.tags}

    def new_run(self, key: RunKey, began: float | None = None) -> "Run":
        """A new, empty run; `began` when it began, in seconds since 1970, where that is not now."""
        whose = {TAG: workspace_id(self.root), "mlflow.source.name": "diffrep"}
        start = None if began is None else int(began * 1000)
        tags = {KEY: key.text, STATE: "current", KIND: key.kind} | whose
        return self.client.create_run(self.experiment(key.dataset), start, tags, key.name)

    def find_or_create(self, key: RunKey) -> "Run":
        """The run of that key, the same for every process that asks.

        On a server nobody waits for another's answer: there each cell is trained by one process alone.
        """
        with nullcontext() if is_server(self.client.tracking_uri) else locked(self.root):
            return self.runs(self.experiment(key.dataset)).get(key.text) or self.new_run(key)


def experiment_name(dataset: str, root: Path) -> str:
    """diffrep/quick/shapes3d_rendered: runs of two presets are not compared.

    MLFLOW_EXPERIMENT_NAME takes the place of the first word.
    """
    preset = read_sections(root / FILE)["evaluate"]["preset"]
    return f"{os.environ.get(EXPERIMENTS) or 'diffrep'}/{preset}/{dataset}"


def store_uri(root: Path = Path()) -> str:
    """MLFLOW_TRACKING_URI where it is set, else the SQLite file mlflow.db below `root`."""
    return os.environ.get(VARIABLE) or f"{SQLITE}{quote(str(root.resolve() / 'mlflow.db'))}"


def is_server(uri: str) -> bool:
    """Whether the store is somebody's server, which then keeps the artifacts too."""
    return uri.startswith(("http:", "https:", "databricks"))


def quieten_mlflow() -> None:
    """Set what MLflow reads: no telemetry, no word on a missing git or on each run, seconds for a silent server."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    quiet = {"GIT_PYTHON_REFRESH": "quiet", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
    for name, value in {**quiet, **PATIENCE}.items():
        os.environ.setdefault(name, value)


def open_store(root: Path = Path()) -> Store:
    """The store as it is used from `root`; the first one makes the database, which takes seconds.

    StoreError where a server does not answer at once.
    """
    quieten_mlflow()
    uri = store_uri(root)
    if uri.startswith("http"):
        expect_answer(uri)
    from mlflow import MlflowClient

    for name in ("mlflow.store.db.utils", "alembic"):  # after the import, which sets its own levels
        logging.getLogger(name).setLevel(logging.WARNING)
    if is_server(uri):
        return Store(MlflowClient(tracking_uri=uri), root)
    from mlflow.store.db import utils

    utils.MAX_RETRY_COUNT = 1  # MLflow's 10 take 100 s for a file that is no database
    with locked(root):  # it bears no second maker
        client = MlflowClient(tracking_uri=uri)
        client.search_experiments(max_results=1)
    return Store(client, root)
