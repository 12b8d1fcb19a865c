"""MLflow's page on the results, with links that open on a comparison."""

import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.runs import Settings
from diffrep.pipelines.tracking.store import STATE, create_store, experiment, is_server, store_uri
from diffrep.pipelines.tracking.sync import current_runs, sync
from diffrep.pipelines.tracking.trouble import store_errors
from diffrep.reports.reading.study import Study

if TYPE_CHECKING:
    from mlflow import MlflowClient

HOST = "127.0.0.1"
CURRENT = f"tags.{STATE} = 'current'"


def serve(study: Study, settings: Settings, port: int, root: Path = Path()) -> None:
    """Bring MLflow in step with the results, print what to open, and become its server until interrupted.

    Where MLFLOW_TRACKING_URI names a server already, that one is filled and its links are printed.
    raises   UserError where the port is taken
    """
    uri = store_uri(root)
    page = uri if is_server(uri) else f"http://{HOST}:{port}"
    if not is_server(uri):
        expect_free(port)
    sync(root, study, settings)
    with store_errors(root):
        client = create_store(root)
        shown = [link for dataset in study.datasets for link in links(client, dataset, page)]
    print("\n".join(shown), flush=True)
    if not is_server(uri):
        os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # without: 36 s to start and four more processes
        os.execv(sys.executable, server_command(uri, port, root))


def expect_free(port: int) -> None:
    """Raise UserError where something listens on `port` of this machine already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UserError(f"port {port} cannot be had ({error.strerror}): try another with --port") from error


def server_command(uri: str, port: int, root: Path) -> list[str]:
    """The command line of MLflow's server on this machine alone, with one worker."""
    store = ["--backend-store-uri", uri, "--artifacts-destination", (root.resolve() / "mlartifacts").as_uri()]
    return [sys.executable, "-m", "mlflow", "server", *store, "--host", HOST, "--port", str(port), "--workers", "1"]


def links(client: "MlflowClient", dataset: str, page: str) -> list[str]:
    """What to open for a data set: every run, means over seeds, their charts, methods side by side (a seed of each)."""
    number = experiment(client, dataset)
    runs = current_runs(client, number)
    save_views(client, number, {name for run in runs for name in run.data.metrics})
    table = f"{page}/#/experiments/{number}/runs?workflowType=machine_learning&viewStateShareKey="
    lines = [
        f"{dataset}, every run: {table}runs",
        f"{dataset}, means over seeds: {table}means",
        f"{dataset}, charts of them: {table}means&compareRunsMode=CHART",
    ]
    methods = [run for run in runs if run.data.tags["diffrep.kind"] == "method"]
    first = min((int(run.data.params["seed"]) for run in methods), default=0)
    ids = [run.info.run_id for run in methods if run.data.params["seed"] == str(first)]
    compared = "&".join(
        f"{name}={quote(json.dumps(value))}" for name, value in (("runs", ids), ("experiments", [number]))
    )
    return [*lines, f"{dataset}, side by side: {page}/#/compare-runs?{compared}"] if len(ids) > 1 else lines


def save_views(client: "MlflowClient", experiment_id: str, measured: set[str]) -> None:
    """Keep two views in the experiment that show the headline metrics, which MLflow's own list hides."""
    columns = [
        f"metrics.`{column.name}`" for column in CATALOGUE.values() if column.summary and column.name in measured
    ]
    means = {"aggregateFunction": "average", "groupByKeys": [{"mode": "param", "groupByData": "method"}]}
    for name, grouping in (("runs", None), ("means", means)):
        view = json.dumps({"searchFilter": CURRENT, "selectedColumns": columns, "groupBy": grouping})
        client.set_experiment_tag(experiment_id, f"mlflow.sharedViewState.{name}", view)
    client.set_experiment_tag(experiment_id, "mlflow.experimentKind", "custom_model_development")
