"""`diffrep ui`: its port is free, its link is said when the server answers, and its server ends with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
import requests
from tracked_tree import settings, study

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking import ui
from diffrep.pipelines.tracking.ui import expect_free, running, server_command, wait_for_answer, words_of

LINKS = {"squares": ("3", "/#/experiments/3/runs?a=1"), "circles": ("7", "/#/experiments/7/runs?a=1")}
SERVING = """
import sys
from pathlib import Path
from tracked_tree import settings, study
from diffrep.pipelines.command import run
from diffrep.pipelines.tracking.ui import serve
run(lambda: serve(study(), settings, int(sys.argv[1]), Path(sys.argv[2])))
"""


def test_a_taken_port_is_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match=f"port {taken.getsockname()[1]} cannot be had"):
            expect_free(taken.getsockname()[1])


def test_the_server_reads_pictures_of_this_tree(tmp_path):
    command = server_command("sqlite:///x", 5000, tmp_path)
    assert command[command.index("--artifacts-destination") + 1] == f"file://{tmp_path}/mlartifacts"


def test_a_server_that_ends_by_itself_is_told_with_its_log(tmp_path):
    log = tmp_path / "logs" / "mlflow.log"
    with running([sys.executable, "-c", "print('no port')"], log) as server:
        server.wait()
        with pytest.raises(UserError, match=rf"does not answer: see {log}"):
            wait_for_answer("http://127.0.0.1:9", server, log)
    assert log.read_text() == "no port\n"


def test_one_link_is_said_and_what_the_other_experiments_are():
    assert words_of("http://here/", {"squares": LINKS["squares"]}) == "http://here/#/experiments/3/runs?a=1"
    both = words_of("http://here", LINKS)
    assert both == "http://here/#/experiments/3/runs?a=1\nOf the experiments 3 is squares, 7 is circles."


def test_the_store_is_opened_once_for_all_data_sets(monkeypatch, capsys):
    opened = []
    store = SimpleNamespace(experiment=lambda dataset: {"squares": "3", "circles": "7"}[dataset])
    monkeypatch.setattr(ui, "sync", lambda *arguments: 0)
    monkeypatch.setattr(ui, "open_store", lambda root: opened.append(root) or store)
    monkeypatch.setattr(ui, "current_runs", lambda *arguments: [])
    monkeypatch.setattr(ui, "save_views", lambda *arguments: "runs")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://here")
    ui.serve(replace(study(), datasets=("squares", "circles")), settings, 5000)
    assert len(opened) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("http://here/#/experiments/3/runs?")
    assert second == "Of the experiments 3 is squares, 7 is circles."


@pytest.mark.parametrize("ending", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_the_link_is_said_once_the_server_answers_and_the_server_ends_with_it(root, free_port, ending):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", SERVING, str(free_port), str(root)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    assert line == f"http://127.0.0.1:{free_port}/#/experiments/1/{line.partition('/experiments/1/')[2]}"
    assert requests.get(line.partition("#")[0], timeout=10).status_code == 200
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(ending)
    assert process.wait(timeout=60) == 0
    assert process.stdout.read() == ""
    end = time.monotonic() + 10
    while any(each.is_running() for each in family) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [each for each in family if each.is_running()]
