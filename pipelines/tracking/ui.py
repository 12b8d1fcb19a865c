"""MLflow's page on the results: its server, and the one link that opens on runs with their metrics."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import LOGS
from diffrep.pipelines.tracking.numbers import Settings
from diffrep.pipelines.tracking.store import Store, is_server, open_store, store_uri
from diffrep.pipelines.tracking.sync import current_runs, sync
from diffrep.pipelines.tracking.trouble import expect_answer, store_errors
from diffrep.pipelines.tracking.views import save_views
from diffrep.reports.reading.study import Study

HOST = "127.0.0.1"
START_SECONDS = 120.0  # that the server may take to answer; 7 on an idle machine
POLL_SECONDS = 0.3
PAGE = "runs?workflowType=machine_learning&viewStateShareKey="  # without the first MLflow shows what is for chats


def serve(study: Study, settings: Settings, port: int, root: Path = Path()) -> None:
    """Bring MLflow in step with the results, and be its server until interrupted; what to open is said when it answers.

    Where MLFLOW_TRACKING_URI names a server already, that one is filled and its link is printed.
    raises   UserError where the port is taken, or the server ends by itself
    """
    uri = store_uri(root)
    if not is_server(uri):
        expect_free(port)
    sync(root, study, settings)
    with store_errors(root):
        store = open_store(root)
        links = {dataset: link_of(store, dataset) for dataset in study.datasets}
    if is_server(uri):
        print(words_of(uri, links), flush=True)
        return
    page = f"http://{HOST}:{port}"
    log = root / LOGS / "mlflow.log"
    with running(server_command(uri, port, root), log) as server:
        wait_for_answer(page, server, log)
        print(words_of(page, links), flush=True)
        server.wait()


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
    listening = ["--host", HOST, "--port", str(port), "--workers", "1"]
    return [sys.executable, "-m", "mlflow", "server", *store, *listening]


@contextmanager
def running(command: list[str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A server that prints to `log`, ended with all its processes when the block ends; an interrupt is a good end."""
    quick = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # without: 36 s to start and four more processes
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        server = subprocess.Popen(command, env=os.environ | quick, stdout=file, stderr=file, start_new_session=True)
    try:
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def wait_for_answer(page: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the server answers; UserError where it ends before, or has not answered in START_SECONDS."""
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            return expect_answer(page)
        except OSError:
            time.sleep(POLL_SECONDS)
    raise UserError(f"MLflow's server at {page} does not answer: see {log}")


def link_of(store: Store, dataset: str) -> tuple[str, str]:
    """The number of a data set's experiment, and the end of the link to its runs.

    Their page has columns and charts of what was measured.
    """
    number = store.experiment(dataset)
    measured = {name for run in current_runs(store, number) for name in run.data.metrics}
    return number, f"/#/experiments/{number}/{PAGE}{save_views(store, number, measured)}"


def words_of(page: str, links: Mapping[str, tuple[str, str]]) -> str:
    """The link to the first data set's runs; where there are others, the number of each experiment.

    links  data set -> number and end of the link, as `link_of` gives them
    """
    first = next(ending for _, ending in links.values())
    known = ", ".join(f"{number} is {name}" for name, (number, _) in links.items())
    return f"{page.rstrip('/')}{first}" + (f"\nOf the experiments {known}." if len(links) > 1 else "")
