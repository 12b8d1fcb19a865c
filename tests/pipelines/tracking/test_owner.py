"""Whose a run is: one id for a workspace, other ids for its copies."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.owner import FILE, owner, workspace_id


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def test_an_id_is_made_once_and_begins_with_the_folder(folder):
    first = workspace_id(folder)
    assert first.startswith("study-")
    assert workspace_id(folder) == first


def test_processes_that_ask_at_once_are_told_the_same(folder):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(workspace_id, [folder] * 16))) == 1


def test_a_copy_is_another_and_the_first_stays(folder):
    first = workspace_id(folder)
    copied = shutil.copytree(folder, folder.with_name("copy"))
    assert workspace_id(copied) not in (first, "")
    assert workspace_id(copied) == workspace_id(copied)
    assert workspace_id(folder) == first


def test_a_clone_which_has_no_such_file_is_another(folder):
    first = workspace_id(folder)
    os.remove(folder / FILE)
    assert workspace_id(folder) != first


def test_a_folder_that_is_moved_stays_the_same(folder):
    first = workspace_id(folder)
    assert workspace_id(folder.rename(folder.with_name("moved"))) == first


def test_so_does_one_on_a_disk_that_numbers_its_files_anew(folder):
    first = workspace_id(folder)
    text = (folder / FILE).read_text()
    (folder / "other").write_text(text)
    os.replace(folder / "other", folder / FILE)
    assert workspace_id(folder) == first


def test_a_damaged_file_is_named(folder):
    (folder / FILE).write_text("{")
    with pytest.raises(UserError, match=FILE):
        workspace_id(folder)


def test_in_its_own_database_all_runs_are_its_own(folder, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert owner(folder) is None
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///shared.db")
    assert owner(folder) == workspace_id(folder)
