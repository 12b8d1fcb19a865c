"""Sockets of multiprocessing have room, however long TMPDIR is."""

import tempfile
from multiprocessing import util

import pytest

from diffrep.pipelines.core import sockets
from diffrep.pipelines.core.errors import UserError


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """What sets the folder for temporary files, with multiprocessing not yet asked for its own."""
    monkeypatch.setattr(util.process.current_process(), "_config", {})

    def set_to(length: int) -> str:
        folder = str(tmp_path / ("x" * (length - len(str(tmp_path)) - 1)))
        monkeypatch.setattr(tempfile, "tempdir", folder)
        return folder

    return set_to


def test_too_long_a_path_is_gone_round(temporary):
    folder = temporary(sockets.LONGEST + 1)
    sockets.expect_room_for_sockets()
    assert util.get_temp_dir().startswith(f"{sockets.SHORT}/pymp-")
    assert tempfile.gettempdir() == folder


def test_a_path_with_room_is_kept(temporary):
    temporary(sockets.LONGEST)
    sockets.expect_room_for_sockets()
    assert "tempdir" not in util.process.current_process()._config


def test_where_no_short_path_is_the_variable_is_named(temporary, monkeypatch):
    temporary(sockets.LONGEST + 1)
    monkeypatch.setattr(sockets, "SHORT", "/proc/nowhere")
    with pytest.raises(UserError, match=r"TMPDIR is .* set TMPDIR to a shorter path"):
        sockets.expect_room_for_sockets()
