"""Places and surroundings that do not do: trees that nobody may write, MLflow in all its states, no git."""

import fcntl
import os
import subprocess
from pathlib import Path
from unittest import mock

import pytest
from dvc.repo import Repo
from environments import (
    Broken,
    Nonsense,
    Silent,
    half_of_database,
    permissions_count,
    served_by,
    version_of_database,
    writable_again,
)
from mistakes import Mistake, expect_told, put

from diffrep.pipelines.core import sockets
from diffrep.pipelines.tracking import trouble

ROOMS = ("--dataset", "shapes3d_rendered")
BASE = ("base", *ROOMS, "--seed", "0")
DELETE = r"mlflow\.db cannot be used \(.*\): delete it, it is only a view of the results"
UNSET = "see that it is there, or unset MLFLOW_TRACKING_URI"
REMEMBERED = []  # open files whose locks hold as long as they are here


def nothing(folder):
    """The folder alone is wrong."""


def read_only(folder):
    folder.chmod(0o555)


def text(name, content):
    """What writes a file."""

    def make(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return make


def below(name):
    """What makes a folder."""
    return lambda folder: (folder / name).mkdir(parents=True)


def variable(name, value):
    """What sets an environment variable."""
    return lambda folder: os.environ.update({name: value})


def store_at(address):
    """What names MLflow's store."""
    return variable("MLFLOW_TRACKING_URI", address)


def both(*makes):
    """One after the other."""

    def make(folder):
        for each in makes:
            each(folder)

    return make


def mode(name, bits):
    """What sets the permissions of a file."""
    return lambda folder: (folder / name).chmod(bits)


def dvc_here(folder):
    """A pipeline without git."""
    Repo.init(no_scm=True).close()
    (folder / "dvc.yaml").write_text("stages: {}\n")


def as_from_a_zip(folder):
    """DVC's folder, though git's is not there."""
    dvc_here(folder)
    (folder / ".dvc" / "config").write_text("")


def held_by_another(folder):
    """The lock of MLflow's store, as if another process had it."""
    (folder / "runs").mkdir()
    file = (folder / "runs" / "mlflow.lock").open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    REMEMBERED.append(file)


def of_somebody_else(folder):
    """A checkout whose owner is another than who works in it."""
    subprocess.run(["git", "init", "-q", "."], check=True)
    os.environ |= {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def in_a_loop(folder):
    (folder / "runs").symlink_to("runs")


def long_and_nowhere_else(folder):
    """A folder for temporary files whose path is too long for a socket, and no other."""
    long = folder / ("long" * 25)
    long.mkdir()
    mock.patch.object(sockets, "SHORT", "/proc/nowhere").start()
    mock.patch.object(sockets.tempfile, "tempdir", str(long)).start()
    mock.patch.dict(sockets.util.process.current_process()._config).start()
    sockets.util.process.current_process()._config.pop("tempdir", None)


WRITABLE = "make it writable, or work in a copy"
SYNC, UI = ("sync",), ("ui", "--port", "5999")
NEW = ("workspace", "--profile", "smoke", "new")
NOWHERE = "http://127.0.0.1:9"
MISTAKES = [
    Mistake(
        "a tree that cannot be written, repro", both(dvc_here, read_only, mode(".dvc/tmp", 0o555)), ("repro",), WRITABLE
    ),
    Mistake("a tree that cannot be written, code", read_only, ("code",), f"'runs.*{WRITABLE}"),
    Mistake("a tree that cannot be written, dvc-yaml", read_only, ("dvc-yaml",), f"dvc.yaml.*{WRITABLE}"),
    Mistake("a tree that cannot be written, sync", read_only, SYNC, "mlflow.db cannot be used .*'runs'.*: mend that"),
    Mistake("a params.yaml that nobody may read", mode("params.yaml", 0o000), ("code",), "params.yaml"),
    Mistake("a file in place of runs", text("runs", ""), ("code",), "'runs'"),
    Mistake("a link that leads to itself", in_a_loop, ("code",), "'runs"),
    Mistake("sockets without a place", long_and_nowhere_else, ("code",), "TMPDIR is .* set TMPDIR to a shorter path"),
    Mistake(
        "a device that this machine lacks",
        put("machine.device", "mps"),
        ("base", *ROOMS, "--seed", "0"),
        "machine.device.*mps",
    ),
    Mistake("no repository of DVC", nothing, ("repro",), "(?i)not inside of a DVC repository"),
    Mistake("a tree from a zip", as_from_a_zip, ("repro",), "clone it with git, or run `dvc config core.no_scm true`"),
    Mistake("a damaged configuration of DVC", both(dvc_here, text(".dvc/config", "[core")), ("repro",), "config"),
    Mistake("a pipeline that is no YAML", both(dvc_here, text("dvc.yaml", "stages: [")), ("repro",), "dvc.yaml"),
    Mistake("a workspace without git", variable("PATH", ""), NEW, "git is not inst"),
    Mistake("a checkout of somebody else", of_somebody_else, NEW, "safe.directory"),
    Mistake("a workspace in a folder of something else", text("new/file", ""), NEW, "new is not empty"),
    Mistake("a workspace in a file", text("new", ""), NEW, "'new' is a file", code=2),
    Mistake(
        "a workspace of too long a name", nothing, ("workspace", "--profile", "smoke", "x" * 300), "File name too long"
    ),
    Mistake("a profile that is not there", nothing, ("workspace", "--profile", "smok", "new"), "did you mean 'smoke'"),
    Mistake("a port that is no port", nothing, ("ui", "--port", "70000"), "70000 is not in the range", code=2),
    Mistake("a number of jobs below one", nothing, ("repro", "--jobs", "0"), "--jobs", code=2),
    Mistake("a database that is none", text("mlflow.db", "nothing of SQLite's"), SYNC, DELETE),
    Mistake("a database that is none, on the page", text("mlflow.db", "nothing of SQLite's"), UI, DELETE),
    Mistake("half a database", half_of_database, SYNC, DELETE),
    Mistake("a database of an older MLflow", version_of_database("acf3f17fdcc7"), SYNC, DELETE),
    Mistake("a database of an older MLflow, on the page", version_of_database("acf3f17fdcc7"), UI, DELETE),
    Mistake("a database of a newer MLflow", version_of_database("ffffffffffff"), SYNC, DELETE),
    Mistake("a folder in place of the database", below("mlflow.db"), SYNC, "mlflow.db cannot be used"),
    Mistake("a store that another process holds", held_by_another, SYNC, "has held runs/mlflow.lock for .* try later"),
    Mistake("a file in place of runs, sync", text("runs", ""), SYNC, "'runs'"),
    Mistake("no server where one is named", store_at(NOWHERE), SYNC, f"127.0.0.1:9.*{UNSET}"),
    Mistake("no server, on the page", store_at(NOWHERE), UI, f"127.0.0.1:9.*{UNSET}"),
    Mistake("a server of another kind", served_by(Nonsense), SYNC, UNSET),
    Mistake("a server that fails", served_by(Broken), SYNC, UNSET),
    Mistake("a server that does not answer", served_by(Silent), SYNC, UNSET),
    Mistake("an address without its scheme", store_at("here:5000"), SYNC, f"here:5000.*{UNSET}"),
    Mistake(
        "a database without its driver",
        store_at("postgresql://me:secret@here/runs"),
        SYNC,
        f"postgresql://here/runs.*{UNSET}",
    ),
    Mistake("a database in no folder", store_at("sqlite:////proc/nowhere/mlflow.db"), SYNC, f"/proc/nowhere.*{UNSET}"),
]


@pytest.fixture
def surroundings(tmp_path):
    """No server of mine, little patience, and permissions that count; all as before at the end."""
    little = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "1", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    with mock.patch.dict(os.environ, little), writable_again(tmp_path), permissions_count():
        os.environ.pop("MLFLOW_TRACKING_URI", None)
        mock.patch.object(trouble, "LOCK_SECONDS", 0.1).start()
        mock.patch("diffrep.pipelines.tracking.ui.running", None).start()  # no server is started
        yield
        mock.patch.stopall()
        while REMEMBERED:
            REMEMBERED.pop().close()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys, surroundings):
    expect_told(mistake, tmp_path / "work", capsys)


def test_a_password_is_not_shown(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://me:secret@here/runs")
    assert trouble.name_of(Path()) == "postgresql://here/runs (MLFLOW_TRACKING_URI)"
