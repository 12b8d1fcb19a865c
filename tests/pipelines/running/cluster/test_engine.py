"""Stages as tasks of submitit's local jobs: what ran is in dvc.lock, what failed is named, and the rest goes on."""

import subprocess
import sys
from pathlib import Path

import pytest
from cluster_pipeline import stages, write_pipeline
from dvc.repo import Repo
from local_queue import LocalQueue

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.engine import repro_on
from diffrep.pipelines.running.cluster.needs import Cluster
from diffrep.pipelines.running.repro import repro

TABLE = "code\na\ncode\nb\n"


def run(params, queue=None):
    queue = queue or LocalQueue()
    repro_on(queue, params, Cluster(), lambda gpu, dataset: {}, look=0.1, lost=2.0)
    return queue


def status() -> dict:
    with Repo() as repo:
        return repo.status()


def test_tasks_make_what_is_out_of_date_and_dvc_finds_it_recorded(project, capsys):
    run(project)
    assert Path("table.txt").read_text() == TABLE
    assert status() == {}
    told = capsys.readouterr().out
    assert "6 of 6 stages ran" in told
    run(project)
    assert "Everything is up to date: 6 stages checked" in capsys.readouterr().out
