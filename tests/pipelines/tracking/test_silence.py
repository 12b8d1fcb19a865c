"""A server that does not answer: seconds and one line, and no training, report or sync waits for another's."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from environments import Broken, HealthAlone, served_by
from tracked_tree import CELLS, fill, settings, study

from diffrep.pipelines.core.paths import Whole
from diffrep.pipelines.stages import report
from diffrep.pipelines.tracking.store import RunKey
from diffrep.pipelines.tracking.sync import live_logger, sync
from diffrep.pipelines.tracking.trouble import ANSWER_SECONDS, StoreError

AT_MOST = {  # seconds, on a machine that has other work; MLflow itself asks twice, for 5 s each
    "refused": 5,
    "black hole": ANSWER_SECONDS + 5,
    "errors": 5,
    "health alone": 20,
}
SERVERS = {"errors": Broken, "health alone": HealthAlone}


@pytest.fixture(params=AT_MOST)
def kind(request):
    return request.param


@pytest.fixture
def silent(kind, tmp_path, no_server_of_mine, monkeypatch):
    """A tree of results, and a server that is of no use named as the one to write to."""
    fill(tmp_path)
    with closing(socket.socket()) as hole:
        hole.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{hole.getsockname()[1]}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        if kind == "black hole":
            hole.listen(64)  # whoever calls is let in, and never spoken to
        if kind in SERVERS:
            served_by(SERVERS[kind])(tmp_path)
        yield tmp_path


def test_sync_is_one_line_after_seconds(silent, kind):
    start = time.monotonic()
    with pytest.raises(
        StoreError, match=r"http://127\.0\.0\.1.*unset MLFLOW_TRACKING_URI; then diffrep sync"
    ) as caught:
        sync(silent, study(), settings)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - start < AT_MOST[kind]


def test_a_training_loses_its_live_curves_once(silent, kind, capfd):
    logger = live_logger(CELLS[0], "all of pdae", silent)
    start = time.monotonic()
    for step in range(1, 50):
        logger.log_metrics({"train/loss": 1.0}, step)
    logger.finalize("success")
    assert time.monotonic() - start < AT_MOST[kind]
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("diffrep: warning: no live curves of pdae/0 from now on: MLflow's store http://127.0.0.1")


def test_cells_side_by_side_wait_for_none_of_each_other(silent, kind):
    def train(seed):
        from diffrep.pipelines.tracking.live import LiveLogger

        LiveLogger(RunKey("squares", "pdae", seed, "0"), silent).log_metrics({"train/loss": 1.0}, 1)

    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(train, range(8)))
    assert time.monotonic() - start < AT_MOST[kind]


def test_a_report_limits_how_long_it_waits(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr("diffrep.pipelines.study.study_of", lambda params: study())
    monkeypatch.setattr("diffrep.pipelines.study.so_far", lambda known: known)
    monkeypatch.setattr("diffrep.pipelines.tracking.sync.sync", lambda *arguments: given.append(arguments[-1]))
    monkeypatch.setattr("diffrep.reports.pages.build.build", lambda *arguments: [])
    monkeypatch.chdir(tmp_path)
    report.report(None, Whole())
    assert given == [report.SYNC_SECONDS]


def test_a_report_ends_well(silent, monkeypatch, capsys):
    made = []
    monkeypatch.setattr("diffrep.pipelines.study.study_of", lambda params: study())
    monkeypatch.setattr("diffrep.pipelines.study.so_far", lambda known: known)
    monkeypatch.setattr("diffrep.pipelines.study.settings_of", lambda params, result: settings(result))
    monkeypatch.setattr("diffrep.reports.pages.build.build", lambda *arguments: made.append(arguments) or [])
    monkeypatch.chdir(silent)
    report.report(None, Whole())
    assert made
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("diffrep: warning: MLflow's store http://127.0.0.1")
