"""Surroundings in which things go wrong: permissions that count, servers of all kinds, other databases."""

import contextlib
import ctypes
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from diffrep.pipelines.tracking.store import open_store

OVERRIDES = 0b110  # of root: to write and to read what the permissions of a file forbid
VERSION_3 = 0x20080522


class Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def permissions_count() -> Iterator[None]:
    """Inside the block the permissions of files hold for root too, in this thread (Linux; elsewhere nothing)."""
    libc = ctypes.CDLL(None)
    if os.geteuid() or not hasattr(libc, "capset"):
        yield
        return
    header, sets = Header(VERSION_3, 0), (Sets * 2)()
    libc.capget(ctypes.byref(header), sets)
    before = sets[0].effective
    sets[0].effective = before & ~OVERRIDES
    libc.capset(ctypes.byref(header), sets)
    try:
        yield
    finally:
        sets[0].effective = before
        libc.capset(ctypes.byref(header), sets)


@contextmanager
def writable_again(folder: Path) -> Iterator[None]:
    """When the block ends all below `folder` may be written and removed."""
    try:
        yield
    finally:
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)


class Nonsense(BaseHTTPRequestHandler):
    """Answers whatever it is asked with a page."""

    status = 200

    def do_POST(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"<html>Welcome to nginx!</html>")

    do_GET = do_POST  # noqa: N815

    def log_message(self, *words: object) -> None:
        pass


class Broken(Nonsense):
    """Fails at everything."""

    status = 500


class Silent(Nonsense):
    """Takes a question and never answers it."""

    ended = threading.Event()

    def do_POST(self) -> None:
        self.ended.wait(20)

    do_GET = do_POST  # noqa: N815


class HealthAlone(Nonsense):
    """Says that it is well, and answers nothing else."""

    def do_POST(self) -> None:
        Silent.ended.wait(60)

    def do_GET(self) -> None:
        if self.path.endswith("/health"):
            super().do_POST()
        else:
            self.do_POST()


def served_by(kind: type[Nonsense]) -> Callable[[Path], None]:
    """What names a server of this kind, new and on this machine, as that of MLflow."""

    def make(folder: Path) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{server.server_port}"

    return make


def new_database(folder: Path) -> None:
    (folder / "mlflow.db").write_bytes(empty_database())


@cache
def empty_database() -> bytes:
    """MLflow's database, made elsewhere: it remembers those that it has opened. To make it takes seconds."""
    with tempfile.TemporaryDirectory() as elsewhere:
        open_store(Path(elsewhere))
        return Path(elsewhere, "mlflow.db").read_bytes()


def version_of_database(number: str) -> Callable[[Path], None]:
    """What makes MLflow's database as one of another version."""

    def make(folder: Path) -> None:
        new_database(folder)
        with contextlib.closing(sqlite3.connect(folder / "mlflow.db")) as database, database:
            database.execute("update alembic_version set version_num = ?", (number,))

    return make


def half_of_database(folder: Path) -> None:
    new_database(folder)
    path = folder / "mlflow.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
