"""A server that does not answer: seconds and one line, and no training, report or sync waits for another's."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module

import pytest
from environments import Broken, HealthAlone, served_by
from tracked_tree import CELLS, fill, settings, study

from diffrep.pipelines.core.paths import Whole
from diffrep.pipelines.stages import report
from diffrep.pipelines.tracking import trouble
from diffrep.pipelines.tracking.store import PATIENCE, RunKey
from diffrep.pipelines.tracking.sync import live_logger, sync
from diffrep.pipelines.tracking.trouble import ANSWER_SECONDS, StoreError

SERVERS = {"errors": Broken, "health alone": HealthAlone}
TOLD = {"black hole": "no answer within 1 s"}
AT_ONCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_HTTP_REQUEST_TIMEOUT": "1"}  # the shortest that MLflow takes
AT_MOST = 12  # seconds, on a machine that has other work: one wait is 1 s here
MANY = 24  # of them, one behind the other, are twice that


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """What a first call brings in, which takes seconds of its own."""
    import_module("diffrep.pipelines.tracking.live")
    import_module("mlflow.tracking")


@pytest.fixture
def impatient(monkeypatch):
    """All that is waited for, cut to a second: by the program's own settings, so that one it forgets takes minutes."""
    monkeypatch.setattr(trouble, "ANSWER_SECONDS", 1.0)
    for name, value in AT_ONCE.items():
        monkeypatch.setitem(PATIENCE, name, value)
        monkeypatch.setenv(name, "")  # noted, so that what the program sets is gone afterwards
        monkeypatch.delenv(name)


@pytest.fixture(params=["refused", "black hole", *SERVERS])
def kind(request):
    return request.param


@pytest.fixture
def silent(kind, tmp_path, no_server_of_mine, impatient, monkeypatch):
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


def test_what_is_waited_for_as_it_is_set_is_seconds():
    retries, seconds = (int(PATIENCE[name]) for name in AT_ONCE)
    assert ANSWER_SECONDS + (1 + retries) * seconds < 20


def test_sync_is_one_line_after_seconds(silent, kind):
    start = time.monotonic()
    with pytest.raises(
        StoreError, match=r"http://127\.0\.0\.1.*unset MLFLOW_TRACKING_URI; then diffrep sync"
    ) as caught:
        sync(silent, study(), settings)
    assert "\n" not in str(caught.value)
    assert TOLD.get(kind, "") in str(caught.value)
    assert time.monotonic() - start < AT_MOST


def test_a_training_loses_its_live_curves_once(silent, kind, capfd):
    logger = live_logger(CELLS[0], "all of pdae", silent)
    start = time.monotonic()
    for step in range(1, 50):
        logger.log_metrics({"train/loss": 1.0}, step)
    logger.finalize("success")
    assert time.monotonic() - start < AT_MOST
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("diffrep: warning: no live curves of pdae/0 from now on: MLflow's store http://127.0.0.1")


def test_cells_side_by_side_wait_for_none_of_each_other(silent, kind):
    def train(seed):
        from diffrep.pipelines.tracking.live import LiveLogger

        LiveLogger(RunKey("squares", "pdae", seed, "0"), silent).log_metrics({"train/loss": 1.0}, 1)

    start = time.monotonic()
    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(train, range(MANY)))
    assert time.monotonic() - start < AT_MOST


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
