"""`diffrep logs`: of a stage, of all stages of a cell, and the nearest name for one that is not there."""

import os

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import LOGS
from diffrep.pipelines.running.logs import print_logs


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    LOGS.mkdir(parents=True)
    for time, name in enumerate(("train@room-pca-0", "encode@room-pca-0", "train@room-pca-1")):
        (LOGS / f"{name}.log").write_text(f"{name} begins\n{name} ends\n")
        os.utime(LOGS / f"{name}.log", (time, time))


def test_a_stage(capsys):
    print_logs("train@room-pca-1", None)
    assert (
        capsys.readouterr().out
        == "==> runs/logs/train@room-pca-1.log <==\ntrain@room-pca-1 begins\ntrain@room-pca-1 ends\n"
    )


def test_a_cell_and_the_ends_alone(capsys):
    print_logs("room-pca-0", 1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1::2] == ["train@room-pca-0 ends", "encode@room-pca-0 ends"]


def test_a_name_without_a_log_is_one_line():
    with pytest.raises(UserError, match="no log of 'room-pca-2' in runs/logs: did you mean 'room-pca-"):
        print_logs("room-pca-2", None)


def test_where_no_name_is_near_the_cells_are_told():
    with pytest.raises(UserError, match=r"no log of 'probe' in runs/logs: there are room-pca-0, room-pca-1$"):
        print_logs("probe", None)
