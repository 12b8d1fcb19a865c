"""A file is the old one or the new one, whole, whatever happens while it is written."""

import json
import math
import os
import signal
import subprocess
import sys
from errno import EINVAL, EIO, ENOSPC, ENOTSUP
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffrep.datasets.files.sums import sha256_of, to_disk
from diffrep.pipelines.core import files
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, replacing, replacing_folder, write_arrays, write_json

KILLED = """
import os, pathlib, signal
from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.files import {manager}
with {manager}(pathlib.Path({path!r})) as temporary:
    (temporary / "new" if {folder} else temporary).write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_while_writing(path, manager: str) -> None:
    script = KILLED.format(manager=manager, path=str(path), folder=manager == "replacing_folder")
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.json").write_text("old")
    return tmp_path / "a.json"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_text("old")
    return tmp_path / "model"


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_when_the_block_ends_well(file):
    with replacing(file) as temporary:
        temporary.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert names(file.parent) == ["a.json"]


def test_an_error_in_the_block_leaves_the_old_file_and_nothing_else(file):
    with pytest.raises(KeyError), replacing(file) as temporary:
        raise KeyError(temporary.write_text("half"))
    assert file.read_text() == "old"
    assert names(file.parent) == ["a.json"]


def test_a_kill_in_the_block_leaves_the_old_file(file):
    kill_while_writing(file, "replacing")
    assert file.read_text() == "old"


def test_what_a_kill_left_of_a_file_is_gone_after_the_next_run(file):
    kill_while_writing(file, "replacing")
    with replacing(file) as temporary:
        temporary.write_text("new")
    assert names(file.parent) == ["a.json"]


def test_the_temporary_path_keeps_the_suffix(tmp_path):
    with replacing(tmp_path / "deep" / "a.npz") as temporary:
        assert temporary.suffix == ".npz"
        temporary.touch()


def test_a_folder_is_replaced_as_a_whole(folder):
    with replacing_folder(folder) as temporary:
        (temporary / "other").write_text("new")
    assert names(folder) == ["other"]
    assert names(folder.parent) == ["model"]


def test_an_error_in_the_block_leaves_the_old_folder_and_nothing_else(folder):
    with pytest.raises(KeyError), replacing_folder(folder) as temporary:
        raise KeyError((temporary / "weights").write_text("half"))
    assert (folder / "weights").read_text() == "old"
    assert names(folder.parent) == ["model"]


def test_a_kill_in_the_block_leaves_the_old_folder(folder):
    kill_while_writing(folder, "replacing_folder")
    assert names(folder) == ["weights"]
    assert (folder / "weights").read_text() == "old"


def test_what_a_kill_left_of_a_folder_is_gone_after_the_next_run(folder):
    kill_while_writing(folder, "replacing_folder")
    with replacing_folder(folder) as temporary:
        (temporary / "other").write_text("new")
    assert names(folder) == ["other"]
    assert names(folder.parent) == ["model"]


@pytest.mark.parametrize("error", [OSError(ENOSPC, "no space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", ["the folder reaches the disk", "it takes its place"])
def test_what_goes_wrong_behind_the_block_leaves_the_old_folder_and_nothing_else(folder, monkeypatch, error, at):
    rename = os.replace

    def failing(source, *target):
        if not target or (Path(target[0]) == folder and "other" in os.listdir(source)):
            raise error
        rename(source, *target)

    monkeypatch.setattr(*((files, "to_disk") if "disk" in at else (os, "replace")), failing)
    with pytest.raises(type(error)), replacing_folder(folder) as temporary:
        (temporary / "other").write_text("new")
    assert (folder / "weights").read_text() == "old"
    assert names(folder.parent) == ["model"]


@pytest.mark.parametrize("killed_at", ["model", "parent"])
def test_a_kill_while_the_new_folder_takes_its_place_loses_neither_in_silence(folder, killed_at):
    """Killed before the new one stands there the old one is found again; behind that it is cleared away."""
    script = f"""
import os, pathlib, signal
from diffrep.pipelines.core import files
path, rename = pathlib.Path({str(folder)!r}), os.replace
def killed(source, target):
    if {killed_at!r} == "parent" or pathlib.Path(target) != path:
        rename(source, target)
    if pathlib.Path(target) == path:
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = killed
with files.replacing_folder(path) as temporary:
    (temporary / "other").write_text("new")
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    with pytest.raises(KeyError), replacing_folder(folder) as temporary:
        raise KeyError(temporary)
    assert names(folder) == (["weights"] if killed_at == "model" else ["other"])
    assert names(folder.parent) == ["model"]


def test_a_link_to_a_folder_is_replaced_and_what_it_leads_to_stays(folder):
    link = folder.with_name("link")
    link.symlink_to(folder)
    with replacing_folder(link) as temporary:
        (temporary / "other").write_text("new")
    assert not link.is_symlink()
    assert (names(link), names(folder)) == (["other"], ["weights"])
    assert names(folder.parent) == ["link", "model"]


def test_what_another_machine_writes_on_the_same_disk_is_left_alone(file, monkeypatch):
    others = files.beside(file, str(2**22 + 1)).name
    monkeypatch.setattr(files, "MACHINE", "elsewhere")
    (file.parent / others).write_text("half")
    write_json(file, {})
    assert names(file.parent) == [others, "a.json"]


def test_what_an_earlier_process_of_the_same_number_has_left_is_gone(folder):
    left = files.beside(folder, str(os.getpid()))
    left.mkdir()
    (left / "half").touch()
    with replacing_folder(folder) as temporary:
        assert names(temporary) == []


@pytest.mark.parametrize("number", [EINVAL, ENOTSUP, EIO])
def test_a_disk_that_syncs_no_folders_is_passed_over(tmp_path, monkeypatch, number):
    (tmp_path / "file").touch()

    def refused(opened):
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "fsync", refused)
    for path in (tmp_path, tmp_path / "file"):
        if path.is_dir() and number != EIO:
            to_disk(path)
        else:
            with pytest.raises(OSError, match="refused"):
                to_disk(path)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf")])
def test_what_is_no_number_is_written_as_null(tmp_path, value):
    write_json(tmp_path / "a.json", {"score": value, "deep": [{"score": value}]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"score": None, "deep": [{"score": None}]}


@given(st.one_of(st.integers(-100, 100), st.floats(-1e6, 1e6), st.booleans(), st.text(max_size=5)))
def test_numpy_scalars_come_back_as_python_values(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("json") / "a.json"
    write_json(path, {"x": np.array([value])[0]})
    assert read_json(path) == {"x": np.array([value])[0].item()}


def test_cut_off_json_is_one_line_that_names_the_file_and_what_to_do(tmp_path):
    write_json(tmp_path / "a.json", {"score": 1.0})
    os.truncate(tmp_path / "a.json", 9)
    with pytest.raises(UserError, match=r"^\S*a\.json is not whole JSON \(\S.*\): delete it and run its stage again$"):
        read_json(tmp_path / "a.json")


def test_missing_json_is_one_line_that_names_the_file_and_what_to_do(tmp_path):
    with pytest.raises(UserError, match=r"^\S*a\.json is missing: run the stage that writes it \(diffrep repro\)$"):
        read_json(tmp_path / "a.json")


def test_arrays_come_back_as_they_were(tmp_path):
    write_arrays(tmp_path / "a.npz", {"z_test": np.arange(6, dtype=np.float32).reshape(2, 3)})
    with np.load(tmp_path / "a.npz") as arrays:
        np.testing.assert_array_equal(arrays["z_test"], np.arange(6, dtype=np.float32).reshape(2, 3))
    assert names(tmp_path) == ["a.npz"]


def test_checksum_is_that_of_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
